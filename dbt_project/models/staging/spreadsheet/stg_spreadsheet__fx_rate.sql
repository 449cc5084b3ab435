-- Exports bring no rates of their own; typed and empty, so that every ERP has the same staging models.
select
    cast(null as varchar) as source,
    cast(null as date) as day,
    cast(null as varchar) as currency,
    cast(null as decimal(28, 12)) as rate
where false
