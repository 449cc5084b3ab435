with versions as (
    select
        *,
        max(case when _deleted then _load_id end) over (
            partition by _source, document_number, instalment
        ) as last_deletion
    from {{ source('spreadsheet', 'invoices') }}
),

standing as (
    select * from versions
    where not _deleted and (last_deletion is null or _load_id > last_deletion)
),

-- A number belongs to the customer it was first used for. The file that used it first may correct that; another
-- file that gives the same number to another customer is no update, and takes nothing away from the first.
owned as (
    select
        *,
        first_value(customer) over (number_in_order) as first_customer,
        first_value(_file) over (number_in_order) as first_file,
        first_value(_row) over (number_in_order) as first_row
    from standing
    window number_in_order as (partition by _source, document_number order by _load_id, _file, _row)
),

claims as (
    select
        *,
        customer = first_customer or _file = first_file as is_of_owner
    from owned
),

newest as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by _source, document_number, instalment, is_of_owner
                order by _load_id desc
            ) as _recency
        from claims
    ) as ranked
    where _recency = 1
),

customers as (
    {{ newest(source('spreadsheet', 'customers'), ['customer']) }}
),

sources_with_customers as (
    select distinct _source from customers
),

final as (
    select
        newest.*,
        case
            when not newest.is_of_owner
                then
                    'document_number ' || newest.document_number || ' belongs to customer ' || newest.first_customer
                    || ' in ' || newest.first_file || ' row ' || newest.first_row
                    || '; here it is given for customer ' || newest.customer
            when sources_with_customers._source is not null and customers.customer is null
                then
                    'customer ' || newest.customer
                    || ' is not in the customers file; add the customer there or correct the number'
            when newest.kind = 'credit_note' and newest.amount > 0
                then
                    'a credit note has a negative amount; here it is '
                    || {{ amount_text('newest.amount', 'newest.currency') }}
            when newest.kind in ('invoice', 'debit_note') and newest.amount < 0
                then
                    'the amount ' || {{ amount_text('newest.amount', 'newest.currency') }}
                    || ' is negative; an invoice is positive, a credit_note negative'
        end as reason,
        case
            when not newest.is_of_owner then 'document_number'
            when sources_with_customers._source is not null and customers.customer is null then 'customer'
            else 'amount'
        end as column_name,
        coalesce(newest.kind, case when newest.amount < 0 then 'credit_note' else 'invoice' end) as item_kind,
        newest.document_number || case when newest.instalment = '1' then '' else '#' || newest.instalment end as item_id
    from newest
    left join customers on newest._source = customers._source and newest.customer = customers.customer
    left join sources_with_customers on newest._source = sources_with_customers._source
)

select * from final
