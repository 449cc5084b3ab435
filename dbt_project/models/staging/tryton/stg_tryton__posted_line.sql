with lines as (
    {{ newest(source('tryton', 'account_move_line')) }}
),

moves as (
    {{ newest(source('tryton', 'account_move')) }}
),

-- Undoing a reconciliation deletes its row; what a line still says of it then counts no more.
reconciliations as (
    {{ newest(source('tryton', 'account_move_reconciliation')) }}
),

invoice_moves as (
    select * from {{ ref('stg_tryton__invoice_move') }}
),

journals as (
    {{ newest(source('tryton', 'account_journal')) }}
),

companies as (
    {{ newest(source('tryton', 'company_company')) }}
),

currencies as (
    {{ newest(source('tryton', 'currency_currency')) }}
),

exchange_journals as (
    select distinct
        _source,
        currency_exchange_journal
    from ({{ newest(source('tryton', 'account_configuration_journal')) }}) as journal_settings
    where currency_exchange_journal is not null
),

blocked_lines as (
    select distinct
        _source,
        line
    from ({{ newest(source('tryton', 'account_dunning')) }}) as dunnings
    where blocked
),

posted as (
    select
        lines._source as source,
        lines.id as line_id,
        moves.id as move_id,
        moves.number as move_number,
        invoice_moves.invoice_id,
        invoice_moves.invoice_number,
        invoice_moves.invoice_date,
        invoice_moves.account_to_pay = lines.account as is_to_pay,
        journals.type as journal_type,
        journals.type in ('cash', 'statement')
        or moves.origin like 'account.payment%'
        or moves.origin like 'account.statement%' as is_payment,
        exchange_journals.currency_exchange_journal is not null as is_in_exchange_journal,
        reconciliations.id as reconciliation_id,
        lines.account as account_id,
        lines.party as party_id,
        moves.date as accounting_date,
        lines.maturity_date,
        blocked_lines.line is not null as is_dunning_blocked,
        lines.second_currency,
        currencies.code as currency,
        currencies.digits as currency_digits,
        case
            when lines.second_currency is null then lines.debit - lines.credit
            else lines.amount_second_currency
        end as amount,
        lines.debit - lines.credit as balance
    from lines
    inner join moves on lines._source = moves._source and lines.move = moves.id
    left join reconciliations
        on lines._source = reconciliations._source and lines.reconciliation = reconciliations.id
    left join invoice_moves on moves._source = invoice_moves.source and moves.id = invoice_moves.move_id
    left join journals on moves._source = journals._source and moves.journal = journals.id
    left join companies on moves._source = companies._source and moves.company = companies.id
    left join currencies
        on
            lines._source = currencies._source
            and coalesce(lines.second_currency, companies.currency) = currencies.id
    left join exchange_journals
        on moves._source = exchange_journals._source and moves.journal = exchange_journals.currency_exchange_journal
    left join blocked_lines on lines._source = blocked_lines._source and lines.id = blocked_lines.line
    where moves.state = 'posted'
),

final as (
    select
        source,
        line_id,
        move_id,
        move_number,
        invoice_id,
        invoice_number,
        invoice_date,
        coalesce(is_to_pay, false) as is_to_pay,
        journal_type,
        coalesce(is_payment, false) as is_payment,
        -- A journal may serve exchange differences and small write-offs alike. The former are in company currency and
        -- stand beside lines that are not.
        is_in_exchange_journal
        and second_currency is null
        and (
            reconciliation_id is null
            or max(case when second_currency is null then 0 else 1 end) over (
                partition by source, reconciliation_id
            ) = 1
        ) as is_exchange_difference,
        reconciliation_id,
        account_id,
        party_id,
        accounting_date,
        maturity_date,
        is_dunning_blocked,
        currency,
        currency_digits,
        amount,
        balance,
        sum(balance) over (partition by source, move_id) as document_balance
    from posted
)

select * from final
