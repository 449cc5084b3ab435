with versions as (
    select * from {{ source('spreadsheet', 'invoices') }}
),

newest as (
    {{ newest(source('spreadsheet', 'invoices'), ['document_number', 'instalment']) }}
),

customers as (
    {{ newest(source('spreadsheet', 'customers'), ['customer']) }}
),

-- The first to use a number keeps it: the same number for another customer later is no update.
first_use as (
    select
        _source,
        document_number,
        customer as first_customer,
        _file as first_file,
        _row as first_row
    from versions
    where not _deleted
    qualify
        row_number() over (partition by _source, document_number order by _load_id, _file, _row) = 1
),

sources_with_customers as (
    select distinct _source from customers
),

final as (
    select
        newest.*,
        case
            when newest.customer <> first_use.first_customer
                then
                    'document_number ' || newest.document_number || ' belongs to customer ' || first_use.first_customer
                    || ' in ' || first_use.first_file || ' row ' || first_use.first_row
                    || '; here it is given for customer ' || newest.customer
            when sources_with_customers._source is not null and customers.customer is null
                then
                    'customer ' || newest.customer
                    || ' is not in the customers file; add the customer there or correct the number'
            when newest.kind = 'credit_note' and newest.amount > 0
                then 'a credit note has a negative amount; here it is ' || newest.amount
            when newest.kind in ('invoice', 'debit_note') and newest.amount < 0
                then 'the amount ' || newest.amount || ' is negative; an invoice is positive, a credit_note negative'
        end as reason,
        case
            when newest.customer <> first_use.first_customer then 'document_number'
            when sources_with_customers._source is not null and customers.customer is null then 'customer'
            else 'amount'
        end as column_name,
        coalesce(newest.kind, case when newest.amount < 0 then 'credit_note' else 'invoice' end) as item_kind,
        newest.document_number || case when newest.instalment = '1' then '' else '/' || newest.instalment end as item_id
    from newest
    left join first_use
        on newest._source = first_use._source and newest.document_number = first_use.document_number
    left join customers on newest._source = customers._source and newest.customer = customers.customer
    left join sources_with_customers on newest._source = sources_with_customers._source
)

select * from final
