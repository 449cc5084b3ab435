{#-
    What the first part of a whole takes of an amount, rounded to a number of digits. Two shares with the same border
    differ by exactly what lies between them, and the share of the whole is the amount: nothing is lost to rounding.
-#}
{% macro share_up_to(border, whole, amount, digits) -%}
    {%- set part = 'cast(' ~ border ~ ' as double) / cast(' ~ whole ~ ' as double)' -%}
    {%- set exact = 'cast(' ~ amount ~ ' as double) * ' ~ part -%}
    case
        when {{ border }} = {{ whole }} then {{ money(amount) }}
        when {{ digits }} = 0 then {{ money('round(' ~ exact ~ ', 0)') }}
        when {{ digits }} = 2 then {{ money('round(' ~ exact ~ ', 2)') }}
        else {{ money('round(' ~ exact ~ ', 3)') }}
    end
{%- endmacro %}
