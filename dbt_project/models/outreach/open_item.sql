{% set chased_kinds = "('invoice', 'debit_note', 'opening')" %}

with intervals as (
    select * from {{ ref('open_interval') }}
    where valid_from <= {{ as_of() }} and valid_to > {{ as_of() }}
),

items as (
    select * from {{ ref('item') }}
),

final as (
    select
        items.client_id,
        items.item_key,
        items.source,
        items.customer_id,
        items.customer_key,
        items.document_number,
        items.kind,
        items.issued_on,
        items.posted_on,
        items.due_on,
        items.currency,
        items.amount,
        items.disputed,
        intervals.open_amount,
        intervals.open_amount_home,
        {{ days_between('items.due_on', as_of()) }} as days_past_due,
        items.kind in {{ chased_kinds }} as is_chased_kind,
        -- Looking back at a past day, money that has come since is known: nobody is asked for it again.
        case when intervals.valid_to < {{ end_of_time() }} then intervals.valid_to end as changed_on,
        case
            when intervals.open_amount < 0 then 'credit'
            when items.due_on < {{ as_of() }} then 'overdue'
            else 'not_due'
        end as part
    from intervals
    inner join items on intervals.item_key = items.item_key
    where intervals.open_amount <> 0
)

select * from final
