{% set furthest_due_days = 730 %}

with items as (
    select * from {{ ref('item') }}
),

allocations as (
    select
        allocation.*,
        debit.issued_on as debit_issued_on,
        debit.document_number as debit_document_number
    from {{ ref('allocation') }} as allocation
    inner join items as debit on allocation.debit_item_key = debit.item_key
),

final as (
    select
        client_id,
        source,
        erp_entity as entity,
        document_number as key,
        origin,
        'due on ' || due_on || ', before it was issued on ' || issued_on as reason
    from items
    where due_on < issued_on
    union all
    select
        client_id,
        source,
        erp_entity as entity,
        document_number as key,
        origin,
        'due on ' || due_on || ', more than two years after it was issued on ' || issued_on as reason
    from items
    where {{ days_between('issued_on', 'due_on') }} > {{ furthest_due_days }}
    union all
    select
        client_id,
        source,
        erp_entity as entity,
        debit_document_number as key,
        origin,
        'settled on ' || allocated_on || ', before it was issued on ' || debit_issued_on as reason
    from allocations
    where allocated_on < debit_issued_on
)

select
    client_id,
    source,
    cast(entity as varchar) as entity,
    cast(key as varchar) as key,
    cast(origin as varchar) as origin,
    cast(reason as varchar) as reason
from final
