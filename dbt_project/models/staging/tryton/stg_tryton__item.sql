with posted_lines as (
    select * from {{ ref('stg_tryton__posted_line') }}
),

classified as (
    select
        *,
        -- A credit note is an invoice below zero; so is what cancels an invoice.
        case
            when invoice_id is not null and document_balance < 0 then 'credit_note'
            when invoice_id is not null then 'invoice'
            when journal_type = 'situation' then 'opening'
            when is_exchange_difference then 'fx_difference'
            when journal_type = 'write-off' then 'write_off'
            when is_payment and balance > 0 then 'refund'
            when is_payment then 'payment'
            else 'journal'
        end as kind
    from posted_lines
),

final as (
    select
        source,
        cast(line_id as varchar) as item_id,
        case
            when invoice_id is null then 'account.move,' || move_id
            else 'account.invoice,' || invoice_id
        end as document_id,
        coalesce(invoice_number, move_number) as document_number,
        kind,
        cast(coalesce(party_id, 0) as varchar) as customer_id,
        coalesce(invoice_date, accounting_date) as issued_on,
        accounting_date as posted_on,
        coalesce(maturity_date, accounting_date) as due_on,
        currency,
        {{ money('amount') }} as amount,
        {{ money('balance') }} as amount_home,
        cast(null as date) as voided_on,
        is_dunning_blocked as disputed,
        'account_move_line' as erp_entity,
        cast(null as varchar) as origin
    from classified
    where currency is not null
)

select * from final
