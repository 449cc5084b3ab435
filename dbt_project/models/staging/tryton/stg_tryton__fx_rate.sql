with rates as (
    {{ newest(source('tryton', 'currency_currency_rate')) }}
),

currencies as (
    {{ newest(source('tryton', 'currency_currency')) }}
),

companies as (
    {{ newest(source('tryton', 'company_company')) }}
),

-- Tryton keeps units of each currency for one unit of a base, which need not be the company's currency.
home_rates as (
    select
        rates._source,
        rates.date,
        rates.rate
    from rates
    inner join companies on rates._source = companies._source and rates.currency = companies.currency
),

paired as (
    select
        rates._source,
        rates.date,
        rates.currency,
        rates.rate,
        home_rates.rate as home_rate,
        row_number() over (
            partition by rates._source, rates.currency, rates.date order by home_rates.date desc
        ) as choice
    from rates
    inner join companies on rates._source = companies._source and rates.currency <> companies.currency
    inner join home_rates on rates._source = home_rates._source and rates.date >= home_rates.date
),

final as (
    select
        paired._source as source,
        paired.date as day,
        currencies.code as currency,
        cast(
            cast(paired.home_rate as double) / nullif(cast(paired.rate as double), 0) as decimal(28, 12)
        ) as rate
    from paired
    inner join currencies on paired._source = currencies._source and paired.currency = currencies.id
    where paired.choice = 1
)

select * from final
