with items as (
    select * from {{ ref('item') }}
),

allocations as (
    select * from {{ ref('allocation') }}
),

-- Neither side can be settled before both exist: money that came before its invoice is unapplied until then.
dated_allocations as (
    select
        allocations.*,
        greatest(allocations.allocated_on, debit.posted_on, credit.posted_on) as effective_on
    from allocations
    inner join items as debit on allocations.debit_item_key = debit.item_key
    inner join items as credit on allocations.credit_item_key = credit.item_key
),

movements as (
    select item_key, posted_on as day, amount, amount_home
    from items
    union all
    select debit_item_key as item_key, effective_on as day, -debit_amount as amount, -amount_home as amount_home
    from dated_allocations
    union all
    select credit_item_key as item_key, effective_on as day, credit_amount as amount, amount_home
    from dated_allocations
),

by_day as (
    select
        item_key,
        day,
        sum(amount) as amount,
        sum(amount_home) as amount_home
    from movements
    group by item_key, day
),

running as (
    select
        item_key,
        day as valid_from,
        lead(day) over (partition by item_key order by day) as next_change,
        sum(amount) over (partition by item_key order by day) as open_amount,
        sum(amount_home) over (partition by item_key order by day) as settled_open_home
    from by_day
),

valued as (
    select
        items.client_id,
        items.source,
        running.item_key,
        items.customer_key,
        items.currency,
        running.valid_from,
        least(
            coalesce(running.next_change, {{ end_of_time() }}), coalesce(items.voided_on, {{ end_of_time() }})
        ) as valid_to,
        {{ money('running.open_amount') }} as open_amount,
        -- An ERP that keeps the books in home currency says what each settlement took off there. Where the home
        -- amount is ours, from a rate, the open part is worth that rate, and a settled item is worth nothing.
        case
            when items.home_rate is null then {{ money('running.settled_open_home') }}
            else {{ at_home_rate('running.open_amount', 'items.home_rate') }}
        end as open_amount_home
    from running
    inner join items on running.item_key = items.item_key
)

select *
from valued
where valid_from < valid_to and (open_amount <> 0 or open_amount_home <> 0)
