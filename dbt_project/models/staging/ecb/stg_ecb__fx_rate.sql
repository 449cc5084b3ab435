with rates as (
    {{ newest(source('ecb', 'reference_rate'), ['day', 'currency']) }}
)

select
    day,
    currency,
    rate as units_per_euro
from rates
