with invoices as (
    {{ newest(source('erpnext', 'sales_invoice'), ['name']) }}
),

payment_entries as (
    {{ newest(source('erpnext', 'payment_entry'), ['name']) }}
),

journal_entries as (
    {{ newest(source('erpnext', 'journal_entry'), ['name']) }}
),

landed_ledger_entries as (
    {{ newest(source('erpnext', 'payment_ledger_entry'), ['name']) }}
),

documents as (
    select _source as source, 'Sales Invoice' as voucher_type, name as voucher_no from invoices
    union
    select _source as source, 'Payment Entry' as voucher_type, name as voucher_no from payment_entries
    union
    select _source as source, 'Journal Entry' as voucher_type, name as voucher_no from journal_entries
    union
    select _source as source, voucher_type, voucher_no from landed_ledger_entries
),

owing as (
    select distinct source, voucher_type, voucher_no from {{ ref('stg_erpnext__ledger_entry') }}
),

-- Drafts, cancelled documents, and those of no amount have nothing valid in the payment ledger.
final as (
    select
        documents.source,
        'tab' || documents.voucher_type as entity,
        count(*) as rows_landed,
        count(*) filter (where owing.voucher_no is null) as rows_left_out
    from documents
    left join owing
        on
            documents.source = owing.source
            and documents.voucher_type = owing.voucher_type
            and documents.voucher_no = owing.voucher_no
    group by documents.source, documents.voucher_type
)

select * from final
