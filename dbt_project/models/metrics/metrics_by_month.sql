with days as (
    select * from {{ ref('balance_by_day') }}
),

flows as (
    select
        scope,
        currency,
        {{ month_end('day') }} as month_end,
        sum(sales) as sales,
        sum(cash) as cash
    from days
    group by scope, currency, {{ month_end('day') }}
),

-- Months that have ended; the running one has no closing yet.
month_ends as (
    select
        days.scope,
        days.currency,
        days.day as month_end,
        flows.sales,
        flows.cash,
        days.closing,
        days.not_due as closing_not_due,
        days.overdue as closing_overdue,
        days.unapplied as closing_unapplied,
        days.sales_window,
        days.dso_simple,
        days.dso_best_possible
    from days
    inner join flows
        on days.scope = flows.scope and days.currency = flows.currency and days.day = flows.month_end
),

with_history as (
    select
        *,
        coalesce(lag(closing) over (partition by scope, currency order by month_end), 0) as opening,
        coalesce(lag(closing, 3) over (partition by scope, currency order by month_end), 0) as opening_three_months,
        sum(sales) over (
            partition by scope, currency order by month_end rows between 2 preceding and current row
        ) as sales_three_months,
        count(*) over (
            partition by scope, currency order by month_end rows between 2 preceding and current row
        ) as months
    from month_ends
),

countback as (
    select * from {{ ref('dso_countback') }}
),

days_late as (
    select * from {{ ref('days_late_by_month') }}
),

final as (
    select
        '{{ var("client_id") }}' as client_id,
        with_history.scope,
        with_history.month_end,
        with_history.currency,
        {{ money('with_history.opening') }} as opening,
        {{ money('with_history.sales') }} as sales,
        {{ money('with_history.cash') }} as cash,
        with_history.closing,
        with_history.closing_not_due,
        with_history.closing_overdue,
        with_history.closing_unapplied,
        with_history.sales_window,
        with_history.dso_simple,
        countback.dso_countback,
        countback.is_minimum as dso_countback_is_minimum,
        with_history.dso_best_possible,
        cast(with_history.dso_simple - with_history.dso_best_possible as decimal(18, 6)) as average_days_delinquent,
        {{ ratio(
            '100 * (with_history.opening + with_history.sales - with_history.closing)',
            'with_history.opening + with_history.sales - with_history.closing_not_due'
        ) }} as cei,
        {{ ratio(
            '100 * (opening_three_months + sales_three_months / months - with_history.closing)',
            'opening_three_months + sales_three_months / months - with_history.closing_not_due'
        ) }} as cei_per_month,
        days_late.weighted_days_late,
        days_late.weighted_days_late_floored
    from with_history
    left join countback
        on
            with_history.scope = countback.scope
            and with_history.currency = countback.currency
            and with_history.month_end = countback.month_end
    left join days_late
        on
            with_history.scope = days_late.scope
            and with_history.currency = days_late.currency
            and with_history.month_end = days_late.month_end
)

select * from final
