with pairs as (
    select
        source,
        settlement,
        debit_line_id,
        credit_line_id,
        amount as debit_amount,
        amount as credit_amount,
        amount_home,
        allocated_on
    from {{ ref('stg_tryton__pair_in_currency') }}
    union all
    select
        source,
        settlement,
        debit_line_id,
        credit_line_id,
        debit_amount,
        credit_amount,
        amount_home,
        allocated_on
    from {{ ref('stg_tryton__pair_at_home') }}
),

final as (
    select
        source,
        settlement || '/' || debit_line_id || '/' || credit_line_id as allocation_id,
        cast(debit_line_id as varchar) as debit_item_id,
        cast(credit_line_id as varchar) as credit_item_id,
        {{ money('sum(debit_amount)') }} as debit_amount,
        {{ money('sum(credit_amount)') }} as credit_amount,
        {{ money('sum(amount_home)') }} as amount_home,
        max(allocated_on) as allocated_on,
        case
            when settlement like 'account.invoice,%' then 'account_invoice.payment_lines'
            else 'account_move_line.reconciliation'
        end as erp_entity,
        cast(null as varchar) as origin
    from pairs
    group by source, settlement, debit_line_id, credit_line_id
)

select * from final
