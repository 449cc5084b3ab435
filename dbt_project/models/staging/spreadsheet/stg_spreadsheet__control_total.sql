with control_totals as (
    {{ newest(source('spreadsheet', 'control_totals'), ['account', 'currency', 'day']) }}
)

select
    _source as source,
    account,
    currency,
    day,
    {{ money('balance') }} as balance,
    cast(null as decimal(18, 3)) as balance_home
from control_totals
