with movements as (
    {{ newest(source('erpnext', 'account_movement'), ['account', 'account_currency', 'posting_date']) }}
),

final as (
    select
        _source as source,
        account,
        account_currency as currency,
        posting_date as day,
        {{ money("""sum(amount_in_account_currency) over (
            partition by _source, account, account_currency order by posting_date
        )""") }} as balance,
        {{ money("""sum(balance) over (
            partition by _source, account, account_currency order by posting_date
        )""") }} as balance_home
    from movements
)

select * from final
