with customers as (
    {{ newest(source('spreadsheet', 'customers'), ['customer']) }}
),

final as (
    select
        _source as source,
        customer || ':main' as contact_id,
        customer as customer_id,
        'main' as role,
        coalesce(contact_name, name) as name,
        nullif(trim(email), '') as email,
        case when phone like '+%' then replace(phone, ' ', '') end as phone,
        language,
        false as opted_out
    from customers
    where email is not null or phone is not null or contact_name is not null
)

select * from final
