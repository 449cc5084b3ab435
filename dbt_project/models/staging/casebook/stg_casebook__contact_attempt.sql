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
-- What was only planned reached nobody, and must not hold back the message it is the plan of.
where state <> 'planned'
