with newest as (
    {{ newest(source('spreadsheet', 'payments'), ['payment_number']) }}
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
            when sources_with_customers._source is not null and customers.customer is null
                then
                    'customer ' || newest.customer
                    || ' is not in the customers file; add the customer there or correct the number'
        end as reason,
        coalesce(newest.kind, 'payment') as item_kind,
        'payment:' || newest.payment_number as item_id
    from newest
    left join customers on newest._source = customers._source and newest.customer = customers.customer
    left join sources_with_customers on newest._source = sources_with_customers._source
)

select * from final
