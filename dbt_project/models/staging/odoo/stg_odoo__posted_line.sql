with lines as (
    {{ newest(source('odoo', 'account_move_line')) }}
),

moves as (
    {{ newest(source('odoo', 'account_move')) }}
),

journals as (
    {{ newest(source('odoo', 'account_journal')) }}
),

companies as (
    {{ newest(source('odoo', 'res_company')) }}
),

partners as (
    {{ newest(source('odoo', 'res_partner')) }}
),

currencies as (
    {{ newest(source('odoo', 'res_currency')) }}
),

-- Drafts and cancelled documents keep their residual in Odoo; only what is posted is owed.
final as (
    select
        lines._source as source,
        lines.id as line_id,
        moves.id as move_id,
        moves.name as move_name,
        moves.move_type,
        -- The ledger is kept by company, not by the person at it, also where an entry names the person.
        coalesce(partners.commercial_partner_id, lines.partner_id, moves.commercial_partner_id) as partner_id,
        journals.type as journal_type,
        moves.debit_origin_id is not null as is_debit_note,
        moves.id = companies.account_opening_move_id as is_opening,
        moves.journal_id = companies.currency_exchange_journal_id as is_exchange_difference,
        moves.origin_payment_id is not null or lines.payment_id is not null as is_payment,
        moves.invoice_date,
        moves.date as accounting_date,
        lines.date_maturity,
        currencies.name as currency,
        lines.amount_currency,
        lines.balance
    from lines
    inner join moves on lines._source = moves._source and lines.move_id = moves.id
    left join journals on moves._source = journals._source and moves.journal_id = journals.id
    left join companies on lines._source = companies._source and lines.company_id = companies.id
    left join partners on lines._source = partners._source and lines.partner_id = partners.id
    left join currencies on lines._source = currencies._source and lines.currency_id = currencies.id
    where moves.state = 'posted'
)

select * from final
