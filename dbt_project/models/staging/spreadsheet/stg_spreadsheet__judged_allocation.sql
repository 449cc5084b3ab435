with newest as (
    {{ newest(source('spreadsheet', 'allocations'), ['payment_number', 'document_number', 'instalment']) }}
),

items as (
    select * from {{ ref('stg_spreadsheet__item') }}
),

final as (
    select
        newest.*,
        settled.item_id as settled_item_id,
        settling.item_id as settling_item_id,
        settled.amount > 0 as settled_is_debit,
        case
            when settling.item_id is null
                then
                    'payment_number ' || newest.payment_number
                    || ' is neither a usable payment nor a usable credit note; check the number (leading zeros?)'
            when settled.item_id is null
                then
                    'document_number ' || newest.document_number
                    || ' is not a usable document; check the number (leading zeros?)'
            when settling.customer_id <> settled.customer_id
                then
                    'payment_number ' || newest.payment_number || ' is of customer ' || settling.customer_id
                    || ', the document of customer ' || settled.customer_id
            when settling.currency <> settled.currency
                then 'a payment in ' || settling.currency || ' cannot settle a document in ' || settled.currency
            when (settling.amount > 0) = (settled.amount > 0)
                then 'both sides have the same sign; a payment or credit settles an invoice'
            when newest.amount <= 0
                then 'the amount allocated must be positive; here it is ' || newest.amount
        end as reason,
        case
            when settling.item_id is null then 'payment_number'
            when settled.item_id is null then 'document_number'
            when settling.customer_id <> settled.customer_id then 'payment_number'
            else 'amount'
        end as column_name
    from newest
    left join items as settled
        on
            newest._source = settled.source
            and settled.erp_entity = 'invoices'
            and newest.document_number || case when newest.instalment = '1' then '' else '/' || newest.instalment end
            = settled.item_id
    -- A payment's number may be that of a credit note; a payment of that number goes first.
    left join items as settling
        on
            newest._source = settling.source
            and settling.erp_entity in ('payments', 'invoices')
            and newest.payment_number = settling.document_number
            and (settling.erp_entity = 'payments' or settling.kind = 'credit_note')
    qualify
        row_number() over (
            partition by newest._source, newest.payment_number, newest.document_number, newest.instalment
            order by settling.erp_entity desc, settling.item_id asc
        ) = 1
)

select * from final
