{#- Σ buckets + unapplied = the balance of the ledger, for every date and currency, in currency and at home. -#}
{% test buckets_add_up_to_the_balance(model) %}
    with buckets as (
        select
            as_of,
            currency,
            sum(open_amount) as amount,
            sum(open_amount_home) as amount_home
        from {{ model }}
        group by as_of, currency
    ),

    balances as (
        select day, currency, closing from {{ ref('balance_by_day') }}
        where scope = 'document'
    ),

    home_buckets as (
        select as_of, sum(amount_home) as amount_home
        from buckets
        group by as_of
    ),

    home_balances as (
        select day, closing from {{ ref('balance_by_day') }}
        where scope = 'home'
    )

    select buckets.as_of, buckets.currency, buckets.amount, balances.closing
    from buckets
    left join balances on buckets.as_of = balances.day and buckets.currency = balances.currency
    where balances.closing is null or buckets.amount <> balances.closing
    union all
    select home_buckets.as_of, 'home' as currency, home_buckets.amount_home, home_balances.closing
    from home_buckets
    left join home_balances on home_buckets.as_of = home_balances.day
    where home_balances.closing is null or home_buckets.amount_home <> home_balances.closing
{% endtest %}
