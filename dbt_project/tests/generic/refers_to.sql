{#- Every value of a column is a key of another model; several columns are checked in one scan. -#}
{% test refers_to(model, columns, to, field) %}
    {% for column in columns %}
    select
        '{{ column }}' as column_name,
        orphans.{{ column }} as orphan
    from {{ model }} as orphans
    left join {{ to }} as keys on orphans.{{ column }} = keys.{{ field }}
    where orphans.{{ column }} is not null and keys.{{ field }} is null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endtest %}
