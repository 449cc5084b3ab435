with at_reading as (
    {{ newest(source('spreadsheet', 'rejected'), ['entity', 'file', 'row_number']) }}
),

final as (
    select
        _source as source,
        entity,
        key,
        file,
        row_number,
        column_name,
        reason,
        record
    from at_reading
    {% for entity, number in [('invoice', 'document_number'), ('allocation', 'document_number')] %}
        union all
        select
            _source as source,
            '{{ entity }}s' as entity,
            {{ number }} as key,
            _file as file,
            _row as row_number,
            column_name,
            reason,
            cast(to_json(judged) as varchar) as record
        from {{ ref('stg_spreadsheet__judged_' ~ entity) }} as judged  -- noqa: AL05
        where reason is not null
    {% endfor %}
    union all
    select
        _source as source,
        'payments' as entity,
        payment_number as key,
        _file as file,
        _row as row_number,
        'customer' as column_name,
        reason,
        cast(to_json(judged) as varchar) as record
    from {{ ref('stg_spreadsheet__judged_payment') }} as judged  -- noqa: AL05
    where reason is not null
)

select * from final
