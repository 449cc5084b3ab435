"""What is open at the end of a day, and how old it is: the beginning of every balance report and of the dashboards."""

from __future__ import annotations

from collections.abc import Iterable

# Parameter $as_of. One row an open item: the item's columns, the customer's name, open_amount, open_amount_home,
# days_past_due, age_days (by the client's ageing basis) and is_credit.
OPEN_ITEMS = """
    select
        item.*,
        customer.name as customer,
        open_interval.open_amount,
        open_interval.open_amount_home,
        date_diff('day', case client.ageing_basis when 'due_date' then item.due_on else item.issued_on end, $as_of)
            as age_days,
        date_diff('day', item.due_on, $as_of) as days_past_due,
        coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0 as is_credit
    from open_interval
    inner join item on open_interval.item_key = item.item_key
    inner join customer on item.customer_key = customer.customer_key
    cross join client
    where open_interval.valid_from <= $as_of and open_interval.valid_to > $as_of
"""

# Parameter $credits, 'apart' or 'aged'; reads open_items. Adds the bucket, which is unapplied for a credit kept apart.
BUCKETED = """
    select
        open_items.*,
        case when is_credit and $credits = 'apart' then 'unapplied' else ageing_bucket.bucket end as bucket
    from open_items
    left join ageing_bucket
        on open_items.age_days >= coalesce(ageing_bucket.from_days, open_items.age_days)
        and open_items.age_days <= coalesce(ageing_bucket.to_days, open_items.age_days)
"""

BUCKETS = "select bucket from ageing_bucket order by bucket_order"


def bucket_sums(buckets: Iterable[str]) -> str:
    """A column a bucket, and one for unapplied credits: the sum of what is open in it."""
    return ",\n".join(
        f"cast(coalesce(sum(open_amount) filter (where bucket = '{bucket}'), 0) as decimal(18, 3)) as \"{bucket}\""
        for bucket in (*buckets, "unapplied")
    )
