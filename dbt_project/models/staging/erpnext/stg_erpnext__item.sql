with entries as (
    select * from {{ ref('stg_erpnext__entry') }}
),

invoices as (
    {{ newest(source('erpnext', 'sales_invoice'), ['name']) }}
),

journal_entries as (
    {{ newest(source('erpnext', 'journal_entry'), ['name']) }}
),

items as (
    select
        source,
        item_id,
        item_number,
        voucher_type,
        voucher_no,
        party,
        posting_date,
        is_debit,
        currency,
        min(due_on) as due_on,
        sum(amount) as amount,
        sum(amount_home) as amount_home
    from entries
    group by source, item_id, item_number, voucher_type, voucher_no, party, posting_date, is_debit, currency
),

final as (
    select
        items.source,
        items.item_id,
        items.voucher_type || '/' || items.voucher_no as document_id,
        items.voucher_no as document_number,
        case
            when invoices.is_opening = 'Yes' or journal_entries.is_opening = 'Yes' then 'opening'
            when items.voucher_type = 'Sales Invoice' and invoices.is_return and not items.is_debit then 'credit_note'
            -- A till settles its invoice at once, in the same document.
            when items.voucher_type = 'Sales Invoice' and invoices.is_return then 'refund'
            when items.voucher_type = 'Sales Invoice' and not items.is_debit then 'payment'
            when items.voucher_type = 'Sales Invoice' and invoices.is_debit_note then 'debit_note'
            when items.voucher_type = 'Sales Invoice' then 'invoice'
            when
                journal_entries.voucher_type in ('Exchange Gain Or Loss', 'Exchange Rate Revaluation')
                then 'fx_difference'
            when journal_entries.voucher_type = 'Opening Entry' then 'opening'
            when journal_entries.voucher_type = 'Write Off Entry' and not items.is_debit then 'write_off'
            when journal_entries.voucher_type = 'Credit Note' and not items.is_debit then 'credit_note'
            when journal_entries.voucher_type = 'Debit Note' and items.is_debit then 'debit_note'
            when
                (
                    items.voucher_type = 'Payment Entry'
                    or journal_entries.voucher_type in ('Bank Entry', 'Cash Entry', 'Credit Card Entry')
                )
                then case when items.is_debit then 'refund' else 'payment' end
            else 'journal'
        end as kind,
        items.party as customer_id,
        items.posting_date as issued_on,
        items.posting_date as posted_on,
        items.due_on,
        items.currency,
        {{ money('items.amount') }} as amount,
        {{ money('items.amount_home') }} as amount_home,
        cast(null as date) as voided_on,
        false as disputed,
        -- A document is counted once, by its first item.
        'tab' || items.voucher_type || case when items.item_number > 1 then '.further' else '' end as erp_entity,
        cast(null as varchar) as origin
    from items
    left join invoices
        on
            items.voucher_type = 'Sales Invoice'
            and items.source = invoices._source
            and items.voucher_no = invoices.name
    left join journal_entries
        on
            items.voucher_type = 'Journal Entry'
            and items.source = journal_entries._source
            and items.voucher_no = journal_entries.name
)

select * from final
