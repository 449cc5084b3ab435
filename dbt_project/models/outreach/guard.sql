-- Why a message that is due is held back: one row a customer, currency and reason. A new guard is a new row here.
with candidates as (
    select * from {{ ref('candidate') }}
),

reasons as (
    {% set guards = [
        ('not_a_business', 'not is_business', "'the customer is a private person, who is never contacted'"),
        ('blocked', 'blocked', "'the customer is blocked or archived in the ERP'"),
        ('opted_out', 'is_opted_out', "'every contact of the customer asked not to be contacted'"),
        ('not_approved', 'is_unapproved', "'the client has not approved the strategy ' || strategy"),
        ('data_too_old', 'is_data_too_old', "'the newest data is of ' || data_as_of || ', too old to write to anyone'"),
        ('no_address', 'is_without_address', "'no ' || case channel when 'letter' then 'postal address' when 'phone' then 'phone number' else 'email address' end || ' is known'"),
        ('no_template', 'is_without_template', "'no template ' || template || ' for ' || channel || case when language is null then '; the language of the customer is not known' else ' in the language ' || language end"),
        ('unapplied_cash', 'is_covered_by_credit', "'unapplied credits of ' || " ~ amount_text('-credit_amount', 'currency') ~ " || ' ' || currency || ' would settle it'"),
        ('below_minimum', 'is_below_minimum', "'below the minimum of ' || " ~ amount_text('minimum_amount', "'" ~ var('home_currency') ~ "'") ~ " || ' " ~ var('home_currency') ~ "'"),
        ('already_contacted', 'is_already_contacted', "'the step ' || step || ' was done for the due date ' || due_on || ' before'"),
        ('contacted_recently', 'is_contacted_recently', "'contacted on ' || last_planned_on || ', less than ' || greatest(min_days_between_contacts, 1) || ' days away'"),
    ] %}
    {% for code, condition, explanation in guards %}
        select
            customer_key,
            currency,
            message_key,
            '{{ code }}' as reason,
            {{ explanation }} as explanation
        from candidates
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from reasons
