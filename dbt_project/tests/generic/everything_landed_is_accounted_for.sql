{#- Nothing is dropped silently: what was landed is left out by rule, used, or rejected with its reason. -#}
{% test everything_landed_is_accounted_for(model) %}
    select *
    from {{ model }}
    where rows_landed <> rows_left_out + rows_used + rows_rejected
{% endtest %}
