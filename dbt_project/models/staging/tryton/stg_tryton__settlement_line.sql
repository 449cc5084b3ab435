with posted_lines as (
    select * from {{ ref('stg_tryton__posted_line') }}
    where currency is not null
),

payment_links as (
    {{ newest(source('tryton', 'account_invoice_payment_line')) }}
),

open_lines as (
    select * from posted_lines
    where reconciliation_id is null
),

-- Partial payments: what is linked to an invoice is set against its lines to pay, until a reconciliation takes over.
members as (
    select
        source,
        'account.move.reconciliation,' || reconciliation_id as settlement,
        line_id
    from posted_lines
    where reconciliation_id is not null
    union all
    select
        source,
        'account.invoice,' || invoice_id as settlement,
        line_id
    from open_lines
    where is_to_pay
    union all
    select
        open_lines.source,
        'account.invoice,' || payment_links.invoice as settlement,
        open_lines.line_id
    from open_lines
    inner join payment_links on open_lines.source = payment_links._source and open_lines.line_id = payment_links.line
    where not open_lines.is_to_pay
),

companies as (
    {{ newest(source('tryton', 'company_company')) }}
),

currencies as (
    {{ newest(source('tryton', 'currency_currency')) }}
),

final as (
    select
        members.source,
        members.settlement,
        posted_lines.reconciliation_id,
        members.line_id,
        posted_lines.accounting_date as posted_on,
        coalesce(posted_lines.maturity_date, posted_lines.accounting_date) as due_on,
        posted_lines.currency,
        posted_lines.currency_digits,
        currencies.digits as home_digits,
        {{ money('posted_lines.amount') }} as amount,
        {{ money('posted_lines.balance') }} as amount_home
    from members
    inner join posted_lines on members.source = posted_lines.source and members.line_id = posted_lines.line_id
    inner join companies on members.source = companies._source
    left join currencies on companies._source = currencies._source and companies.currency = currencies.id
)

select * from final
