with movements as (
    {{ newest(source('odoo', 'receivable_account_movement'), ['account_id', 'currency_id', 'date']) }}
),

accounts as (
    {{ newest(source('odoo', 'account_account')) }}
),

companies as (
    {{ newest(source('odoo', 'res_company')) }}
),

currencies as (
    {{ newest(source('odoo', 'res_currency')) }}
),

final as (
    select
        movements._source as source,
        coalesce(
            {{ json_text('accounts.code_store', "'$.\"' || companies.id || '\"'") }},
            accounts.code,
            cast(accounts.id as varchar)
        ) as account,
        currencies.name as currency,
        movements.date as day,
        {{ money("""sum(movements.amount_currency) over (
            partition by movements._source, movements.account_id, movements.currency_id order by movements.date
        )""") }} as balance,
        {{ money("""sum(movements.balance) over (
            partition by movements._source, movements.account_id, movements.currency_id order by movements.date
        )""") }} as balance_home
    from movements
    inner join accounts on movements._source = accounts._source and movements.account_id = accounts.id
    inner join companies on movements._source = companies._source
    inner join currencies on movements._source = currencies._source and movements.currency_id = currencies.id
)

select * from final
