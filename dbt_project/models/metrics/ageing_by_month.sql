with intervals as (
    select
        open_interval.*,
        {{ 'item.due_on' if var('ageing_basis') == 'due_date' else 'item.issued_on' }} as aged_from,
        coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0 as is_credit
    from {{ ref('open_interval') }} as open_interval
    inner join {{ ref('item') }} as item on open_interval.item_key = item.item_key
),

period as (
    select
        min(valid_from) as first_day,
        {{ as_of() }} as last_day
    from intervals
),

spine as (
    {{ day_spine('period') }}
),

days as (
    select * from spine
    where day = {{ month_end('day') }} or day = {{ as_of() }}
),

open_items as (
    select
        days.day as as_of,
        intervals.customer_key,
        intervals.currency,
        intervals.open_amount,
        intervals.open_amount_home,
        case
            when intervals.is_credit then 'unapplied'
            else {{ bucket_of(days_between('intervals.aged_from', 'days.day')) }}
        end as bucket
    from days
    inner join intervals on days.day >= intervals.valid_from and days.day < intervals.valid_to
)

select
    '{{ var("client_id") }}' as client_id,
    as_of,
    as_of = {{ month_end('as_of') }} as is_month_end,
    customer_key,
    currency,
    bucket,
    {{ money('sum(open_amount)') }} as open_amount,
    {{ money('sum(open_amount_home)') }} as open_amount_home,
    cast(count(*) as integer) as items
from open_items
group by as_of, customer_key, currency, bucket
