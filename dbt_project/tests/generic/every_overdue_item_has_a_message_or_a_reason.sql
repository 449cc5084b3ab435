{#- An overdue item is in a message of today, or it can be read why not; never both, never neither. -#}
{% test every_overdue_item_has_a_message_or_a_reason(model) %}
    with messaged as (
        select distinct item_key from {{ ref('due_step_item') }}
    ),

    suppressed as (
        select distinct item_key from {{ model }}
    )

    select open_item.item_key
    from {{ ref('open_item') }} as open_item
    left join messaged on open_item.item_key = messaged.item_key
    left join suppressed on open_item.item_key = suppressed.item_key
    where
        open_item.part = 'overdue'
        and (messaged.item_key is null) = (suppressed.item_key is null)
{% endtest %}
