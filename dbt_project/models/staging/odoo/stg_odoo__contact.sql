with partners as (
    {{ newest(source('odoo', 'res_partner')) }}
),

customers as (
    select source, customer_id from {{ ref('stg_odoo__customer') }}
),

final as (
    select
        partners._source as source,
        cast(partners.id as varchar) as contact_id,
        customers.customer_id,
        case
            when partners.id = partners.commercial_partner_id then 'main'
            when partners.type = 'invoice' then 'invoice'
            else 'contact'
        end as role,
        partners.name,
        nullif(trim(partners.email), '') as email,
        case
            when partners.phone_sanitized like '+%' then replace(partners.phone_sanitized, ' ', '')
        end as phone,
        replace(partners.lang, '_', '-') as language,
        false as opted_out
    from partners
    inner join customers
        on
            partners._source = customers.source
            and cast(partners.commercial_partner_id as varchar) = customers.customer_id
    where coalesce(partners.active, true) and partners.type in ('contact', 'invoice')
)

select * from final
