with entries as (
    {{ newest(source('erpnext', 'payment_ledger_entry'), ['name']) }}
),

-- Cancelling a document and undoing an allocation delink rows; drafts have none.
valid as (
    select
        *,
        {{ money('amount_in_account_currency') }} as currency_amount,
        {{ money('amount') }} as home_amount,
        case
            when party is null then 'party'
            when account_currency is null then 'account_currency'
            when posting_date is null then 'posting_date'
        end as missing
    from entries
    where not delinked and docstatus = 1
),

final as (
    select
        _source as source,
        name as entry_id,
        voucher_type,
        voucher_no,
        coalesce(against_voucher_type, voucher_type) as against_type,
        coalesce(against_voucher_no, voucher_no) as against_no,
        account,
        party,
        posting_date,
        due_date,
        account_currency as currency,
        currency_amount as amount,
        home_amount as amount_home,
        -- A row of a gain or loss on exchange has an amount in home currency alone.
        coalesce(nullif(currency_amount, 0), home_amount) > 0 as is_debit,
        -- A document is used as a whole or not at all.
        max(missing) over (partition by _source, voucher_type, voucher_no) as missing
    from valid
    where currency_amount <> 0 or home_amount <> 0
)

select * from final
