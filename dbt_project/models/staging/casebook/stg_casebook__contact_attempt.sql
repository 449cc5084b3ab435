with messages as (
    {{ newest(source('casebook', 'outbox_message')) }}
)

select
    message_key,
    customer_key,
    currency,
    step,
    channel,
    planned_on
from messages
