with invoices as (
    {{ newest(source('tryton', 'account_invoice')) }}
),

additional_moves as (
    {{ newest(source('tryton', 'account_invoice_additional_move')) }}
),

moves as (
    select
        _source as source,
        id as invoice_id,
        move as move_id,
        0 as rank,
        true as is_to_pay
    from invoices
    where move is not null
    union all
    select
        _source as source,
        invoice as invoice_id,
        move as move_id,
        1 as rank,
        true as is_to_pay
    from additional_moves
    union all
    select
        _source as source,
        id as invoice_id,
        cancel_move as move_id,
        2 as rank,
        false as is_to_pay
    from invoices
    where cancel_move is not null
),

ranked as (
    select
        *,
        row_number() over (partition by source, move_id order by rank asc, invoice_id asc) as choice
    from moves
),

final as (
    select
        ranked.source,
        ranked.move_id,
        ranked.invoice_id,
        invoices.number as invoice_number,
        case when ranked.is_to_pay then invoices.invoice_date end as invoice_date,
        case when ranked.is_to_pay then invoices.account end as account_to_pay
    from ranked
    inner join invoices on ranked.source = invoices._source and ranked.invoice_id = invoices.id
    where ranked.choice = 1
)

select * from final
