with exchanges as (
    {{ newest(source('erpnext', 'currency_exchange'), ['name']) }}
),

companies as (
    {{ newest(source('erpnext', 'company'), ['name']) }}
),

rates as (
    select
        exchanges._source as source,
        exchanges.date as day,
        exchanges.from_currency as currency,
        exchanges.exchange_rate as rate,
        case when exchanges.for_selling then 0 else 1 end as preference
    from exchanges
    inner join companies
        on exchanges._source = companies._source and exchanges.to_currency = companies.default_currency
    union all
    select
        exchanges._source as source,
        exchanges.date as day,
        exchanges.to_currency as currency,
        1 / nullif(cast(exchanges.exchange_rate as double), 0) as rate,
        case when exchanges.for_selling then 2 else 3 end as preference
    from exchanges
    inner join companies
        on exchanges._source = companies._source and exchanges.from_currency = companies.default_currency
),

ranked as (
    select
        *,
        row_number() over (partition by source, day, currency order by preference, rate) as choice
    from rates
),

final as (
    select
        source,
        day,
        currency,
        cast(rate as decimal(28, 12)) as rate
    from ranked
    where choice = 1
)

select * from final
