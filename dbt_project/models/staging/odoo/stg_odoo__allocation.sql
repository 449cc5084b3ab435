with partials as (
    {{ newest(source('odoo', 'account_partial_reconcile')) }}
),

final as (
    select
        _source as source,
        cast(id as varchar) as allocation_id,
        cast(debit_move_id as varchar) as debit_item_id,
        cast(credit_move_id as varchar) as credit_item_id,
        {{ money('debit_amount_currency') }} as debit_amount,
        {{ money('credit_amount_currency') }} as credit_amount,
        {{ money('amount') }} as amount_home,
        max_date as allocated_on,
        'account_partial_reconcile' as erp_entity,
        cast(null as varchar) as origin
    from partials
)

select * from final
