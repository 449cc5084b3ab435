with customers as (
    {{ newest(source('spreadsheet', 'customers'), ['customer']) }}
),

-- Where the client sends no customers file, the invoices are all there is to know customers by; the newest row
-- wins, since names change their suffix from row to row.
named_by_invoices as (
    select
        _source,
        customer,
        customer_name,
        country
    from {{ ref('stg_spreadsheet__judged_invoice') }}
    where reason is null
    qualify row_number() over (partition by _source, customer order by issued_on desc, document_number desc) = 1
),

named_by_payments as (
    select distinct _source, customer
    from {{ ref('stg_spreadsheet__judged_payment') }}
    where reason is null
),

known as (
    select _source, customer from customers
    union
    select _source, customer from named_by_invoices
    union
    select _source, customer from named_by_payments
),

final as (
    select
        known._source as source,
        known.customer as customer_id,
        coalesce(customers.name, named_by_invoices.customer_name, known.customer) as name,
        -- A list of invoices among businesses says nothing of it; only a client who marks consumers has any.
        coalesce(customers.is_business, true) as is_business,
        coalesce(customers.country, named_by_invoices.country) as country,
        customers.language,
        customers.timezone,
        cast(null as varchar) as currency,
        customers.tax_id,
        customers.terms,
        {{ money('customers.credit_limit') }} as credit_limit,
        cast(null as varchar) as parent_id,
        coalesce(customers.blocked, false) as blocked,
        customers.street,
        customers.postcode,
        customers.city,
        'customers' as erp_entity,
        customers._file || ' row ' || customers._row as origin
    from known
    left join customers on known._source = customers._source and known.customer = customers.customer
    left join named_by_invoices
        on known._source = named_by_invoices._source and known.customer = named_by_invoices.customer
)

select * from final
