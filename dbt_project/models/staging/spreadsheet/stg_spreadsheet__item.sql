with invoices as (
    select * from {{ ref('stg_spreadsheet__judged_invoice') }}
    where reason is null
),

payments as (
    select * from {{ ref('stg_spreadsheet__judged_payment') }}
    where reason is null
),

documents as (
    select
        _source as source,
        item_id,
        document_number as document_id,
        document_number,
        item_kind as kind,
        customer as customer_id,
        issued_on,
        issued_on as posted_on,
        due_on,
        currency,
        {{ money('amount') }} as amount,
        coalesce(disputed, false) as disputed,
        'invoices' as erp_entity,
        _file || ' row ' || _row as origin
    from invoices
),

-- A list with a paid-on date says that the whole amount was settled that day, and nothing of the payment itself.
paid_on as (
    select
        _source as source,
        'paid:' || item_id as item_id,
        'paid:' || item_id as document_id,
        document_number,
        case when amount < 0 then 'refund' else 'payment' end as kind,
        customer as customer_id,
        paid_on as issued_on,
        paid_on as posted_on,
        paid_on as due_on,
        currency,
        {{ money('-amount') }} as amount,
        false as disputed,
        'invoices.paid_on' as erp_entity,
        _file || ' row ' || _row as origin
    from invoices
    where paid_on is not null
),

received as (
    select
        _source as source,
        item_id,
        payment_number as document_id,
        payment_number as document_number,
        item_kind as kind,
        customer as customer_id,
        paid_on as issued_on,
        paid_on as posted_on,
        paid_on as due_on,
        currency,
        {{ money("case when item_kind = 'refund' then amount else -amount end") }} as amount,
        false as disputed,
        'payments' as erp_entity,
        _file || ' row ' || _row as origin
    from payments
),

final as (
    select * from documents
    union all
    select * from paid_on
    union all
    select * from received
)

select
    source,
    item_id,
    document_id,
    document_number,
    kind,
    customer_id,
    issued_on,
    posted_on,
    due_on,
    currency,
    amount,
    cast(null as decimal(18, 3)) as amount_home,
    cast(null as date) as voided_on,
    disputed,
    erp_entity,
    origin
from final
