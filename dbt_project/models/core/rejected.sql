with staged_rejections as (
    {{ staged('rejected', [
        'source', 'entity', 'key', 'file', 'row_number', 'column_name', 'reason', 'record'
    ]) }}
),

without_rate as (
    select
        client_id,
        source,
        erp_entity as entity,
        item_id as key,
        origin as file,
        cast(null as bigint) as row_number,
        'currency' as column_name,
        'no exchange rate from ' || currency || ' to {{ var("home_currency") }} is known for ' || issued_on as reason,
        cast(to_json(items) as varchar) as record
    from {{ ref('valued_item') }} as items  -- noqa: AL05
    where amount_home is null and home_rate is null
),

without_item as (
    select
        client_id,
        source,
        erp_entity as entity,
        allocation_id as key,
        origin as file,
        cast(null as bigint) as row_number,
        cast(null as varchar) as column_name,
        'settles ' || debit_item_id || ' with ' || credit_item_id || ', of which '
        || case when debit_item_key is null then debit_item_id else credit_item_id end
        || ' is not a usable item' as reason,
        cast(to_json(allocations) as varchar) as record
    from {{ ref('valued_allocation') }} as allocations  -- noqa: AL05
    where debit_item_key is null or credit_item_key is null
),

final as (
    select * from staged_rejections
    union all
    select * from without_rate
    union all
    select * from without_item
)

select
    client_id,
    source,
    cast(entity as varchar) as entity,
    cast(key as varchar) as key,
    cast(file as varchar) as file,
    cast(row_number as bigint) as row_number,
    cast(column_name as varchar) as column_name,
    cast(reason as varchar) as reason,
    cast(record as varchar) as record
from final
