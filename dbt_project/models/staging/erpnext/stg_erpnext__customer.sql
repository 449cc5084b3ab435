with customers as (
    {{ newest(source('erpnext', 'customer'), ['name']) }}
),

addresses as (
    {{ newest(source('erpnext', 'address'), ['name']) }}
),

countries as (
    {{ newest(source('erpnext', 'country'), ['name']) }}
),

links as (
    {{ newest(source('erpnext', 'dynamic_link'), ['name']) }}
),

landed_credit_limits as (
    {{ newest(source('erpnext', 'customer_credit_limit'), ['name']) }}
),

items as (
    select distinct source, customer_id from {{ ref('stg_erpnext__item') }}
),

credit_limits as (
    select
        _source as source,
        parent as customer_id,
        max(credit_limit) as credit_limit
    from landed_credit_limits
    group by _source, parent
),

ranked_addresses as (
    select
        addresses.*,
        links.link_name as customer_id,
        row_number() over (
            partition by links._source, links.link_name
            order by
                case
                    when addresses.name = customers.customer_primary_address then 0
                    when addresses.address_type = 'Billing' then 1
                    when addresses.is_primary_address then 2
                    else 3
                end,
                addresses.name
        ) as choice
    from addresses
    inner join links
        on addresses._source = links._source and links.parenttype = 'Address' and addresses.name = links.parent
    inner join customers on links._source = customers._source and links.link_name = customers.name
    where not addresses.disabled
),

final as (
    select
        items.source,
        items.customer_id,
        coalesce(customers.customer_name, items.customer_id) as name,
        coalesce(customers.customer_type <> 'Individual', false) as is_business,
        countries.code as country,
        replace(customers.language, '_', '-') as language,
        cast(null as varchar) as timezone,
        customers.default_currency as currency,
        nullif(trim(customers.tax_id), '') as tax_id,
        customers.payment_terms as terms,
        cast(nullif(credit_limits.credit_limit, 0) as decimal(18, 3)) as credit_limit,
        cast(null as varchar) as parent_id,
        coalesce(customers.disabled, false) or coalesce(customers.is_frozen, false) as blocked,
        ranked_addresses.address_line1
        || coalesce(', ' || nullif(trim(ranked_addresses.address_line2), ''), '') as street,
        ranked_addresses.pincode as postcode,
        ranked_addresses.city,
        'item.customer_id' as erp_entity,
        cast(null as varchar) as origin
    from items
    left join customers on items.source = customers._source and items.customer_id = customers.name
    left join credit_limits on items.source = credit_limits.source and items.customer_id = credit_limits.customer_id
    left join ranked_addresses
        on
            items.source = ranked_addresses._source
            and items.customer_id = ranked_addresses.customer_id
            and ranked_addresses.choice = 1
    left join countries
        on ranked_addresses._source = countries._source and ranked_addresses.country = countries.name
)

select * from final
