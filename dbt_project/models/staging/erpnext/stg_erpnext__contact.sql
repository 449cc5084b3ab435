with contacts as (
    {{ newest(source('erpnext', 'contact'), ['name']) }}
),

emails as (
    {{ newest(source('erpnext', 'contact_email'), ['name']) }}
),

phones as (
    {{ newest(source('erpnext', 'contact_phone'), ['name']) }}
),

links as (
    {{ newest(source('erpnext', 'dynamic_link'), ['name']) }}
),

erp_customers as (
    {{ newest(source('erpnext', 'customer'), ['name']) }}
),

customers as (
    select source, customer_id from {{ ref('stg_erpnext__customer') }}
),

-- ERPNext copies the primary ones onto the contact; with none marked as primary it copies nothing.
first_emails as (
    select
        _source,
        parent,
        email_id,
        row_number() over (
            partition by _source, parent
            order by case when is_primary then 0 else 1 end, idx, name
        ) as choice
    from emails
),

dialled as (
    select
        _source,
        parent,
        regexp_replace(phone, '[^0-9+]', '', 'g') as phone,
        case when is_primary_phone then 0 when is_primary_mobile_no then 1 else 2 end as preference,
        idx,
        name
    from phones
),

first_phones as (
    select
        _source,
        parent,
        phone,
        row_number() over (
            partition by _source, parent
            order by preference, idx, name
        ) as choice
    from dialled
    where regexp_matches(phone, '^\+[1-9][0-9]{6,14}$')
),

linked as (
    select distinct
        _source,
        parent,
        link_name
    from links
    where parenttype = 'Contact'
),

final as (
    select
        contacts._source as source,
        -- One person may be the contact of several customers.
        contacts.name || ' / ' || customers.customer_id as contact_id,
        customers.customer_id,
        case
            when contacts.is_billing_contact then 'invoice'
            when contacts.is_primary_contact or contacts.name = erp_customers.customer_primary_contact then 'main'
            else 'contact'
        end as role,
        coalesce(
            nullif(trim(contacts.full_name), ''),
            nullif(trim(concat_ws(' ', contacts.first_name, contacts.last_name)), ''),
            contacts.name
        ) as name,
        coalesce(nullif(trim(contacts.email_id), ''), nullif(trim(first_emails.email_id), '')) as email,
        first_phones.phone,
        cast(null as varchar) as language,
        coalesce(contacts.unsubscribed, false) as opted_out
    from contacts
    inner join linked on contacts._source = linked._source and contacts.name = linked.parent
    inner join customers on linked._source = customers.source and linked.link_name = customers.customer_id
    left join erp_customers on linked._source = erp_customers._source and linked.link_name = erp_customers.name
    left join first_emails
        on contacts._source = first_emails._source and contacts.name = first_emails.parent and first_emails.choice = 1
    left join first_phones
        on contacts._source = first_phones._source and contacts.name = first_phones.parent and first_phones.choice = 1
)

select * from final
