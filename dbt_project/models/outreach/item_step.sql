-- The step each open item has reached. A step before the due date ends with it: an overdue item is not announced.
with open_items as (
    select * from {{ ref('open_item') }}
    where part <> 'credit' and is_chased_kind and not disputed
),

steps as (
    select * from {{ source('config', 'strategy_step') }}
),

reached as (
    select
        open_items.*,
        steps.strategy,
        steps.step_order,
        steps.step,
        steps.offset_days,
        steps.channel,
        steps.template,
        steps.tone,
        row_number() over (partition by open_items.item_key order by steps.step_order desc) as choice
    from open_items
    inner join steps
        on
            open_items.days_past_due >= steps.offset_days
            and (open_items.part = 'overdue' or steps.offset_days <= 0)
            and (open_items.part = 'not_due' or steps.offset_days > 0)
)

select
    item_key,
    customer_key,
    currency,
    due_on,
    strategy,
    step_order,
    step,
    offset_days,
    channel,
    template,
    tone
from reached
where choice = 1
