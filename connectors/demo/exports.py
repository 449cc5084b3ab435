"""A client whose bookkeeping gives no access, only files: an XLSX of customers, CSVs of everything else."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

import xlsxwriter

from connectors.demo.documents import Invoice
from connectors.demo.trading import first_day
from connectors.demo.world import World

Document = TypeVar("Document")

INVOICE_HEADER = (
    "Voucher", "Instalment", "Type", "Customer", "Customer name", "Issued", "Due", "Amount", "Currency",
    "Disputed", "Customer's order",
)  # fmt: skip
PAYMENT_HEADER = ("Receipt", "Customer", "Received", "Amount", "Currency")
ALLOCATION_HEADER = ("Credit", "Voucher", "Instalment", "Amount", "Allocated")
CONTROL_HEADER = ("Account", "Currency", "Day", "Balance")
CUSTOMER_HEADER = (
    "Customer", "Name", "Business", "Country", "Language", "Time zone", "Currency", "Email", "Phone", "Contact",
    "VAT number", "Street", "Postcode", "City", "Terms", "Credit limit", "Blocked",
)  # fmt: skip
RECEIVABLES_ACCOUNT = "1100"


def files(world: World) -> dict[str, bytes]:
    """Every file of the inbox by name."""
    broken_month = (world.until.replace(day=1) - timedelta(days=40)).strftime("%Y-%m")
    content = {f"customers_{world.until}.xlsx": _customers(world)}
    invoices = _by_period((*world.invoices, *world.credit_notes), lambda one: one.issued_on.strftime("%Y-%m"))
    for month, documents in invoices.items():
        rows = [row for document in documents for row in _invoice_rows(world, document)]
        if month == broken_month:
            rows += _broken_rows(rows, documents[0])
        content[f"invoices_{month}.csv"] = _german_csv(INVOICE_HEADER, rows)
    for year, receipts in _by_period(world.receipts, lambda one: str(one.paid_on.year)).items():
        rows = [(r.number, r.customer, r.paid_on.isoformat(), str(r.amount), r.currency) for r in receipts]
        content[f"payments_{year}.csv"] = _plain_csv(PAYMENT_HEADER, rows)
    for year, allocations in _by_period(world.allocations, lambda one: str(one.allocated_on.year)).items():
        rows = [
            (a.credit, a.invoice, str(a.instalment), str(a.amount), a.allocated_on.isoformat()) for a in allocations
        ]
        content[f"allocations_{year}.csv"] = _plain_csv(ALLOCATION_HEADER, rows)
    content[f"control_totals_{world.until}.csv"] = _plain_csv(CONTROL_HEADER, _control_rows(world))
    return content


def _by_period(documents: Iterable[Document], period: Callable[[Document], str]) -> dict[str, list[Document]]:
    periods: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        periods[period(document)].append(document)
    return periods


def _invoice_rows(world: World, document: Invoice) -> list[tuple[str, ...]]:
    sign = 1 if document.kind == "invoice" else -1
    name = world.customer_by_number[document.customer].name
    return [
        (
            document.number,
            str(instalment.number),
            document.kind,
            document.customer,
            name,
            _german_date(document.issued_on),
            _german_date(instalment.due_on),
            _german_amount(instalment.amount * sign),
            document.currency,
            "yes" if document.disputed else "no",
            document.reference,
        )
        for instalment in document.instalments
    ]


def _broken_rows(rows: Sequence[tuple[str, ...]], like: Invoice) -> list[tuple[str, ...]]:
    """Rows that must be rejected, each for one reason, so that a newcomer sees what becomes of such rows."""
    issued, due = _german_date(like.issued_on), _german_date(like.instalments[0].due_on)

    def row(
        number: str, customer: str = like.customer, on: str = issued, amount: str = "1.250,00", currency: str = "GBP"
    ) -> tuple[str, ...]:
        return (number, "1", "invoice", customer, "", on, due, amount, currency, "no", "")

    return [
        row("99000001", on=f"31.02.{like.issued_on.year}"),
        row("99000002", amount=""),
        row("99000003", amount="1.25O,00"),
        row("99000004", customer="999999"),
        row("99000005", currency="POUNDS"),
        rows[0],
    ]


def _control_rows(world: World) -> list[tuple[str, ...]]:
    """The balance of the receivables account in each currency at every month end, and on the last day."""
    days = []
    month_end = first_day(world.until) - timedelta(days=1)
    while (month_end := _next_month_end(month_end)) < world.until:
        days.append(month_end)
    return [
        (RECEIVABLES_ACCOUNT, currency, day.isoformat(), str(balance))
        for day in [*days, world.until]
        for currency, balance in world.owed_by_currency(day).items()
    ]


def _next_month_end(month_end: date) -> date:
    return (month_end + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _german_date(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _german_amount(amount: Decimal) -> str:
    return f"{amount:,}".translate(str.maketrans(",.", ".,"))


def _german_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    # The package's code page lacks Polish and Japanese letters and it writes question marks, as such packages do;
    # the customers' true names are in the XLSX.
    return _csv(header, rows, delimiter=";").encode("cp1252", errors="replace")


def _plain_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return _csv(header, rows, delimiter=",").encode("utf-8")


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _customers(world: World) -> bytes:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties({"created": datetime.combine(world.until, time())})
    sheet = workbook.add_worksheet("Customers")
    rows = [
        CUSTOMER_HEADER,
        *(
            (
                customer.number,
                customer.name,
                "yes" if customer.is_business else "no",
                customer.country,
                customer.language,
                customer.timezone,
                customer.currency,
                customer.email or "",
                customer.phone,
                customer.contact_name,
                customer.tax_id or "",
                customer.street,
                customer.postcode,
                customer.city,
                customer.terms.name,
                "" if customer.credit_limit is None else str(customer.credit_limit),
                "yes" if customer.blocked else "no",
            )
            for customer in world.customers
        ),
    ]
    for row_number, row in enumerate(rows):
        for column, value in enumerate(row):
            # Text throughout: a number would lose the zeros that customer numbers begin with.
            sheet.write_string(row_number, column, value)
    workbook.close()
    return target.getvalue()
