with contacts as (
    {{ staged('contact', [
        'source', 'contact_id', 'customer_id', 'role', 'name', 'email', 'phone', 'language', 'opted_out'
    ]) }}
)

select
    client_id,
    source,
    cast(contact_id as varchar) as contact_id,
    cast(customer_id as varchar) as customer_id,
    cast(source || ':' || customer_id as varchar) as customer_key,
    cast(role as varchar) as role,
    cast(name as varchar) as name,
    cast(email as varchar) as email,
    cast(phone as varchar) as phone,
    cast(nullif(language, '') as varchar) as language,
    cast(opted_out as boolean) as opted_out
from contacts
