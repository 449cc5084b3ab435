with due_steps as (
    select * from {{ ref('due_step') }}
),

open_items as (
    select * from {{ ref('open_item') }}
)

select
    due_steps.client_id,
    due_steps.message_key,
    open_items.item_key,
    open_items.document_number,
    open_items.kind,
    open_items.issued_on,
    open_items.due_on,
    open_items.days_past_due,
    open_items.currency,
    open_items.amount,
    open_items.open_amount,
    open_items.part
from due_steps
inner join open_items
    on due_steps.customer_key = open_items.customer_key and due_steps.currency = open_items.currency
where
    open_items.part = 'credit'
    or (open_items.is_chased_kind and not open_items.disputed and open_items.changed_on is null)
