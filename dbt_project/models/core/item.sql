with valued as (
    select * from {{ ref('valued_item') }}
),

final as (
    select
        client_id,
        source,
        cast(item_id as varchar) as item_id,
        cast(source || ':' || item_id as varchar) as item_key,
        cast(document_id as varchar) as document_id,
        cast(document_number as varchar) as document_number,
        cast(kind as varchar) as kind,
        cast(customer_id as varchar) as customer_id,
        cast(source || ':' || customer_id as varchar) as customer_key,
        cast(issued_on as date) as issued_on,
        cast(coalesce(posted_on, issued_on) as date) as posted_on,
        cast(coalesce(due_on, issued_on) as date) as due_on,
        cast(currency as varchar) as currency,
        -- An ERP's own amounts have the decimals it keeps, which need not be those of ISO 4217; rounding each would
        -- part them from its account.
        case
            when home_rate is null then {{ money('amount') }}
            else {{ round_to_currency('amount', 'currency') }}
        end as amount,
        case
            when home_rate is null then {{ money('amount_home') }}
            else {{ at_home_rate(round_to_currency('amount', 'currency'), 'home_rate') }}
        end as amount_home,
        cast(home_rate as decimal(28, 12)) as home_rate,
        cast(voided_on as date) as voided_on,
        cast(disputed as boolean) as disputed,
        cast(erp_entity as varchar) as erp_entity,
        cast(origin as varchar) as origin
    from valued
    where amount_home is not null or home_rate is not null
)

select * from final
