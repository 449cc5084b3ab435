with lines as (
    {{ newest(source('tryton', 'account_move_line')) }}
),

moves as (
    {{ newest(source('tryton', 'account_move')) }}
),

final as (
    select
        lines._source as source,
        'account_move_line' as entity,
        count(*) as rows_landed,
        count(*) filter (where moves.state <> 'posted') as rows_left_out
    from lines
    left join moves on lines._source = moves._source and lines.move = moves.id
    group by lines._source
)

select * from final
