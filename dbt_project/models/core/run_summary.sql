with landed as (
    {{ staged('landed', ['source', 'entity', 'rows_landed', 'rows_left_out']) }}
),

used as (
    select source, erp_entity as entity, count(*) as rows_used
    from {{ ref('item') }}
    group by source, erp_entity
    union all
    select source, erp_entity as entity, count(*) as rows_used
    from {{ ref('allocation') }}
    where erp_entity not like '%.%'
    group by source, erp_entity
),

rejected as (
    select source, entity, count(*) as rows_rejected
    from {{ ref('rejected') }}
    group by source, entity
)

select
    landed.client_id,
    landed.source,
    cast(landed.entity as varchar) as entity,
    cast(landed.rows_landed as bigint) as rows_landed,
    cast(landed.rows_left_out as bigint) as rows_left_out,
    cast(coalesce(used.rows_used, 0) as bigint) as rows_used,
    cast(coalesce(rejected.rows_rejected, 0) as bigint) as rows_rejected
from landed
left join used on landed.source = used.source and landed.entity = used.entity
left join rejected on landed.source = rejected.source and landed.entity = rejected.entity
