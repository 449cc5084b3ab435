with control_totals as (
    select * from {{ ref('control_total') }}
),

intervals as (
    select * from {{ ref('open_interval') }}
),

scoped_control_totals as (
    select source, account, 'document' as scope, currency, day, balance
    from control_totals
    where balance is not null
    union all
    select source, account, 'home' as scope, currency, day, balance_home as balance
    from control_totals
    where balance_home is not null
),

-- Accounts have postings on different days, so their balances add up only after being taken apart into movements.
control_movements as (
    select
        source,
        scope,
        currency,
        day,
        balance - coalesce(
            lag(balance) over (partition by source, account, scope, currency order by day), 0
        ) as movement
    from scoped_control_totals
),

control_days as (
    select
        source,
        scope,
        currency,
        day,
        sum(movement) as movement
    from control_movements
    group by source, scope, currency, day
),

ledger_movements as (
    select source, 'document' as scope, currency, valid_from as day, open_amount as movement from intervals
    union all
    select source, 'document' as scope, currency, valid_to as day, -open_amount as movement from intervals
    union all
    select source, 'home' as scope, currency, valid_from as day, open_amount_home as movement from intervals
    union all
    select source, 'home' as scope, currency, valid_to as day, -open_amount_home as movement from intervals
),

all_days as (
    select
        source,
        scope,
        currency,
        day,
        sum(control_movement) as control_movement,
        sum(ledger_movement) as ledger_movement,
        max(is_control_day) as is_control_day
    from (
        select source, scope, currency, day, movement as control_movement, 0 as ledger_movement, 1 as is_control_day
        from control_days
        union all
        select source, scope, currency, day, 0 as control_movement, movement as ledger_movement, 0 as is_control_day
        from ledger_movements
    ) as both_sides
    group by source, scope, currency, day
),

balances as (
    select
        source,
        scope,
        currency,
        day,
        is_control_day,
        {{ money('sum(control_movement) over (partition by source, scope, currency order by day)') }}
            as control_balance,
        {{ money('sum(ledger_movement) over (partition by source, scope, currency order by day)') }}
            as ledger_balance
    from all_days
)

select
    '{{ var("client_id") }}' as client_id,
    source,
    scope,
    currency,
    day,
    control_balance,
    ledger_balance,
    {{ money('ledger_balance - control_balance') }} as difference
from balances
where is_control_day = 1
