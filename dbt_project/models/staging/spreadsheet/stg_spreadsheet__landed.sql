with rejected_at_reading as (
    {{ newest(source('spreadsheet', 'rejected'), ['entity', 'file', 'row_number']) }}
),

landed as (
    select _source as source, 'invoices' as entity from {{ ref('stg_spreadsheet__judged_invoice') }}
    union all
    select _source as source, 'payments' as entity from {{ ref('stg_spreadsheet__judged_payment') }}
    union all
    select _source as source, 'allocations' as entity from {{ ref('stg_spreadsheet__judged_allocation') }}
    union all
    select _source as source, entity from rejected_at_reading
)

select
    source,
    entity,
    count(*) as rows_landed,
    0 as rows_left_out
from landed
group by source, entity
