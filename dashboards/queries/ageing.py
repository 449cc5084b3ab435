"""Who owes how much for how long, and the open items behind it."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.cache import cached
from dashboards.views import View, query

_OPEN_ITEMS = """
    select
        item.item_id,
        item.item_key,
        item.document_number,
        item.kind,
        item.customer_key,
        item.currency,
        item.issued_on,
        item.due_on,
        item.amount,
        item.disputed,
        open_interval.open_amount,
        open_interval.open_amount_home,
        date_diff('day', item.due_on, $day) as days_past_due,
        coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0 as is_credit,
        date_diff('day', case client.ageing_basis when 'due_date' then item.due_on else item.issued_on end, $day)
            as age_days
    from open_interval
    inner join item on open_interval.item_key = item.item_key
    cross join client
    where open_interval.valid_from <= $day and open_interval.valid_to > $day
"""

_BUCKETED = """
    select
        open_items.*,
        case when is_credit and $credits = 'apart' then 'unapplied' else ageing_bucket.bucket end as bucket
    from open_items
    left join ageing_bucket
        on open_items.age_days >= coalesce(ageing_bucket.from_days, open_items.age_days)
        and open_items.age_days <= coalesce(ageing_bucket.to_days, open_items.age_days)
"""


@cached
def buckets(view: View) -> list[str]:
    """The client's ageing buckets from not due to the oldest."""
    rows = query(view, "select bucket from ageing_bucket order by bucket_order").to_pylist()
    return [row["bucket"] for row in rows]


@cached
def by_customer(view: View, day: date, credits: str) -> pa.Table:
    """One row a customer and currency, the most overdue in home currency first.

    ``overdue`` counts aged credits when ``credits`` is ``aged``, so that it is the sum of the overdue buckets.
    """
    sums = ", ".join(
        f"cast(coalesce(sum(open_amount) filter (where bucket = '{bucket}'), 0) as decimal(18, 3)) as \"{bucket}\""
        for bucket in (*buckets(view), "unapplied")
    )
    overdue = "filter (where days_past_due > 0 and (not is_credit or $credits = 'aged'))"
    return query(
        view,
        f"""
        with open_items as ({_OPEN_ITEMS}),

        bucketed as ({_BUCKETED}),

        pivoted as (
            select
                customer_key,
                currency,
                cast(coalesce(sum(open_amount) {overdue}, 0) as decimal(18, 3)) as overdue,
                {sums},
                cast(sum(open_amount) as decimal(18, 3)) as total,
                cast(coalesce(sum(open_amount_home) {overdue}, 0) as decimal(18, 3)) as overdue_home,
                cast(sum(open_amount_home) as decimal(18, 3)) as total_home,
                cast(coalesce(max(days_past_due) filter (where not is_credit), 0) as integer) as oldest
            from bucketed
            group by customer_key, currency
        )

        select customer.name as customer, customer.customer_id, customer.country, pivoted.*
        from pivoted
        inner join customer on pivoted.customer_key = customer.customer_key
        order by overdue_home desc, lower(customer.name), customer.customer_key, currency
        """,
        {"day": day, "credits": credits},
    )


@cached
def open_items(view: View, day: date, credits: str, customer_key: str, currency: str) -> pa.Table:
    """The open items of one customer in one currency, the longest overdue first."""
    return query(
        view,
        f"""
        with open_items as ({_OPEN_ITEMS} and item.customer_key = $customer_key and item.currency = $currency),

        bucketed as ({_BUCKETED})

        select
            document_number,
            kind,
            issued_on,
            due_on,
            cast(days_past_due as integer) as days_past_due,
            currency,
            amount,
            open_amount,
            bucket,
            coalesce(disputed, false) as disputed
        from bucketed
        order by days_past_due desc, document_number, item_key
        """,
        {"day": day, "credits": credits, "customer_key": customer_key, "currency": currency},
    )
