{{ config(materialized='table') }}
{% set home_digits = minor_digits("'" ~ var('home_currency') ~ "'") %}

with ledger_entries as (
    select * from {{ ref('stg_erpnext__ledger_entry') }}
    where missing is null
),

companies as (
    {{ newest(source('erpnext', 'company'), ['name']) }}
),

schedules as (
    {{ newest(source('erpnext', 'payment_schedule'), ['name']) }}
),

entries as (
    select
        source,
        voucher_type,
        voucher_no,
        against_type,
        against_no,
        account,
        party,
        posting_date,
        is_debit,
        currency,
        coalesce(max(due_date), posting_date) as due_date,
        {{ money('sum(amount)') }} as amount,
        {{ money('sum(amount_home)') }} as amount_home
    from ledger_entries
    group by
        source, voucher_type, voucher_no, against_type, against_no, account, party, posting_date, is_debit, currency
),

-- What an invoice adds to its own balance is due by its schedule. The schedule is in the invoice's currency and in the
-- company's; the receivable account is in one of the two. Instalments are cut off from the last one back, so that what
-- the schedule leaves out (a rounding cent, an advance that was deducted before) falls to the one due first, which is
-- also settled first.
scheduled as (
    select
        entries.*,
        schedules.due_date as scheduled_due_date,
        row_number() over (
            partition by entries.source, entries.voucher_no, entries.account, entries.posting_date
            order by schedules.due_date asc nulls last, schedules.idx asc
        ) as instalment,
        sum(
            case
                when entries.currency = companies.default_currency then schedules.base_payment_amount
                else schedules.payment_amount
            end
        ) over (
            partition by entries.source, entries.voucher_no, entries.account, entries.posting_date
            order by schedules.due_date desc nulls first, schedules.idx desc
            rows between unbounded preceding and current row
        ) as from_here_on
    from entries
    inner join companies on entries.source = companies._source
    inner join schedules on entries.source = schedules._source and entries.voucher_no = schedules.parent
    where
        entries.voucher_type = 'Sales Invoice'
        and entries.against_type = entries.voucher_type
        and entries.against_no = entries.voucher_no
        and entries.amount > 0
),

cuts as (
    select
        *,
        case
            when instalment = 1 then {{ money('0') }}
            else {{ round_to_currency('greatest(amount - from_here_on, 0)', 'currency') }}
        end as starts_at
    from scheduled
),

cut_ends as (
    select
        *,
        coalesce(
            lead(starts_at) over (partition by source, voucher_no, account, posting_date order by instalment), amount
        ) as ends_at
    from cuts
),

cut_at_home as (
    select
        *,
        {{ share_up_to('starts_at', 'amount', 'amount_home', home_digits) }} as starts_at_home,
        {{ share_up_to('ends_at', 'amount', 'amount_home', home_digits) }} as ends_at_home
    from cut_ends
),

parts as (
    select
        source,
        voucher_type,
        voucher_no,
        against_type,
        against_no,
        account,
        party,
        posting_date,
        is_debit,
        currency,
        instalment,
        coalesce(scheduled_due_date, due_date) as due_on,
        ends_at - starts_at as amount,
        ends_at_home - starts_at_home as amount_home
    from cut_at_home
    where ends_at > starts_at
    union all
    select
        entries.source,
        entries.voucher_type,
        entries.voucher_no,
        entries.against_type,
        entries.against_no,
        entries.account,
        entries.party,
        entries.posting_date,
        entries.is_debit,
        entries.currency,
        1 as instalment,
        -- Credits have no due date; they are as old as they are.
        case when entries.is_debit then entries.due_date else entries.posting_date end as due_on,
        entries.amount,
        entries.amount_home
    from entries
    left join cut_at_home
        on
            entries.source = cut_at_home.source
            and entries.voucher_type = cut_at_home.voucher_type
            and entries.voucher_no = cut_at_home.voucher_no
            and entries.against_type = cut_at_home.against_type
            and entries.against_no = cut_at_home.against_no
            and entries.account = cut_at_home.account
            and entries.posting_date = cut_at_home.posting_date
            and entries.is_debit = cut_at_home.is_debit
            and cut_at_home.instalment = 1
    where cut_at_home.voucher_no is null
),

-- One document is one item, or several: by instalment, and where a journal entry has several customers or both sides.
numbered as (
    select
        *,
        dense_rank() over (
            partition by source, voucher_type, voucher_no
            order by
                posting_date,
                case when is_debit = (voucher_type = 'Sales Invoice') then 0 else 1 end,
                account,
                party,
                instalment
        ) as item_number
    from parts
),

final as (
    select
        source,
        voucher_type || '/' || voucher_no || case when item_number > 1 then '/' || item_number else '' end as item_id,
        item_number,
        voucher_type,
        voucher_no,
        against_type,
        against_no,
        account,
        party,
        posting_date,
        due_on,
        is_debit,
        currency,
        {{ money('amount') }} as amount,
        {{ money('amount_home') }} as amount_home
    from numbered
)

select * from final
