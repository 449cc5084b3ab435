"""Rendering one due message: its subject, its text, and for an email its HTML, all from one document."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duebook.clients import Client
from outreach_jobs.compose.clean import clean_line
from outreach_jobs.compose.formats import Formats
from outreach_jobs.compose.library import EMAIL_LAYOUT, Labels, TemplateLibrary, fill
from outreach_jobs.compose.table import ItemTable, as_text, build_table
from outreach_jobs.due import DueItem, DueMessage

DAYS_TO_PAY = 10
"""How long after the day of a message its ``pay_by`` date lies; moved to Monday if that is a weekend."""

_TEXT_WIDTH = 78
# Values are cleaned of control characters, so nothing a customer is called can be taken for the table's place.
_TABLE_HERE = "\x1f"


@dataclass(frozen=True)
class Rendered:
    """A message as the customer reads it, and which version of the template made it.

    ``before`` and ``after`` are the paragraphs around ``table``; ``html`` is empty unless the channel is email.
    """

    subject: str
    text: str
    html: str
    template_version: str
    language: str
    before: tuple[str, ...]
    table: ItemTable
    after: tuple[str, ...]
    labels: Labels
    formats: Formats


def render(message: DueMessage, items: Sequence[DueItem], client: Client, library: TemplateLibrary) -> Rendered:
    """Write one message in its language, in the client's name.

    Raises:
        ConfigError: there is no template for its step, channel and language, or the template cannot be used.
    """
    document = library.document(message.template, message.channel, message.language)
    formats = Formats.of(message.language, message.country)
    table = build_table(message, items, document.labels, formats)
    filled = fill(library.text, document.path, document.source, _values(message, items, client, formats))
    subject_line, _, body = filled.partition("\n")
    before, _, after = body.partition(_TABLE_HERE)
    paragraphs_before = _paragraphs(before)
    paragraphs_after = _paragraphs(after.replace(_TABLE_HERE, ""))
    subject = clean_line(subject_line.removeprefix("Subject:"))
    text = "\n\n".join(
        [
            *(_wrapped(paragraph) for paragraph in paragraphs_before),
            as_text(table),
            *(_wrapped(paragraph) for paragraph in paragraphs_after),
        ]
    )
    html = ""
    if message.channel == "email":
        layout = library.path(EMAIL_LAYOUT)
        html = fill(
            library.html,
            layout,
            layout.read_text(encoding="utf-8"),
            {
                "language": document.language,
                "subject": subject,
                "before": [paragraph.split("\n") for paragraph in paragraphs_before],
                "table": table.as_dict(),
                "after": [paragraph.split("\n") for paragraph in paragraphs_after],
                "address": list(client.sender.address),
            },
        )
    return Rendered(
        subject=subject,
        text=text + "\n",
        html=html,
        template_version=document.version,
        language=document.language,
        before=paragraphs_before,
        table=table,
        after=paragraphs_after,
        labels=document.labels,
        formats=formats,
    )


def _values(message: DueMessage, items: Sequence[DueItem], client: Client, formats: Formats) -> dict[str, object]:
    overdue = [item.due_on for item in items if item.due_on and item.part == "overdue"]
    upcoming = [item.due_on for item in items if item.due_on and item.part == "not_due"]
    return {
        "client_name": clean_line(client.name),
        "contact_name": clean_line(message.contact_name),
        "credit_amount": formats.money(-message.credit_amount, message.currency),
        "customer_id": clean_line(message.customer_id),
        "customer_name": clean_line(message.customer_name),
        "has_credits": message.credit_amount < 0,
        "has_not_due": bool(upcoming),
        "items": _TABLE_HERE,
        "next_due_on": formats.long_date(min(upcoming)) if upcoming else "",
        "not_due_amount": formats.money(message.not_due_amount, message.currency),
        "oldest_due_on": formats.long_date(min(overdue)) if overdue else "",
        "overdue_amount": formats.money(message.overdue_amount, message.currency),
        "pay_by": formats.long_date(_working_day(message.as_of + timedelta(days=DAYS_TO_PAY))),
        "sender_name": clean_line(client.sender.name),
        "signature": _signature(message.channel, client),
        "today": formats.long_date(message.as_of),
        "total_amount": formats.money(message.total_amount, message.currency),
    }


def _signature(channel: str, client: Client) -> str:
    """Who speaks: the person or department, the company, and in an email how to reach them.

    A letter shows the latter in its head.
    """
    sender = client.sender
    lines = [sender.signature or "", sender.name, client.name]
    if channel == "email":
        lines += [sender.phone or "", sender.reply_to or sender.email]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\n\s*\n", text) if part.strip())


def _wrapped(paragraph: str) -> str:
    return "\n".join(
        textwrap.fill(line, _TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in paragraph.split("\n")
    )
