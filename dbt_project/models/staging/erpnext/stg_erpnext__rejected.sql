with ledger_entries as (
    select * from {{ ref('stg_erpnext__ledger_entry') }}
    where missing is not null
),

final as (
    select
        source,
        'tab' || voucher_type as entity,
        voucher_no as key,
        cast(null as varchar) as file,
        cast(null as bigint) as row_number,
        missing as column_name,
        'a payment ledger entry of the document has no ' || missing as reason,
        max(cast(to_json(ledger_entries) as varchar)) as record
    from ledger_entries
    group by source, voucher_type, voucher_no, missing
)

select * from final
