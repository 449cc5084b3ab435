with valued as (
    select * from {{ ref('valued_allocation') }}
),

final as (
    select
        client_id,
        source,
        cast(allocation_id as varchar) as allocation_id,
        debit_item_key,
        credit_item_key,
        -- As the items are rounded, so that an item settled in full leaves no fraction open.
        case
            when debit_home_rate is null then {{ money('debit_amount') }}
            else {{ round_to_currency('debit_amount', 'debit_currency') }}
        end as debit_amount,
        case
            when debit_home_rate is null then {{ money('credit_amount') }}
            else {{ round_to_currency('credit_amount', 'credit_currency') }}
        end as credit_amount,
        case
            when debit_home_rate is null then {{ money('amount_home') }}
            else {{ at_home_rate(round_to_currency('debit_amount', 'debit_currency'), 'debit_home_rate') }}
        end as amount_home,
        cast(allocated_on as date) as allocated_on,
        cast(erp_entity as varchar) as erp_entity,
        cast(origin as varchar) as origin
    from valued
    where debit_item_key is not null and credit_item_key is not null
)

select * from final
