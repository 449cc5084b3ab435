{#-
    Money has three decimals in the warehouse, so that dinars (three) and yen (none) are as exact as euros.
-#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 3))
{%- endmacro %}

{#-
    A ratio, null where its denominator is zero or null. Division of decimals is double on DuckDB and decimal on
    Spark; the cast makes both the same. A ratio of more than twelve digits says nothing and would stop the run: null.
-#}
{% macro ratio(numerator, denominator) -%}
    try_cast(({{ numerator }}) / nullif({{ denominator }}, 0) as decimal(18, 6))
{%- endmacro %}

{#-
    Minor digits of a currency (ISO 4217): three for the dinars and the rial of Oman, none for those listed, else two.
-#}
{% macro minor_digits(currency) -%}
    case
        when {{ currency }} in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when {{ currency }} in (
            'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF',
            'XPF'
        ) then 0
        else 2
    end
{%- endmacro %}

{#-
    An amount rounded to what its currency can pay. Each branch is made money: left to itself, DuckDB gives the case
    the scale of its narrowest branch when the digits of all do not fit.
-#}
{% macro round_to_currency(amount, currency) -%}
    case ({{ minor_digits(currency) }})
        when 0 then {{ money("round(" ~ amount ~ ", 0)") }}
        when 3 then {{ money("round(" ~ amount ~ ", 3)") }}
        else {{ money("round(" ~ amount ~ ", 2)") }}
    end
{%- endmacro %}

{#-
    An amount in home currency at a rate. The product of both types has 38 digits and is exact; as a double, half a
    cent would now be rounded up and now down.
-#}
{% macro at_home_rate(amount, rate) -%}
    {{ round_to_currency(
        money(amount) ~ ' * cast(' ~ rate ~ ' as decimal(20, 12))', "'" ~ var('home_currency') ~ "'"
    ) }}
{%- endmacro %}

{#- An amount as text with the digits of its currency, two where the currency is not known; for people to read. -#}
{% macro amount_text(amount, currency) -%}
    case ({{ minor_digits(currency) }})
        when 0 then cast(cast({{ amount }} as decimal(18, 0)) as varchar)
        when 3 then cast({{ money(amount) }} as varchar)
        else cast(cast({{ amount }} as decimal(18, 2)) as varchar)
    end
{%- endmacro %}
