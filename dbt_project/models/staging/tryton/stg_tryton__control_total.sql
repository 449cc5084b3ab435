with movements as (
    {{ newest(source('tryton', 'receivable_account_movement'), ['account', 'currency', 'date']) }}
),

accounts as (
    {{ newest(source('tryton', 'account_account')) }}
),

currencies as (
    {{ newest(source('tryton', 'currency_currency')) }}
),

items as (
    select * from {{ ref('stg_tryton__item') }}
),

posted_lines as (
    select * from {{ ref('stg_tryton__posted_line') }}
),

conversions as (
    select
        allocations.source,
        posted_lines.account_id,
        debits.currency as debit_currency,
        credits.currency as credit_currency,
        allocations.allocated_on,
        allocations.debit_amount,
        allocations.credit_amount,
        allocations.amount_home
    from {{ ref('stg_tryton__allocation') }} as allocations
    inner join items as debits
        on allocations.source = debits.source and allocations.debit_item_id = debits.item_id
    inner join items as credits
        on allocations.source = credits.source and allocations.credit_item_id = credits.item_id
    inner join posted_lines
        on
            allocations.source = posted_lines.source
            and allocations.debit_item_id = cast(posted_lines.line_id as varchar)
    where debits.currency <> credits.currency
),

-- The account in all is Tryton's own sum. What settles a debit in another currency takes it out of the one currency
-- and puts it into the other, which Tryton books nowhere: of two lines it keeps the currencies they were posted in.
parts as (
    select
        movements._source as source,
        movements.account as account_id,
        currencies.code as currency,
        movements.date as day,
        movements.amount_currency as amount,
        movements.balance as amount_home
    from movements
    inner join currencies on movements._source = currencies._source and movements.currency = currencies.id
    union all
    select
        source,
        account_id,
        debit_currency as currency,
        allocated_on as day,
        -debit_amount as amount,
        -amount_home as amount_home
    from conversions
    union all
    select
        source,
        account_id,
        credit_currency as currency,
        allocated_on as day,
        credit_amount as amount,
        amount_home
    from conversions
),

by_day as (
    select
        source,
        account_id,
        currency,
        day,
        sum(amount) as amount,
        sum(amount_home) as amount_home
    from parts
    group by source, account_id, currency, day
),

final as (
    select
        by_day.source,
        -- Two accounts may share a code, or have none.
        coalesce(nullif(accounts.code, '') || ' ', '') || '#' || accounts.id as account,
        by_day.currency,
        by_day.day,
        {{ money("""sum(by_day.amount) over (
            partition by by_day.source, by_day.account_id, by_day.currency order by by_day.day
        )""") }} as balance,
        {{ money("""sum(by_day.amount_home) over (
            partition by by_day.source, by_day.account_id, by_day.currency order by by_day.day
        )""") }} as balance_home
    from by_day
    inner join accounts on by_day.source = accounts._source and by_day.account_id = accounts.id
)

select * from final
