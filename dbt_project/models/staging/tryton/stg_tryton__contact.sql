with mechanisms as (
    {{ newest(source('tryton', 'party_contact_mechanism')) }}
),

customers as (
    select * from {{ ref('stg_tryton__customer') }}
),

reachable as (
    select
        *,
        case when type = 'email' then nullif(trim(value), '') end as email,
        case
            when type in ('phone', 'mobile')
                then regexp_replace(coalesce(nullif(value_compact, ''), value), '[^0-9+]', '', 'g')
        end as phone_digits
    from mechanisms
    where coalesce(active, true) and type in ('email', 'phone', 'mobile')
),

final as (
    select
        customers.source,
        cast(reachable.id as varchar) as contact_id,
        customers.customer_id,
        case when coalesce(reachable.invoice, false) then 'invoice' else 'main' end as role,
        coalesce(nullif(trim(reachable.name), ''), customers.name) as name,
        reachable.email,
        case when regexp_matches(reachable.phone_digits, '^[+][0-9]+$') then reachable.phone_digits end as phone,
        customers.language,
        false as opted_out
    from reachable
    inner join customers
        on reachable._source = customers.source and cast(reachable.party as varchar) = customers.customer_id
)

select * from final
