{#- No item lacks what every number is made of. -#}
{% test complete_item(model) %}
    select *
    from {{ model }}
    where
        kind is null
        or customer_id is null
        or issued_on is null
        or posted_on is null
        or due_on is null
        or currency is null
        or amount is null
        or amount_home is null
        or disputed is null
{% endtest %}
