with customers as (
    {{ staged('customer', [
        'source', 'customer_id', 'name', 'is_business', 'country', 'language', 'timezone', 'currency', 'tax_id', 'terms',
        'credit_limit', 'parent_id', 'blocked', 'street', 'postcode', 'city'
    ]) }}
)

select
    client_id,
    source,
    cast(customer_id as varchar) as customer_id,
    cast(source || ':' || customer_id as varchar) as customer_key,
    cast(name as varchar) as name,
    cast(is_business as boolean) as is_business,
    -- Anything else than two letters is a country code of somebody's own; what it means is not guessed.
    case when regexp_matches(country, '^[A-Za-z]{2}$') then upper(country) end as country,
    cast(nullif(language, '') as varchar) as language,
    cast(nullif(timezone, '') as varchar) as timezone,
    cast(currency as varchar) as currency,
    cast(tax_id as varchar) as tax_id,
    cast(terms as varchar) as terms,
    cast(credit_limit as decimal(18, 3)) as credit_limit,
    cast(parent_id as varchar) as parent_id,
    cast(blocked as boolean) as blocked,
    cast(street as varchar) as street,
    cast(postcode as varchar) as postcode,
    cast(city as varchar) as city
from customers
