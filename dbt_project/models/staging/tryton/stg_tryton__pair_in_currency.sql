with placed as (
    select
        *,
        abs(amount) as size,
        sum(abs(amount)) over (
            partition by source, settlement, currency, sign(amount)
            order by posted_on, due_on, line_id
        ) as ends_at
    from {{ ref('stg_tryton__settlement_line') }}
    where amount <> 0
),

debits as (
    select
        *,
        ends_at - size as starts_at
    from placed
    where amount > 0
),

credits as (
    select
        *,
        ends_at - size as starts_at
    from placed
    where amount < 0
),

-- Debits and credits laid end to end by date: two that overlap settle each other as far as they overlap.
meetings as (
    select
        debits.source,
        debits.settlement,
        debits.line_id as debit_line_id,
        credits.line_id as credit_line_id,
        debits.home_digits,
        debits.size as debit_size,
        credits.size as credit_size,
        debits.amount_home as debit_home,
        -credits.amount_home as credit_home,
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
            and debits.currency = credits.currency
            and debits.starts_at < credits.ends_at
            and debits.ends_at > credits.starts_at
),

final as (
    select
        source,
        settlement,
        debit_line_id,
        credit_line_id,
        {{ money('debit_to - debit_from') }} as amount,
        -- The two sides were booked at the rates of their days; what one is worth more stays on it for the exchange
        -- difference to settle.
        least(
            {{ share_up_to('debit_to', 'debit_size', 'debit_home', 'home_digits') }}
            - {{ share_up_to('debit_from', 'debit_size', 'debit_home', 'home_digits') }},
            {{ share_up_to('credit_to', 'credit_size', 'credit_home', 'home_digits') }}
            - {{ share_up_to('credit_from', 'credit_size', 'credit_home', 'home_digits') }}
        ) as amount_home,
        allocated_on
    from meetings
)

select * from final
