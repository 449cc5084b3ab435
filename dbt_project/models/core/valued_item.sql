{{ config(materialized='view', contract={'enforced': false}) }}

with items as (
    {{ staged('item', [
        'source', 'item_id', 'document_id', 'document_number', 'kind', 'customer_id', 'issued_on', 'posted_on',
        'due_on', 'currency', 'amount', 'amount_home', 'voided_on', 'disputed', 'erp_entity', 'origin'
    ]) }}
),

rates as (
    select
        day,
        currency,
        rate
    from {{ ref('fx_rate') }}
    where source = 'ecb'
),

final as (
    select
        items.*,
        case
            when items.amount_home is not null then null
            when items.currency = '{{ var("home_currency") }}' then 1
            else rates.rate
        end as home_rate
    from items
    left join rates on items.currency = rates.currency and items.issued_on = rates.day
)

select * from final
