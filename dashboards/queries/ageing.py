"""Who owes how much for how long, and the open items behind it."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.cache import cached
from dashboards.views import View, query
from duebook.reports.open_items import BUCKETED, BUCKETS, OPEN_ITEMS, bucket_sums


@cached
def buckets(view: View) -> list[str]:
    """The client's ageing buckets from not due to the oldest."""
    rows = query(view, BUCKETS).to_pylist()
    return [row["bucket"] for row in rows]


@cached
def by_customer(view: View, day: date, credits: str) -> pa.Table:
    """One row a customer and currency, the most overdue in home currency first.

    ``overdue`` counts aged credits when ``credits`` is ``aged``, so that it is the sum of the overdue buckets.
    """
    overdue = "filter (where days_past_due > 0 and (not is_credit or $credits = 'aged'))"
    return query(
        view,
        f"""
        with open_items as ({OPEN_ITEMS}),

        bucketed as ({BUCKETED}),

        pivoted as (
            select
                customer_key,
                currency,
                cast(coalesce(sum(open_amount) {overdue}, 0) as decimal(18, 3)) as overdue,
                {bucket_sums(buckets(view))},
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
        {"as_of": day, "credits": credits},
    )


@cached
def open_items(view: View, day: date, credits: str, customer_key: str, currency: str) -> pa.Table:
    """The open items of one customer in one currency, the longest overdue first."""
    return query(
        view,
        f"""
        with open_items as ({OPEN_ITEMS} and item.customer_key = $customer_key and item.currency = $currency),

        bucketed as ({BUCKETED})

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
        {"as_of": day, "credits": credits, "customer_key": customer_key, "currency": currency},
    )
