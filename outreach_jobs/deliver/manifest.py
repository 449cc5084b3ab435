"""The index of a day's messages, for a person with a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from casebook import OutboxMessage
from duebook.reports.writers import FORMULA_START

COLUMNS = (
    "message_key",
    "state",
    "channel",
    "strategy",
    "step",
    "language",
    "source",
    "customer_id",
    "recipient",
    "subject",
    "currency",
    "total_amount",
    "due_cycle",
    "template",
    "template_version",
    "sender_name",
    "sender_email",
    "file",
    "content_hash",
)

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet program takes for a formula; real numbers stay as they are."""
    text = "" if value is None else str(value)
    if re.match(FORMULA_START, text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def manifest_csv(messages: Iterable[OutboxMessage], problems: Mapping[str, str]) -> bytes:
    """One line a message, with what kept it from being made, if anything did."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*COLUMNS, "problem"])
    for message in messages:
        cells = [getattr(message, column) for column in COLUMNS]
        writer.writerow([safe_cell(cell) for cell in [*cells, problems.get(message.message_key, "")]])
    return buffer.getvalue().encode()
