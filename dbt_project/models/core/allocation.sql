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
        {{ money('debit_amount') }} as debit_amount,
        {{ money('credit_amount') }} as credit_amount,
        case
            when debit_home_rate is null then {{ money('amount_home') }}
            else {{ round_to_currency(
                'cast(debit_amount as double) * cast(debit_home_rate as double)', "'" ~ var('home_currency') ~ "'"
            ) }}
        end as amount_home,
        cast(allocated_on as date) as allocated_on,
        cast(erp_entity as varchar) as erp_entity,
        cast(origin as varchar) as origin
    from valued
    where debit_item_key is not null and credit_item_key is not null
)

select * from final
