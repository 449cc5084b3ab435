with settled as (
    select
        debit.currency,
        {{ month_end('greatest(allocation.allocated_on, debit.posted_on, credit.posted_on)') }} as month_end,
        {{ days_between(
            'debit.due_on', 'greatest(allocation.allocated_on, debit.posted_on, credit.posted_on)'
        ) }} as days_late,
        -- Wide, since amount × days does not fit the eighteen digits of money.
        cast(allocation.debit_amount as decimal(38, 3)) as debit_amount,
        cast(allocation.amount_home as decimal(38, 3)) as amount_home
    from {{ ref('allocation') }} as allocation
    inner join {{ ref('item') }} as debit on allocation.debit_item_key = debit.item_key
    inner join {{ ref('item') }} as credit on allocation.credit_item_key = credit.item_key
    where debit.kind in ('invoice', 'debit_note', 'opening') and credit.kind = 'payment'
),

scoped as (
    select 'document' as scope, currency, month_end, days_late, debit_amount as amount from settled
    union all
    select
        'home' as scope,
        '{{ var("home_currency") }}' as currency,
        month_end,
        days_late,
        amount_home as amount
    from settled
)

select
    '{{ var("client_id") }}' as client_id,
    scope,
    currency,
    month_end,
    {{ money('sum(amount)') }} as amount_paid,
    {{ ratio('sum(amount * days_late)', 'sum(amount)') }} as weighted_days_late,
    {{ ratio('sum(amount * greatest(days_late, 0))', 'sum(amount)') }} as weighted_days_late_floored
from scoped
group by scope, currency, month_end
