{#-
    Dates differ between engines (argument order, timestamps in place of dates); models use these alone.
-#}

{#- The day the data is looked at. A variable: no model knows today's date. -#}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as date)
{%- endmacro %}

{#- The valid_to of an interval that has not ended. -#}
{% macro end_of_time() -%}
    cast('9999-12-31' as date)
{%- endmacro %}

{#- Whole days from the first date to the second. -#}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch('days_between')(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    cast(date_diff('day', {{ first }}, {{ second }}) as integer)
{%- endmacro %}

{% macro spark__days_between(first, second) -%}
    datediff({{ second }}, {{ first }})
{%- endmacro %}

{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days')(day, days)) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    cast({{ day }} + cast({{ days }} as integer) as date)
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}

{% macro month_end(day) -%}
    cast(last_day({{ day }}) as date)
{%- endmacro %}

{#-
    A table of one column, day: every day from first_day to last_day of the one row of a relation, both included;
    empty when one of them is null.
-#}
{% macro day_spine(period) -%}
    {{ return(adapter.dispatch('day_spine')(period)) }}
{%- endmacro %}

{% macro default__day_spine(period) -%}
    select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from {{ period }}
{%- endmacro %}

{% macro spark__day_spine(period) -%}
    select explode(sequence(first_day, last_day, interval 1 day)) as day
    from {{ period }}
{%- endmacro %}
