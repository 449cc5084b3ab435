with overdue as (
    select * from {{ ref('open_item') }}
    where part = 'overdue'
),

messaged as (
    select distinct item_key from {{ ref('due_step_item') }}
),

held_back as (
    select overdue.*
    from overdue
    left join messaged on overdue.item_key = messaged.item_key
    where messaged.item_key is null
),

guards as (
    select * from {{ ref('guard') }}
),

candidates as (
    select * from {{ ref('candidate') }}
),

item_steps as (
    select * from {{ ref('item_step') }}
),

has_strategy as (
    select count(*) as strategies from {{ source('config', 'strategy') }}
),

reasons as (
    select
        item_key,
        'disputed' as reason,
        'the item is disputed' as explanation
    from held_back
    where disputed
    union all
    select
        item_key,
        'not_an_invoice' as reason,
        'the item is a ' || kind || ', which the ERP has to be put right for' as explanation
    from held_back
    where not is_chased_kind
    union all
    select
        item_key,
        'settled_since' as reason,
        'settled in part or whole on ' || changed_on || ', after this day' as explanation
    from held_back
    where changed_on is not null
    union all
    select
        held_back.item_key,
        guards.reason,
        guards.explanation
    from held_back
    inner join guards on held_back.customer_key = guards.customer_key and held_back.currency = guards.currency
    where held_back.is_chased_kind and not held_back.disputed and held_back.changed_on is null
    union all
    select
        held_back.item_key,
        case
            when has_strategy.strategies = 0 then 'no_strategy'
            when item_steps.told_on is not null then 'already_contacted'
            else 'before_first_step'
        end as reason,
        case
            when has_strategy.strategies = 0 then 'the client has no strategy'
            when item_steps.told_on is not null
                then 'told of on ' || item_steps.told_on || ', and no step after ' || item_steps.step || ' is reached'
            else 'no step of the strategy is reached ' || held_back.days_past_due || ' days past due'
        end as explanation
    from held_back
    cross join has_strategy
    left join item_steps on held_back.item_key = item_steps.item_key
    left join candidates
        on held_back.customer_key = candidates.customer_key and held_back.currency = candidates.currency
    where
        held_back.is_chased_kind
        and not held_back.disputed
        and held_back.changed_on is null
        and candidates.customer_key is null
)

select
    held_back.client_id,
    {{ as_of() }} as as_of,
    held_back.customer_key,
    held_back.item_key,
    held_back.document_number,
    held_back.currency,
    held_back.open_amount,
    held_back.days_past_due,
    reasons.reason,
    reasons.explanation
from held_back
inner join reasons on held_back.item_key = reasons.item_key
