with posted_lines as (
    select * from {{ ref('stg_odoo__posted_line') }}
),

final as (
    select
        source,
        'account_move_line' as entity,
        cast(line_id as varchar) as key,
        cast(null as varchar) as file,
        cast(null as bigint) as row_number,
        'currency_id' as column_name,
        'the line has a currency that res_currency does not have' as reason,
        cast(to_json(posted_lines) as varchar) as record
    from posted_lines
    where currency is null
)

select * from final
