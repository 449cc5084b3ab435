with listed as (
    select
        _source as source,
        payment_number || '>' || document_number || '/' || instalment as allocation_id,
        case when settled_is_debit then settled_item_id else settling_item_id end as debit_item_id,
        case when settled_is_debit then settling_item_id else settled_item_id end as credit_item_id,
        {{ money('amount') }} as debit_amount,
        {{ money('amount') }} as credit_amount,
        allocated_on,
        'allocations' as erp_entity,
        _file || ' row ' || _row as origin
    from {{ ref('stg_spreadsheet__judged_allocation') }}
    where reason is null
),

paid_on as (
    select
        _source as source,
        'paid:' || item_id as allocation_id,
        case when amount < 0 then 'paid:' || item_id else item_id end as debit_item_id,
        case when amount < 0 then item_id else 'paid:' || item_id end as credit_item_id,
        {{ money('abs(amount)') }} as debit_amount,
        {{ money('abs(amount)') }} as credit_amount,
        paid_on as allocated_on,
        'invoices.paid_on' as erp_entity,
        _file || ' row ' || _row as origin
    from {{ ref('stg_spreadsheet__judged_invoice') }}
    where reason is null and paid_on is not null
),

final as (
    select * from listed
    union all
    select * from paid_on
)

select
    source,
    allocation_id,
    debit_item_id,
    credit_item_id,
    debit_amount,
    credit_amount,
    cast(null as decimal(18, 3)) as amount_home,
    allocated_on,
    erp_entity,
    origin
from final
