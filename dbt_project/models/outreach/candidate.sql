with customers as (
    select * from {{ ref('customer') }}
),

item_steps as (
    select * from {{ ref('item_step') }}
),

open_items as (
    select * from {{ ref('open_item') }}
),

client as (
    select * from {{ source('config', 'client') }}
),

strategies as (
    select * from {{ source('config', 'strategy') }}
),

templates as (
    select * from {{ source('config', 'template') }}
),

attempts as (
    select * from {{ ref('stg_casebook__contact_attempt') }}
),

-- One message a customer and currency, at the highest step that any of its items has reached without having been
-- told of it; the item that has waited longest at that step gives the cycle. Items that were told of lead nothing, so
-- an old one that stays open does not keep newer ones from their own reminders.
highest as (
    select
        *,
        row_number() over (
            partition by customer_key, currency order by step_order desc, due_on asc, item_key asc
        ) as choice
    from item_steps
    where told_on is null
),

foremost as (
    select
        item_key,
        customer_key,
        currency,
        due_on,
        strategy,
        step_order,
        step,
        offset_days,
        channel,
        template,
        tone
    from highest
    where choice = 1
),

amounts as (
    select
        customer_key,
        currency,
        sum(case when part = 'overdue' then open_amount else 0 end) as overdue_amount,
        sum(case when part = 'not_due' then open_amount else 0 end) as not_due_amount,
        sum(case when part = 'credit' then open_amount else 0 end) as credit_amount,
        sum(case when part = 'overdue' then open_amount_home else 0 end) as overdue_home,
        sum(case when part <> 'credit' then open_amount_home else 0 end) as debit_home,
        max(case when part = 'overdue' then days_past_due end) as max_days_past_due
    from open_items
    where part = 'credit' or (is_chased_kind and not disputed and changed_on is null)
    group by customer_key, currency
),

ranked_contacts as (
    select
        foremost.customer_key,
        foremost.currency,
        contact.name,
        contact.email,
        contact.phone,
        contact.language,
        row_number() over (
            partition by foremost.customer_key, foremost.currency
            order by
                case
                    when foremost.channel = 'email' and contact.email is not null then 0
                    when foremost.channel = 'phone' and contact.phone is not null then 0
                    when foremost.channel = 'letter' then 0
                    else 1
                end,
                case contact.role when 'invoice' then 0 when 'main' then 1 else 2 end,
                contact.contact_id
        ) as choice
    from foremost
    inner join {{ ref('contact') }} as contact
        on foremost.customer_key = contact.customer_key and not contact.opted_out
),

contacts as (
    select * from ranked_contacts
    where choice = 1
),

opted_out as (
    select customer_key
    from {{ ref('contact') }}
    group by customer_key
    having min(case when opted_out then 1 else 0 end) = 1
),

addressed as (
    select
        foremost.*,
        customers.source,
        customers.customer_id,
        customers.name as customer_name,
        customers.is_business,
        customers.blocked,
        customers.street,
        customers.postcode,
        customers.city,
        customers.country,
        customers.timezone,
        contacts.name as contact_name,
        contacts.email,
        contacts.phone,
        -- Never silently another language: contact, then customer, then the one language of the country, else none.
        lower(split_part(
            coalesce(contacts.language, customers.language, country_language.language), '-', 1
        )) as language,
        opted_out.customer_key is not null as is_opted_out,
        amounts.overdue_amount,
        amounts.not_due_amount,
        amounts.credit_amount,
        amounts.overdue_home,
        amounts.debit_home,
        amounts.max_days_past_due
    from foremost
    inner join customers on foremost.customer_key = customers.customer_key
    inner join amounts on foremost.customer_key = amounts.customer_key and foremost.currency = amounts.currency
    left join contacts on foremost.customer_key = contacts.customer_key and foremost.currency = contacts.currency
    left join {{ source('config', 'country_language') }} as country_language
        on customers.country = country_language.country
    left join opted_out on foremost.customer_key = opted_out.customer_key
),

keyed as (
    select
        *,
        customer_key || '|' || step || '|' || channel || '|' || currency || '|' || coalesce(language, '?') || '|'
        || cast(due_on as varchar) as message_key
    from addressed
),

-- Another message around this day. One of the day itself in the same currency is of an earlier run, before the data
-- changed; those of the day in other currencies belong to the same plan.
near_attempts as (
    select
        keyed.customer_key,
        keyed.currency,
        max(attempts.planned_on) as last_planned_on
    from keyed
    inner join strategies on keyed.strategy = strategies.strategy
    inner join attempts on keyed.customer_key = attempts.customer_key and keyed.message_key <> attempts.message_key
    where
        abs({{ days_between('attempts.planned_on', as_of()) }}) < greatest(strategies.min_days_between_contacts, 1)
        and (attempts.planned_on <> {{ as_of() }} or attempts.currency = keyed.currency)
    group by keyed.customer_key, keyed.currency
),

final as (
    select
        keyed.*,
        near_attempts.last_planned_on,
        strategies.minimum_amount,
        strategies.min_days_between_contacts,
        not strategies.approved as is_unapproved,
        {{ days_between('client.data_as_of', as_of()) }} > client.max_data_age_days as is_data_too_old,
        client.data_as_of,
        templates.template is null as is_without_template,
        attempts.message_key is not null as is_already_contacted,
        case
            when keyed.offset_days > 0 then -keyed.credit_amount >= keyed.overdue_amount
            else -keyed.credit_amount >= keyed.overdue_amount + keyed.not_due_amount
        end as is_covered_by_credit,
        case when keyed.offset_days > 0 then keyed.overdue_home else keyed.debit_home end < strategies.minimum_amount
            as is_below_minimum,
        near_attempts.last_planned_on is not null as is_contacted_recently,
        case keyed.channel
            when 'email' then keyed.email is null
            when 'phone' then keyed.phone is null
            else keyed.street is null or keyed.city is null
        end as is_without_address
    from keyed
    cross join client
    inner join strategies on keyed.strategy = strategies.strategy
    left join templates
        on
            keyed.template = templates.template
            and keyed.channel = templates.channel
            and keyed.language = templates.language
    left join attempts on keyed.message_key = attempts.message_key and attempts.planned_on <> {{ as_of() }}
    left join near_attempts
        on keyed.customer_key = near_attempts.customer_key and keyed.currency = near_attempts.currency
)

select * from final
