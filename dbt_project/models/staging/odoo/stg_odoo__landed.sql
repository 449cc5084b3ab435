with lines as (
    {{ newest(source('odoo', 'account_move_line')) }}
),

moves as (
    {{ newest(source('odoo', 'account_move')) }}
),

partials as (
    {{ newest(source('odoo', 'account_partial_reconcile')) }}
),

final as (
    select
        lines._source as source,
        'account_move_line' as entity,
        count(*) as rows_landed,
        count(*) filter (where moves.state <> 'posted') as rows_left_out
    from lines
    left join moves on lines._source = moves._source and lines.move_id = moves.id
    group by lines._source
    union all
    select
        _source as source,
        'account_partial_reconcile' as entity,
        count(*) as rows_landed,
        0 as rows_left_out
    from partials
    group by _source
)

select * from final
