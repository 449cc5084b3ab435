"""The day's calls as a workbook for AR staff.

Everything that comes from an ERP is written as a string, so no cell can become a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from casebook import OutboxMessage
from duebook.clients import Client
from duebook.currencies import minor_units
from duebook.files import write_durably
from duebook.snapshot import Snapshot
from duebook.workspace import ClientPaths
from outreach_jobs.compose.clean import clean_line
from outreach_jobs.compose.render import Rendered
from outreach_jobs.due import DueItem, DueMessage

RESULTS = (
    "Promised to pay",
    "Says already paid",
    "Disputed",
    "Asked for a copy",
    "Asked for a payment plan",
    "Call back later",
    "Left a message",
    "Nobody reached",
    "Wrong number",
    "Refused to pay",
)
DELAY_REASONS = (
    "Invoice not received",
    "Awaiting internal approval",
    "Purchase order reference missing",
    "Price or quantity disputed",
    "Quality or delivery disputed",
    "Waiting for a credit note",
    "Next payment run",
    "Short of cash",
    "Bank or payment failure",
    "Insolvency",
    "Other",
)

_CALLS = (
    ("Rank", 6),
    ("Customer", 34),
    ("Customer no.", 14),
    ("Contact", 24),
    ("Phone", 19),
    ("Language", 10),
    ("Local time zone", 18),
    ("Overdue", 15),
    ("Currency", 9),
    ("Oldest, days overdue", 11),
    ("Why today", 52),
    ("Result", 24),
    ("Promise date", 13),
    ("Promise amount", 15),
    ("Delay reason", 28),
    ("Notes", 48),
    ("Reference", 20),
)
_ITEMS = (
    ("Rank", 6),
    ("Customer", 34),
    ("Customer no.", 14),
    ("Document", 20),
    ("Kind", 16),
    ("Issued", 12),
    ("Due", 12),
    ("Days overdue", 10),
    ("Amount", 15),
    ("Open", 15),
    ("Currency", 9),
    ("Part", 13),
)
_SCRIPTS = (("Rank", 6), ("Customer", 34), ("Language", 10), ("Script", 110))

_PARTS = {"overdue": "Overdue", "not_due": "Not yet due", "credit": "Credit"}
# Excel holds no longer text in a cell.
_CELL_LIMIT = 32_000


@dataclass(frozen=True)
class Call:
    """A call that is due, what it is about, its script, and its entry in the casebook."""

    message: DueMessage
    items: Sequence[DueItem]
    rendered: Rendered
    entry: OutboxMessage


def write_worklist(paths: ClientPaths, client: Client, snapshot: Snapshot, calls: Sequence[Call]) -> Path:
    """Write ``worklists/<as_of>.xlsx``: the calls of the day, the largest overdue amount first.

    Amounts are ranked in the client's home currency. The same calls give the same bytes.
    """
    worth = _overdue_at_home(snapshot)
    ranked = sorted(
        calls, key=lambda call: (-worth.get(call.message.message_key, Decimal(0)), call.message.message_key)
    )
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties(
            {
                "title": f"Calls of {snapshot.as_of.isoformat()}",
                "company": client.name,
                "created": datetime(snapshot.as_of.year, snapshot.as_of.month, snapshot.as_of.day, 12),  # noqa: DTZ001
            }
        )
        _Book(workbook).fill(ranked)
    path = paths.worklists / f"{snapshot.as_of.isoformat()}.xlsx"
    write_durably(path, buffer.getvalue())
    return path


def _overdue_at_home(snapshot: Snapshot) -> dict[str, Decimal]:
    rows = snapshot.rows(
        """
        select due.message_key, sum(open_interval.open_amount_home) as amount
        from due_step_item as due
        inner join open_interval
            on due.item_key = open_interval.item_key
            and open_interval.valid_from <= $day and $day < open_interval.valid_to
        where due.part = 'overdue'
        group by due.message_key
        """,
        {"day": snapshot.as_of},
    )
    return {row["message_key"]: row["amount"] or Decimal(0) for row in rows}


class _Book:
    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.heading = workbook.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1E3A5F", "text_wrap": True, "valign": "vcenter"}
        )
        self.text = workbook.add_format({"valign": "top"})
        self.wrapped = workbook.add_format({"valign": "top", "text_wrap": True})
        self.day = workbook.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        self.whole = workbook.add_format({"valign": "top", "num_format": "0"})
        self.script = workbook.add_format({"valign": "top", "text_wrap": True, "font_name": "Consolas", "font_size": 9})
        answer = {"valign": "top", "bg_color": "#FFF8E1", "border": 1, "border_color": "#E0D3A8", "text_wrap": True}
        self.answer = workbook.add_format(answer)
        self.answer_day = workbook.add_format({**answer, "num_format": "yyyy-mm-dd", "align": "left"})
        self.answer_money = cache(self._answer_money)
        self.money = cache(self._money)
        self._answer = answer

    def _money(self, currency: str) -> Format:
        return self.workbook.add_format({"valign": "top", "num_format": _number_format(currency)})

    def _answer_money(self, currency: str) -> Format:
        return self.workbook.add_format({**self._answer, "num_format": _number_format(currency)})

    def fill(self, calls: Sequence[Call]) -> None:
        sheet = self._sheet("Calls", _CALLS, len(calls), frozen_columns=2)
        for row, call in enumerate(calls, start=1):
            self._call(sheet, row, call)
        self._choices(sheet, len(calls))
        lines = [(rank, call, item) for rank, call in enumerate(calls, start=1) for item in call.items]
        sheet = self._sheet("Items", _ITEMS, len(lines), frozen_columns=2)
        for row, (rank, call, item) in enumerate(lines, start=1):
            self._item(sheet, row, rank, call, item)
        sheet = self._sheet("Scripts", _SCRIPTS, len(calls), frozen_columns=2)
        for row, call in enumerate(calls, start=1):
            self._script(sheet, row, call)
        self._lists()

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: int, frozen_columns: int) -> Worksheet:
        sheet = self.workbook.add_worksheet(name)
        for column, (title, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, self.heading)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, frozen_columns)
        sheet.autofilter(0, 0, rows, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _call(self, sheet: Worksheet, row: int, call: Call) -> None:
        message = call.message
        texts = (message.customer_name, message.customer_id, message.contact_name, message.phone, message.language)
        sheet.write_number(row, 0, row, self.whole)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(row, column, clean_line(text), self.text)
        sheet.write_string(row, 6, clean_line(message.timezone), self.text)
        sheet.write_number(row, 7, message.overdue_amount, self.money(message.currency))
        sheet.write_string(row, 8, message.currency, self.text)
        sheet.write_number(row, 9, message.max_days_past_due, self.whole)
        sheet.write_string(row, 10, _why(call), self.wrapped)
        for column in (11, 14, 15):
            sheet.write_blank(row, column, None, self.answer)
        sheet.write_blank(row, 12, None, self.answer_day)
        sheet.write_blank(row, 13, None, self.answer_money(message.currency))
        sheet.write_string(row, 16, clean_line(message.message_key), self.text)

    def _choices(self, sheet: Worksheet, rows: int) -> None:
        choose = {"validate": "list", "error_title": "Not in the list", "error_message": "Choose one from the list."}
        sheet.data_validation(1, 11, rows, 11, {**choose, "source": "=call_results"})
        sheet.data_validation(1, 14, rows, 14, {**choose, "source": "=delay_reasons"})
        sheet.data_validation(
            1,
            12,
            rows,
            12,
            {
                "validate": "date",
                "criteria": ">=",
                "value": date(2000, 1, 1),
                "error_title": "Not a date",
                "error_message": "Enter the date on which the customer promised to pay.",
            },
        )
        sheet.data_validation(
            1,
            13,
            rows,
            13,
            {
                "validate": "decimal",
                "criteria": ">",
                "value": 0,
                "error_title": "Not an amount",
                "error_message": "Enter the promised amount as a number, in the currency of the row.",
            },
        )

    def _item(self, sheet: Worksheet, row: int, rank: int, call: Call, item: DueItem) -> None:
        sheet.write_number(row, 0, rank, self.whole)
        texts = (call.message.customer_name, call.message.customer_id, item.document_number)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(row, column, clean_line(text), self.text)
        sheet.write_string(row, 4, item.kind.replace("_", " ").capitalize(), self.text)
        sheet.write_datetime(row, 5, item.issued_on, self.day)
        if item.due_on is not None:
            sheet.write_datetime(row, 6, item.due_on, self.day)
        if item.days_past_due is not None:
            sheet.write_number(row, 7, item.days_past_due, self.whole)
        sheet.write_number(row, 8, item.amount, self.money(item.currency))
        sheet.write_number(row, 9, item.open_amount, self.money(item.currency))
        sheet.write_string(row, 10, item.currency, self.text)
        sheet.write_string(row, 11, _PARTS[item.part], self.text)

    def _script(self, sheet: Worksheet, row: int, call: Call) -> None:
        script = call.rendered.text
        if len(script) > _CELL_LIMIT:
            script = script[:_CELL_LIMIT] + "\n… all items are on the sheet Items."
        sheet.write_number(row, 0, row, self.whole)
        sheet.write_string(row, 1, clean_line(call.message.customer_name), self.text)
        sheet.write_string(row, 2, call.rendered.language, self.text)
        sheet.write_string(row, 3, script, self.script)

    def _lists(self) -> None:
        """Excel refuses a drop-down list of more than 255 characters; ranges on a hidden sheet have no limit."""
        sheet = self.workbook.add_worksheet("Lists")
        for column, (name, values) in enumerate((("call_results", RESULTS), ("delay_reasons", DELAY_REASONS))):
            sheet.write_column(0, column, values)
            letter = "AB"[column]
            self.workbook.define_name(name, f"=Lists!${letter}$1:${letter}${len(values)}")
        sheet.hide()


def _number_format(currency: str) -> str:
    digits = minor_units(currency)
    return "#,##0" + (f".{'0' * digits}" if digits else "")


def _why(call: Call) -> str:
    message = call.message
    overdue = sum(1 for item in call.items if item.part == "overdue")
    items = "1 item is" if overdue == 1 else f"{overdue} items are"
    days = "1 day" if message.max_days_past_due == 1 else f"{message.max_days_past_due} days"
    return f"{items} overdue, the oldest by {days}, which has reached step '{message.step}' of the strategy."
