{{ config(materialized='view', contract={'enforced': false}) }}

with allocations as (
    {{ staged('allocation', [
        'source', 'allocation_id', 'debit_item_id', 'credit_item_id', 'debit_amount', 'credit_amount', 'amount_home',
        'allocated_on', 'erp_entity', 'origin'
    ]) }}
),

items as (
    select * from {{ ref('item') }}
),

final as (
    select
        allocations.*,
        debit.item_key as debit_item_key,
        credit.item_key as credit_item_key,
        debit.home_rate as debit_home_rate,
        debit.currency as debit_currency,
        credit.currency as credit_currency
    from allocations
    left join items as debit
        on allocations.source = debit.source and allocations.debit_item_id = debit.item_id
    left join items as credit
        on allocations.source = credit.source and allocations.credit_item_id = credit.item_id
)

select * from final
