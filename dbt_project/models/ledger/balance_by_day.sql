with intervals as (
    select
        open_interval.*,
        item.due_on,
        {{ add_days('item.due_on', 1) }} as first_overdue_day,
        coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0 as is_credit
    from {{ ref('open_interval') }} as open_interval
    inner join {{ ref('item') }} as item on open_interval.item_key = item.item_key
),

items as (
    select * from {{ ref('item') }}
),

-- Each interval is taken apart at the day it becomes overdue: a part and the days it lasts.
parts as (
    select
        currency,
        open_amount,
        open_amount_home,
        'unapplied' as part,
        valid_from,
        valid_to
    from intervals
    where is_credit
    union all
    select
        currency,
        open_amount,
        open_amount_home,
        'not_due' as part,
        valid_from,
        least(valid_to, first_overdue_day) as valid_to
    from intervals
    where not is_credit and valid_from < first_overdue_day
    union all
    select
        currency,
        open_amount,
        open_amount_home,
        'overdue' as part,
        greatest(valid_from, first_overdue_day) as valid_from,
        valid_to
    from intervals
    where not is_credit and valid_to > first_overdue_day
),

movements as (
    select currency, part, valid_from as day, open_amount as amount, open_amount_home as amount_home from parts
    union all
    select currency, part, valid_to as day, -open_amount as amount, -open_amount_home as amount_home from parts
    union all
    select currency, 'sales' as part, posted_on as day, amount, amount_home
    from items
    where kind in ('invoice', 'debit_note', 'credit_note')
    union all
    select currency, 'cash' as part, posted_on as day, -amount as amount, -amount_home as amount_home
    from items
    where kind in ('payment', 'refund')
),

scoped as (
    select 'document' as scope, currency, part, day, amount from movements
    union all
    select 'home' as scope, '{{ var("home_currency") }}' as currency, part, day, amount_home as amount from movements
),

by_day as (
    select
        scope,
        currency,
        day,
        sum(case when part = 'not_due' then amount else 0 end) as not_due_change,
        sum(case when part = 'overdue' then amount else 0 end) as overdue_change,
        sum(case when part = 'unapplied' then amount else 0 end) as unapplied_change,
        sum(case when part = 'sales' then amount else 0 end) as sales,
        sum(case when part = 'cash' then amount else 0 end) as cash
    from scoped
    where day <= {{ as_of() }}
    group by scope, currency, day
),

period as (
    select
        min(day) as first_day,
        {{ as_of() }} as last_day
    from by_day
),

days as (
    {{ day_spine('period') }}
),

series as (
    select distinct scope, currency from by_day
),

every_day as (
    select
        series.scope,
        series.currency,
        days.day,
        coalesce(by_day.not_due_change, 0) as not_due_change,
        coalesce(by_day.overdue_change, 0) as overdue_change,
        coalesce(by_day.unapplied_change, 0) as unapplied_change,
        coalesce(by_day.sales, 0) as sales,
        coalesce(by_day.cash, 0) as cash
    from days
    cross join series
    left join by_day
        on series.scope = by_day.scope and series.currency = by_day.currency and days.day = by_day.day
),

balances as (
    select
        scope,
        currency,
        day,
        sales,
        cash,
        sum(not_due_change) over (partition by scope, currency order by day) as not_due,
        sum(overdue_change) over (partition by scope, currency order by day) as overdue,
        sum(unapplied_change) over (partition by scope, currency order by day) as unapplied,
        sum(sales) over (
            partition by scope, currency
            order by day
            rows between {{ var('dso_window_days') - 1 }} preceding and current row
        ) as sales_window
    from every_day
),

final as (
    select
        '{{ var("client_id") }}' as client_id,
        scope,
        currency,
        day,
        {{ money('not_due + overdue + unapplied') }} as closing,
        {{ money('not_due') }} as not_due,
        {{ money('overdue') }} as overdue,
        {{ money('unapplied') }} as unapplied,
        {{ money('sales') }} as sales,
        {{ money('cash') }} as cash,
        {{ money('sales_window') }} as sales_window,
        {{ ratio('(not_due + overdue + unapplied) * ' ~ var('dso_window_days'), 'sales_window') }} as dso_simple,
        {{ ratio('not_due * ' ~ var('dso_window_days'), 'sales_window') }} as dso_best_possible
    from balances
)

select * from final
