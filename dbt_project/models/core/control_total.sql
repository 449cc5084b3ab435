with control_totals as (
    {{ staged('control_total', ['source', 'account', 'currency', 'day', 'balance', 'balance_home']) }}
)

select
    client_id,
    source,
    cast(account as varchar) as account,
    cast(currency as varchar) as currency,
    cast(day as date) as day,
    {{ money('balance') }} as balance,
    {{ money('balance_home') }} as balance_home
from control_totals
