{#-
    The records of a landed entity as they are now: the newest version of each key, without those deleted since.
-#}
{% macro newest(relation, key=['id']) -%}
    select *
    from (
        select
            *,
            row_number() over (
                partition by _source{% for column in key %}, {{ column }}{% endfor %}
                order by _load_id desc, _deleted
            ) as _version
        from {{ relation }}
    ) as versions
    where _version = 1 and not _deleted
{%- endmacro %}

{#-
    One core entity as all staged ERPs give it. The variable erps lists every ERP when the project is parsed, so
    that dbt knows all dependencies, and those of the client when it is run.
-#}
{% macro staged(entity, columns) -%}
    {% for erp in var('erps') -%}
        select
            '{{ var("client_id") }}' as client_id,
            {{ columns | join(', ') }}
        from {{ ref('stg_' ~ erp ~ '__' ~ entity) }}
        {%- if not loop.last %}
        union all
        {% endif %}
    {%- endfor %}
{%- endmacro %}

{#- A value out of a JSON text, as text. Engines differ in the function's name. -#}
{% macro json_text(document, path) -%}
    {{ return(adapter.dispatch('json_text')(document, path)) }}
{%- endmacro %}

{% macro default__json_text(document, path) -%}
    json_extract_string({{ document }}, {{ path }})
{%- endmacro %}

{% macro spark__json_text(document, path) -%}
    get_json_object({{ document }}, {{ path }})
{%- endmacro %}
