"""Who is contacted on the day of the snapshot, and who is not and why."""

from __future__ import annotations

import pyarrow as pa

from dashboards.queries.cache import cached
from dashboards.views import View, query

_OPEN_NOW = """
    select open_interval.item_key, open_interval.open_amount_home
    from open_interval
    cross join client
    where open_interval.valid_from <= client.as_of and open_interval.valid_to > client.as_of
"""


@cached
def messages(view: View) -> pa.Table:
    """Messages and calls of the day, the highest step and the most overdue first; ``overdue_home`` in home currency."""
    return query(
        view,
        f"""
        with open_now as ({_OPEN_NOW}),

        worth as (
            select due_step_item.message_key, sum(open_now.open_amount_home) as overdue_home
            from due_step_item
            inner join open_now on due_step_item.item_key = open_now.item_key
            where due_step_item.part = 'overdue'
            group by due_step_item.message_key
        )

        select
            due_step.message_key,
            due_step.customer_name,
            due_step.customer_id,
            due_step.channel,
            due_step.step,
            due_step.step_order,
            due_step.language,
            due_step.currency,
            due_step.overdue_amount,
            due_step.not_due_amount,
            due_step.credit_amount,
            due_step.total_amount,
            due_step.max_days_past_due,
            due_step.contact_name,
            cast(coalesce(worth.overdue_home, 0) as decimal(18, 3)) as overdue_home
        from due_step
        left join worth on due_step.message_key = worth.message_key
        order by due_step.step_order desc, coalesce(worth.overdue_home, 0) desc, due_step.message_key
        """,
    )


@cached
def message_items(view: View, message_key: str) -> pa.Table:
    """The items a message lists: overdue, not yet due, credits."""
    return query(
        view,
        """
        select document_number, kind, issued_on, due_on, days_past_due, currency, amount, open_amount, part
        from due_step_item
        where message_key = $message_key
        order by case part when 'overdue' then 0 when 'not_due' then 1 else 2 end, due_on, document_number, item_key
        """,
        {"message_key": message_key},
    )


@cached
def suppressed_by_reason(view: View) -> pa.Table:
    """Overdue items in no message, by reason. An item with two reasons counts in both."""
    return query(
        view,
        f"""
        with open_now as ({_OPEN_NOW})

        select
            suppressed.reason,
            count(*) as items,
            cast(sum(open_now.open_amount_home) as decimal(18, 3)) as amount_home
        from suppressed
        left join open_now on suppressed.item_key = open_now.item_key
        group by suppressed.reason
        order by items desc, suppressed.reason
        """,
    )


@cached
def suppressed(view: View) -> pa.Table:
    """Every overdue item in no message with each of its reasons."""
    return query(
        view,
        """
        select
            customer.name as customer,
            suppressed.document_number,
            suppressed.currency,
            suppressed.open_amount,
            suppressed.days_past_due,
            suppressed.reason,
            suppressed.explanation,
            suppressed.item_key
        from suppressed
        inner join customer on suppressed.customer_key = customer.customer_key
        order by suppressed.days_past_due desc, suppressed.item_key, suppressed.reason
        """,
    )
