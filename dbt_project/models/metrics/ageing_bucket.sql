{% for bucket in ageing_buckets() %}
    select
        '{{ var("client_id") }}' as client_id,
        {{ loop.index0 }} as bucket_order,
        '{{ bucket.name }}' as bucket,
        cast({{ bucket.from_days if bucket.from_days is not none else 'null' }} as integer) as from_days,
        cast({{ bucket.to_days if bucket.to_days is not none else 'null' }} as integer) as to_days
    {% if not loop.last %}union all{% endif %}
{% endfor %}
