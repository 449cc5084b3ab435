{#-
    No settlement takes more off an item than it has: what is open never changes sides. An interval starts with the
    item's own sign.
-#}
{% test never_over_allocated(model) %}
    select intervals.*
    from {{ model }} as intervals
    inner join {{ ref('item') }} as item on intervals.item_key = item.item_key
    where sign(intervals.open_amount) * sign(item.amount) < 0 or abs(intervals.open_amount) > abs(item.amount)
{% endtest %}
