{#-
    The ageing buckets that follow from the configured edges, in order: name, first and last day past due.
    [30, 60] gives not_due, days_1_30, days_31_60, days_over_60.
-#}
{% macro ageing_buckets() -%}
    {%- set buckets = [{'name': 'not_due', 'from_days': none, 'to_days': 0}] -%}
    {%- set edges = var('ageing_edges') -%}
    {%- for edge in edges -%}
        {%- set first = 1 if loop.first else edges[loop.index0 - 1] + 1 -%}
        {%- do buckets.append({'name': 'days_' ~ first ~ '_' ~ edge, 'from_days': first, 'to_days': edge}) -%}
    {%- endfor -%}
    {%- do buckets.append({'name': 'days_over_' ~ edges[-1], 'from_days': edges[-1] + 1, 'to_days': none}) -%}
    {{ return(buckets) }}
{%- endmacro %}

{#- The bucket of a number of days past due. -#}
{% macro bucket_of(days) -%}
    case
    {%- for bucket in ageing_buckets() if bucket.to_days is not none %}
        when {{ days }} <= {{ bucket.to_days }} then '{{ bucket.name }}'
    {%- endfor %}
        else '{{ ageing_buckets()[-1].name }}'
    end
{%- endmacro %}
