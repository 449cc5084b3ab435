with partners as (
    {{ newest(source('odoo', 'res_partner')) }}
),

countries as (
    {{ newest(source('odoo', 'res_country')) }}
),

payment_terms as (
    {{ newest(source('odoo', 'account_payment_term')) }}
),

companies as (
    {{ newest(source('odoo', 'res_company')) }}
),

items as (
    select distinct source, customer_id from {{ ref('stg_odoo__item') }}
),

-- Credit limit and terms are JSON keyed by company: {"1": 5}.
properties as (
    select
        partners.*,
        {{ json_text('partners.credit_limit', "'$.\"' || companies.id || '\"'") }} as company_credit_limit,
        {{ json_text('partners.property_payment_term_id', "'$.\"' || companies.id || '\"'") }} as company_term_id
    from partners
    inner join companies on partners._source = companies._source
),

owing as (
    select
        items.source,
        items.customer_id,
        coalesce(properties.complete_name, properties.name, 'No customer in the ERP') as name,
        -- A person who is nobody's contact and has no tax number is a consumer, who is never contacted.
        coalesce(properties.is_company, false) or coalesce(properties.vat, '') <> '' as is_business,
        countries.code as country,
        replace(properties.lang, '_', '-') as language,
        properties.tz as timezone,
        properties.vat as tax_id,
        coalesce(
            {{ json_text('payment_terms.name', "'$.en_US'") }},
            payment_terms.name
        ) as terms,
        properties.company_credit_limit,
        properties.parent_id,
        properties.active,
        properties.street,
        properties.street2,
        properties.zip,
        properties.city
    from items
    left join properties
        on items.source = properties._source and items.customer_id = cast(properties.id as varchar)
    left join countries on properties._source = countries._source and properties.country_id = countries.id
    left join payment_terms
        on
            properties._source = payment_terms._source
            and properties.company_term_id = cast(payment_terms.id as varchar)
),

final as (
    select
        source,
        customer_id,
        name,
        is_business,
        country,
        language,
        timezone,
        cast(null as varchar) as currency,
        tax_id,
        terms,
        cast(company_credit_limit as decimal(18, 3)) as credit_limit,
        cast(parent_id as varchar) as parent_id,
        coalesce(not active, false) as blocked,
        street || coalesce(', ' || street2, '') as street,
        zip as postcode,
        city,
        'item.customer_id' as erp_entity,
        cast(null as varchar) as origin
    from owing
)

select * from final
