with lines as (
    select * from {{ ref('stg_tryton__settlement_line') }}
),

pairs_in_currency as (
    select * from {{ ref('stg_tryton__pair_in_currency') }}
),

settled as (
    select
        source,
        settlement,
        line_id,
        sum(amount) as amount,
        sum(amount_home) as amount_home
    from (
        select source, settlement, debit_line_id as line_id, amount, amount_home from pairs_in_currency
        union all
        select source, settlement, credit_line_id as line_id, -amount as amount, -amount_home as amount_home
        from pairs_in_currency
    ) as sides
    group by source, settlement, line_id
),

remaining as (
    select
        lines.source,
        lines.settlement,
        lines.line_id,
        lines.reconciliation_id,
        lines.posted_on,
        lines.due_on,
        lines.currency_digits,
        {{ money('lines.amount - coalesce(settled.amount, 0)') }} as amount,
        {{ money('lines.amount_home - coalesce(settled.amount_home, 0)') }} as amount_home
    from lines
    left join settled
        on
            lines.source = settled.source
            and lines.settlement = settled.settlement
            and lines.line_id = settled.line_id
),

-- While an invoice is paid in part, Tryton has booked no exchange difference yet, and none is made up here.
placed as (
    select
        *,
        abs(amount_home) as size,
        sum(abs(amount_home)) over (
            partition by source, settlement, sign(amount_home)
            order by posted_on, due_on, line_id
        ) as ends_at
    from remaining
    where amount_home <> 0 and (reconciliation_id is not null or amount <> 0)
),

debits as (
    select
        *,
        ends_at - size as starts_at
    from placed
    where amount_home > 0
),

credits as (
    select
        *,
        ends_at - size as starts_at
    from placed
    where amount_home < 0
),

meetings as (
    select
        debits.source,
        debits.settlement,
        debits.line_id as debit_line_id,
        credits.line_id as credit_line_id,
        debits.size as debit_size,
        credits.size as credit_size,
        debits.amount as debit_amount,
        -credits.amount as credit_amount,
        debits.currency_digits as debit_digits,
        credits.currency_digits as credit_digits,
        greatest(debits.starts_at, credits.starts_at) - debits.starts_at as debit_from,
        least(debits.ends_at, credits.ends_at) - debits.starts_at as debit_to,
        greatest(debits.starts_at, credits.starts_at) - credits.starts_at as credit_from,
        least(debits.ends_at, credits.ends_at) - credits.starts_at as credit_to,
        greatest(debits.posted_on, credits.posted_on) as allocated_on
    from debits
    inner join credits
        on
            debits.source = credits.source
            and debits.settlement = credits.settlement
            and debits.starts_at < credits.ends_at
            and debits.ends_at > credits.starts_at
),

final as (
    select
        source,
        settlement,
        debit_line_id,
        credit_line_id,
        {{ share_up_to('debit_to', 'debit_size', 'debit_amount', 'debit_digits') }}
        - {{ share_up_to('debit_from', 'debit_size', 'debit_amount', 'debit_digits') }} as debit_amount,
        {{ share_up_to('credit_to', 'credit_size', 'credit_amount', 'credit_digits') }}
        - {{ share_up_to('credit_from', 'credit_size', 'credit_amount', 'credit_digits') }} as credit_amount,
        {{ money('debit_to - debit_from') }} as amount_home,
        allocated_on
    from meetings
)

select * from final
