-- The step each open item has reached. A step before the due date ends with it: an overdue item is not announced.
with open_items as (
    select * from {{ ref('open_item') }}
    where part <> 'credit' and is_chased_kind and not disputed and changed_on is null
),

steps as (
    select * from {{ source('config', 'strategy_step') }}
),

attempts as (
    select * from {{ ref('stg_casebook__contact_attempt') }}
    -- Those of the day itself are this plan's own; of a past day, later ones count as well.
    where planned_on <> {{ as_of() }}
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
),

-- A message lists all that is open, so one at this step or a later one has told of the item too, if the item was
-- there, and overdue by then where the step is about overdue items. It is not told again before its next step.
told as (
    select
        reached.item_key,
        max(attempts.planned_on) as told_on
    from reached
    inner join attempts
        on
            reached.customer_key = attempts.customer_key
            and reached.currency = attempts.currency
            and reached.posted_on <= attempts.planned_on
            and (reached.offset_days <= 0 or reached.due_on < attempts.planned_on)
    inner join steps as attempted on attempts.step = attempted.step
    where reached.choice = 1 and attempted.step_order >= reached.step_order
    group by reached.item_key
)

select
    reached.item_key,
    reached.customer_key,
    reached.currency,
    reached.due_on,
    reached.strategy,
    reached.step_order,
    reached.step,
    reached.offset_days,
    reached.channel,
    reached.template,
    reached.tone,
    told.told_on
from reached
left join told on reached.item_key = told.item_key
where reached.choice = 1
