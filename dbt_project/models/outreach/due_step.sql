with candidates as (
    select * from {{ ref('candidate') }}
),

guarded as (
    select distinct message_key from {{ ref('guard') }}
),

final as (
    select
        '{{ var("client_id") }}' as client_id,
        candidates.message_key,
        {{ as_of() }} as as_of,
        candidates.source,
        candidates.customer_id,
        candidates.customer_key,
        candidates.customer_name,
        candidates.currency,
        candidates.language,
        candidates.channel,
        candidates.strategy,
        candidates.step,
        candidates.step_order,
        candidates.template,
        candidates.tone,
        candidates.due_on as due_cycle,
        {{ money('candidates.overdue_amount') }} as overdue_amount,
        {{ money('candidates.not_due_amount') }} as not_due_amount,
        {{ money('candidates.credit_amount') }} as credit_amount,
        {{ money('candidates.overdue_amount + candidates.not_due_amount + candidates.credit_amount') }} as total_amount,
        cast(coalesce(candidates.max_days_past_due, 0) as integer) as max_days_past_due,
        candidates.contact_name,
        candidates.email,
        candidates.phone,
        candidates.street,
        candidates.postcode,
        candidates.city,
        candidates.country,
        candidates.timezone
    from candidates
    left join guarded on candidates.message_key = guarded.message_key
    where guarded.message_key is null
)

select * from final
