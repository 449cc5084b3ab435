"""The table of items of a message: its cells in the customer's language, and how it looks in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from outreach_jobs.compose.clean import clean_line
from outreach_jobs.compose.formats import Formats
from outreach_jobs.compose.library import Labels
from outreach_jobs.due import DueItem, DueMessage


@dataclass(frozen=True)
class Row:
    """One item; ``days`` is empty for what is not overdue."""

    document: str
    issued: str
    due: str
    days: str
    amount: str
    open: str


@dataclass(frozen=True)
class Section:
    """The items of one part and what they come to."""

    part: str
    title: str
    rows: tuple[Row, ...]
    subtotal: str


@dataclass(frozen=True)
class ItemTable:
    """All items of a message, every cell already written as text."""

    caption: str
    heading: Row
    sections: tuple[Section, ...]
    total_label: str
    total: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build_table(message: DueMessage, items: Sequence[DueItem], labels: Labels, formats: Formats) -> ItemTable:
    """Overdue items first, then those not yet due, then credits."""
    titles = {"overdue": labels.overdue, "not_due": labels.not_due, "credit": labels.credit}
    sections = []
    for part, group in groupby(items, key=lambda item: item.part):
        members = list(group)
        subtotal = sum((item.open_amount for item in members), Decimal(0))
        sections.append(
            Section(
                part=part,
                title=titles[part],
                rows=tuple(_row(item, labels, formats) for item in members),
                subtotal=formats.money(subtotal, message.currency),
            )
        )
    customer = f"{labels.customer}: {clean_line(message.customer_name)}"
    number = f"{labels.customer_number} {clean_line(message.customer_id)}"
    return ItemTable(
        caption=f"{customer} · {number} · {labels.as_at} {formats.short_date(message.as_of)}",
        heading=Row(
            labels.document,
            labels.issued,
            labels.due,
            labels.days,
            f"{labels.amount} ({message.currency})",
            f"{labels.open} ({message.currency})",
        ),
        sections=tuple(sections),
        total_label=labels.total,
        total=formats.money(message.total_amount, message.currency),
    )


def _row(item: DueItem, labels: Labels, formats: Formats) -> Row:
    kind = labels.kinds.get(item.kind, "")
    return Row(
        document=f"{kind} {clean_line(item.document_number)}".strip(),
        issued=formats.short_date(item.issued_on),
        due=formats.short_date(item.due_on) if item.due_on and item.part != "credit" else "",
        days=str(item.days_past_due) if item.part == "overdue" else "",
        amount=formats.number(item.amount, item.currency),
        open=formats.number(item.open_amount, item.currency),
    )


def as_text(table: ItemTable) -> str:
    """The table for a plain-text message, in columns as wide as they need to be."""
    every = [table.heading, *(row for section in table.sections for row in section.rows)]
    cells = [list(vars(row).values()) for row in every]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    width = sum(widths) + 2 * (len(widths) - 1)
    lines = [table.caption, "", _text_line(table.heading, widths), "-" * width]
    for section in table.sections:
        lines += [section.title, *(_text_line(row, widths) for row in section.rows)]
        lines += [section.subtotal.rjust(width), ""]
    lines += ["-" * width, table.total_label + table.total.rjust(width - len(table.total_label))]
    return "\n".join(lines)


def _text_line(row: Row, widths: Sequence[int]) -> str:
    cells = list(vars(row).values())
    left = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
