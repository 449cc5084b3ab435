{#- The ledger equals the ERP's own receivables account, to the client's tolerance (by default to the cent). -#}
{% test agrees_with_control_account(model) %}
    select *
    from {{ model }}
    where abs(difference) > cast('{{ var("control_tolerance") }}' as decimal(18, 3))
{% endtest %}
