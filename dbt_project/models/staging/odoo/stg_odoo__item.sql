with posted_lines as (
    select * from {{ ref('stg_odoo__posted_line') }}
),

classified as (
    select
        *,
        case
            when move_type in ('out_invoice', 'out_receipt') and is_debit_note then 'debit_note'
            when move_type in ('out_invoice', 'out_receipt') then 'invoice'
            when move_type = 'out_refund' then 'credit_note'
            when is_opening then 'opening'
            when is_exchange_difference then 'fx_difference'
            when (is_payment or journal_type in ('bank', 'cash', 'credit')) and balance > 0 then 'refund'
            when is_payment or journal_type in ('bank', 'cash', 'credit') then 'payment'
            else 'journal'
        end as kind
    from posted_lines
),

final as (
    select
        source,
        cast(line_id as varchar) as item_id,
        cast(move_id as varchar) as document_id,
        move_name as document_number,
        kind,
        cast(coalesce(partner_id, 0) as varchar) as customer_id,
        coalesce(invoice_date, accounting_date) as issued_on,
        accounting_date as posted_on,
        coalesce(date_maturity, accounting_date) as due_on,
        currency,
        {{ money('amount_currency') }} as amount,
        {{ money('balance') }} as amount_home,
        cast(null as date) as voided_on,
        false as disputed,
        'account_move_line' as erp_entity,
        cast(null as varchar) as origin
    from classified
    where currency is not null
)

select * from final
