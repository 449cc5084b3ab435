{% set longest_gap_days = 10 %}

-- One rate for every calendar day on which a document in that currency can have been issued, weekends and
-- holidays filled with the last published one, so that a lookup is an equality join.
with erp_rates as (
    {{ staged('fx_rate', ['source', 'day', 'currency', 'rate']) }}
),

ecb as (
    select * from {{ ref('stg_ecb__fx_rate') }}
),

documents as (
    {{ staged('item', ['currency', 'issued_on']) }}
),

period as (
    select
        min(issued_on) as first_day,
        greatest(max(issued_on), {{ as_of() }}) as last_day
    from documents
),

currencies as (
    select distinct currency from documents
    where currency <> '{{ var("home_currency") }}'
),

home_units as (
    select day, units_per_euro from ecb
    where currency = '{{ var("home_currency") }}'
    union all
    select distinct day, 1 as units_per_euro from ecb
    where '{{ var("home_currency") }}' = 'EUR'
),

currency_units as (
    select day, currency, units_per_euro from ecb
    union all
    select distinct day, 'EUR' as currency, 1 as units_per_euro from ecb
),

published as (
    select
        source,
        day,
        currency,
        rate
    from erp_rates
    union all
    select
        'ecb' as source,
        currency_units.day,
        currency_units.currency,
        cast(
            cast(home_units.units_per_euro as double) / nullif(cast(currency_units.units_per_euro as double), 0)
            as decimal(28, 12)
        ) as rate
    from currency_units
    inner join home_units on currency_units.day = home_units.day
),

needed as (
    select published.*
    from published
    inner join currencies on published.currency = currencies.currency
),

days as (
    {{ day_spine('period') }}
),

rate_series as (
    select distinct source, currency from needed
),

placed as (
    select source, day, currency, rate from needed
    union all
    select
        rate_series.source,
        days.day,
        rate_series.currency,
        null as rate
    from days
    cross join rate_series
),

by_day as (
    select
        source,
        day,
        currency,
        max(rate) as rate
    from placed
    group by source, day, currency
),

filled as (
    select
        source,
        day,
        currency,
        last_value(rate ignore nulls) over (
            partition by source, currency order by day rows between unbounded preceding and current row
        ) as rate,
        max(case when rate is not null then day end) over (
            partition by source, currency order by day rows between unbounded preceding and current row
        ) as rate_day
    from by_day
),

-- A currency that is no longer published has no rate, though it had one once; where all rates end, the last ones
-- hold until newer ones come.
newest_published as (
    select source, max(day) as newest_day
    from published
    group by source
)

select
    '{{ var("client_id") }}' as client_id,
    filled.source,
    filled.day,
    filled.currency,
    '{{ var("home_currency") }}' as home_currency,
    cast(filled.rate as decimal(28, 12)) as rate
from filled
inner join days on filled.day = days.day
inner join newest_published on filled.source = newest_published.source
where
    filled.rate is not null
    and (
        filled.source <> 'ecb'
        or {{ days_between('filled.rate_day', 'least(filled.day, newest_published.newest_day)') }}
        <= {{ longest_gap_days }}
    )
