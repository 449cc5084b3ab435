with rates as (
    {{ newest(source('odoo', 'res_currency_rate')) }}
),

currencies as (
    {{ newest(source('odoo', 'res_currency')) }}
),

final as (
    select
        rates._source as source,
        rates.name as day,
        currencies.name as currency,
        -- Odoo keeps units of the currency for one unit of the company's.
        cast(1 / nullif(cast(rates.rate as double), 0) as decimal(28, 12)) as rate
    from rates
    inner join currencies on rates._source = currencies._source and rates.currency_id = currencies.id
)

select * from final
