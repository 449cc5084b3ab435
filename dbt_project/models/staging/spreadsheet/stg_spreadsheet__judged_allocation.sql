with newest as (
    {{ newest(source('spreadsheet', 'allocations'), ['payment_number', 'document_number', 'instalment']) }}
),

items as (
    select * from {{ ref('stg_spreadsheet__item') }}
),

matched as (
    select
        newest.*,
        settled.item_id as settled_item_id,
        settled.currency as settled_currency,
        abs(settled.amount) as settled_amount,
        abs(settling.amount) as settling_amount,
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
                then
                    'the amount allocated must be positive; here it is '
                    || {{ amount_text('newest.amount', 'settled.currency') }}
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
            and newest.document_number || case when newest.instalment = '1' then '' else '#' || newest.instalment end
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
),

-- What an invoice list says was paid in full is settled already, before any allocation of its own.
paid_in_full as (
    select
        _source,
        item_id
    from {{ ref('stg_spreadsheet__judged_invoice') }}
    where reason is null and paid_on is not null
),

added_up as (
    select
        matched.*,
        paid_in_full.item_id is not null as is_paid_in_full,
        sum(matched.amount) over (
            partition by matched._source, matched.settled_item_id, matched.reason is null
            order by matched.allocated_on, matched._file, matched._row
        ) as settled_so_far,
        sum(matched.amount) over (
            partition by matched._source, matched.settling_item_id, matched.reason is null
            order by matched.allocated_on, matched._file, matched._row
        ) as used_so_far
    from matched
    left join paid_in_full
        on matched._source = paid_in_full._source and matched.settled_item_id = paid_in_full.item_id
),

final as (
    select
        * replace (
            case
                when reason is not null then reason
                when is_paid_in_full
                    then
                        'document_number ' || document_number
                        || ' has a paid-on date, so nothing of it is left to settle'
                when settled_so_far > settled_amount
                    then
                        'document_number ' || document_number || ' is settled by '
                        || {{ amount_text('settled_so_far', 'settled_currency') }} || ' with this row, more than its '
                        || {{ amount_text('settled_amount', 'settled_currency') }}
                when used_so_far > settling_amount
                    then
                        'payment_number ' || payment_number || ' is used for '
                        || {{ amount_text('used_so_far', 'settled_currency') }} || ' with this row, more than its '
                        || {{ amount_text('settling_amount', 'settled_currency') }}
            end as reason
        )
    from added_up
)

select * from final
