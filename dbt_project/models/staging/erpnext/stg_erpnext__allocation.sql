-- The payment ledger says to whose balance each row goes, not which row settles which. Within one such balance debits
-- and credits are laid end to end, oldest and first due first; where they overlap, one settles the other.
{% set home_digits = minor_digits("'" ~ var('home_currency') ~ "'") %}
{% set balance = 'source, account, party, against_type, against_no' %}

with entries as (
    select * from {{ ref('stg_erpnext__entry') }}
),

stretches as (
    select
        *,
        abs(amount) as size,
        sum(abs(amount)) over (
            partition by {{ balance }}, is_debit
            order by posting_date, due_on, item_number, voucher_type, voucher_no
            rows between unbounded preceding and current row
        ) as ends_at
    from entries
    where amount <> 0
),

meetings as (
    select
        debit.source,
        debit.account,
        debit.party,
        debit.against_type,
        debit.against_no,
        debit.item_id as debit_item_id,
        credit.item_id as credit_item_id,
        greatest(debit.posting_date, credit.posting_date) as allocated_on,
        debit.amount_home as debit_home,
        debit.size as debit_size,
        greatest(debit.ends_at - debit.size, credit.ends_at - credit.size) - (debit.ends_at - debit.size) as starts_at,
        least(debit.ends_at, credit.ends_at) - (debit.ends_at - debit.size) as ends_at
    from stretches as debit
    inner join stretches as credit
        on
            debit.source = credit.source
            and debit.account = credit.account
            and debit.party = credit.party
            and debit.against_type = credit.against_type
            and debit.against_no = credit.against_no
            and debit.ends_at - debit.size < credit.ends_at
            and credit.ends_at - credit.size < debit.ends_at
    where debit.is_debit and not credit.is_debit
),

settlements as (
    select
        *,
        ends_at - starts_at as amount,
        {{ share_up_to('ends_at', 'debit_size', 'debit_home', home_digits) }}
        - {{ share_up_to('starts_at', 'debit_size', 'debit_home', home_digits) }} as amount_home
    from meetings
),

settled_credits as (
    select
        {{ balance }},
        credit_item_id as item_id,
        sum(amount) as amount,
        sum(amount_home) as amount_home
    from settlements
    group by {{ balance }}, credit_item_id
),

-- A settlement is worth at home what its debit is. A credit booked at another rate keeps the difference, which the
-- entry of the gain or loss on exchange takes off.
settled_entries as (
    select
        entries.source,
        entries.account,
        entries.party,
        entries.against_type,
        entries.against_no,
        entries.item_id,
        entries.posting_date,
        entries.amount,
        entries.amount_home,
        settled_credits.amount as settled,
        settled_credits.amount_home as settled_home
    from entries
    inner join settled_credits
        on
            entries.source = settled_credits.source
            and entries.account = settled_credits.account
            and entries.party = settled_credits.party
            and entries.against_type = settled_credits.against_type
            and entries.against_no = settled_credits.against_no
            and entries.item_id = settled_credits.item_id
),

differences as (
    select
        {{ balance }},
        item_id,
        posting_date,
        settled_home + {{ share_up_to('settled', 'abs(amount)', 'amount_home', home_digits) }} as difference
    from settled_entries
    union all
    select
        {{ balance }},
        item_id,
        posting_date,
        amount_home as difference
    from entries
    where amount = 0
),

difference_stretches as (
    select
        *,
        difference > 0 as is_debit,
        abs(difference) as size,
        sum(abs(difference)) over (
            partition by {{ balance }}, difference > 0
            order by posting_date, item_id
            rows between unbounded preceding and current row
        ) as ends_at
    from differences
    where difference <> 0
),

difference_settlements as (
    select
        debit.source,
        debit.item_id as debit_item_id,
        credit.item_id as credit_item_id,
        greatest(debit.posting_date, credit.posting_date) as allocated_on,
        least(debit.ends_at, credit.ends_at)
        - greatest(debit.ends_at - debit.size, credit.ends_at - credit.size) as amount_home
    from difference_stretches as debit
    inner join difference_stretches as credit
        on
            debit.source = credit.source
            and debit.account = credit.account
            and debit.party = credit.party
            and debit.against_type = credit.against_type
            and debit.against_no = credit.against_no
            and debit.ends_at - debit.size < credit.ends_at
            and credit.ends_at - credit.size < debit.ends_at
    where debit.is_debit and not credit.is_debit
),

all_settlements as (
    select source, debit_item_id, credit_item_id, allocated_on, amount, amount_home from settlements
    union all
    select source, debit_item_id, credit_item_id, allocated_on, 0 as amount, amount_home from difference_settlements
),

final as (
    select
        source,
        debit_item_id || ' = ' || credit_item_id as allocation_id,
        debit_item_id,
        credit_item_id,
        {{ money('sum(amount)') }} as debit_amount,
        {{ money('sum(amount)') }} as credit_amount,
        {{ money('sum(amount_home)') }} as amount_home,
        allocated_on,
        -- Worked out here and no record of ERPNext: the point keeps it out of the count of records.
        'tabPayment Ledger Entry.settlement' as erp_entity,
        cast(null as varchar) as origin
    from all_settlements
    group by source, debit_item_id, credit_item_id, allocated_on
)

select * from final
