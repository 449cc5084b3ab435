{% set home = "'" ~ var('home_currency') ~ "'" %}

with posted_lines as (
    select * from {{ ref('stg_tryton__posted_line') }}
),

-- What a reconciliation covers is settled and the rest stays open; Tryton itself lets none pass that is not even.
uneven as (
    select
        source,
        reconciliation_id,
        count(*) as posted_lines,
        {{ money('sum(balance)') }} as difference
    from posted_lines
    where reconciliation_id is not null and currency is not null
    group by source, reconciliation_id
    having sum(balance) <> 0
),

final as (
    select
        source,
        'account_move_line' as entity,
        cast(line_id as varchar) as key,
        cast(null as varchar) as file,
        cast(null as bigint) as row_number,
        'second_currency' as column_name,
        'the line has a currency that currency_currency does not have' as reason,
        cast(to_json(posted_lines) as varchar) as record
    from posted_lines
    where currency is null
    union all
    select
        source,
        'account_move_reconciliation' as entity,
        cast(reconciliation_id as varchar) as key,
        cast(null as varchar) as file,
        cast(null as bigint) as row_number,
        cast(null as varchar) as column_name,
        'the ' || posted_lines || ' posted lines of the reconciliation do not add up to zero; '
        || {{ amount_text('difference', home) }}
        || ' {{ var("home_currency") }} stays open. Post what is missing, or undo the reconciliation' as reason,
        cast(to_json(uneven) as varchar) as record
    from uneven
)

select * from final
