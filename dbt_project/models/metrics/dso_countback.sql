with month_ends as (
    select
        scope,
        currency,
        day as month_end,
        closing
    from {{ ref('balance_by_day') }}
    where day = {{ month_end('day') }}
),

monthly_sales as (
    select
        scope,
        currency,
        {{ month_end('day') }} as month_end,
        sum(sales) as sales
    from {{ ref('balance_by_day') }}
    group by scope, currency, {{ month_end('day') }}
),

-- Each month end with every month back from it: sales taken off so far, and the days they stand for.
looking_back as (
    select
        month_ends.scope,
        month_ends.currency,
        month_ends.month_end,
        month_ends.closing,
        monthly_sales.month_end as sales_month,
        monthly_sales.sales,
        extract(day from monthly_sales.month_end) as days,
        sum(monthly_sales.sales) over (
            partition by month_ends.scope, month_ends.currency, month_ends.month_end
            order by monthly_sales.month_end desc
        ) as sales_so_far,
        sum(extract(day from monthly_sales.month_end)) over (
            partition by month_ends.scope, month_ends.currency, month_ends.month_end
            order by monthly_sales.month_end desc
        ) as days_so_far
    from month_ends
    inner join monthly_sales
        on
            month_ends.scope = monthly_sales.scope
            and month_ends.currency = monthly_sales.currency
            and month_ends.month_end >= monthly_sales.month_end
),

exhausted as (
    select
        *,
        row_number() over (
            partition by scope, currency, month_end
            order by case when sales_so_far >= closing then 0 else 1 end asc, sales_month desc
        ) as choice,
        max(days_so_far) over (partition by scope, currency, month_end) as days_of_history
    from looking_back
),

final as (
    select
        '{{ var("client_id") }}' as client_id,
        scope,
        currency,
        month_end,
        case
            when closing <= 0 then cast(0 as decimal(18, 6))
            when sales_so_far < closing then cast(days_of_history as decimal(18, 6))
            else cast(
                days_so_far - days + days * (closing - (sales_so_far - sales)) / nullif(sales, 0) as decimal(18, 6)
            )
        end as dso_countback,
        closing > 0 and sales_so_far < closing as is_minimum
    from exhausted
    where choice = 1
)

select * from final
