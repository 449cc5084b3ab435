"""The messages that are due, as the published snapshot says."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import groupby

from duebook.snapshot import Snapshot


@dataclass(frozen=True)
class DueItem:
    """One open item in a message; ``part`` is overdue, not_due or credit. A credit need not have a due date."""

    message_key: str
    item_key: str
    document_number: str
    kind: str
    issued_on: date
    due_on: date | None
    days_past_due: int | None
    currency: str
    amount: Decimal
    open_amount: Decimal
    part: str


@dataclass(frozen=True)
class DueMessage:
    """One row of ``due_step``: a contact due on ``as_of``. Amounts are in ``currency``; ``credit_amount`` <= 0."""

    client_id: str
    message_key: str
    as_of: date
    source: str
    customer_id: str
    customer_key: str
    customer_name: str
    currency: str
    language: str
    channel: str
    strategy: str
    step: str
    step_order: int
    template: str
    due_cycle: date
    overdue_amount: Decimal
    not_due_amount: Decimal
    credit_amount: Decimal
    total_amount: Decimal
    max_days_past_due: int
    contact_name: str | None
    email: str | None
    phone: str | None
    street: str | None
    postcode: str | None
    city: str | None
    country: str | None
    timezone: str | None


def read_messages(snapshot: Snapshot) -> list[DueMessage]:
    """All messages due, by key."""
    columns = ", ".join(field.name for field in fields(DueMessage))
    rows = snapshot.rows(f"select {columns} from due_step order by message_key")
    return [DueMessage(**row) for row in rows]


def read_items(snapshot: Snapshot) -> dict[str, list[DueItem]]:
    """The items of each message: overdue ones first, then those not yet due, then credits, each by due date."""
    columns = ", ".join(field.name for field in fields(DueItem))
    rows = snapshot.rows(
        f"""
        select {columns}
        from due_step_item
        order by
            message_key,
            case part when 'overdue' then 1 when 'not_due' then 2 else 3 end,
            due_on,
            document_number,
            item_key
        """
    )
    items = (DueItem(**row) for row in rows)
    return {key: list(group) for key, group in groupby(items, key=lambda item: item.message_key)}
