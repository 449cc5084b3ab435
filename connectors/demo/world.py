"""The demo world: what two made-up clients sold, and what their customers paid. It knows no ERP.

The same client and the same day always give the same world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from connectors.demo.customers import Customer, populate
from connectors.demo.documents import Allocation, Invoice, JournalEntry, Receipt, random_stream
from connectors.demo.settlement import Account
from connectors.demo.specs import ClientSpec
from connectors.demo.trading import trade

__all__ = ["Allocation", "Customer", "Invoice", "JournalEntry", "Receipt", "World", "simulate"]

Document = TypeVar("Document", Invoice, Receipt)

CANCELLED = 0.006
DRAFT_DAYS = 12


@dataclass(frozen=True)
class World:
    """One client's receivables from the first day to ``until``.

    Attributes:
        invoices, credit_notes, receipts: in the order of their days and numbers.
        allocations: which credit settled which instalment; in the order of their days.
        drafts, cancelled: invoices that an ERP keeps but that nobody owes.
        journal: amounts booked on the receivable account by hand.
    """

    spec: ClientSpec
    until: date
    customers: tuple[Customer, ...]
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[Invoice, ...]
    receipts: tuple[Receipt, ...]
    allocations: tuple[Allocation, ...]
    drafts: tuple[Invoice, ...] = ()
    cancelled: tuple[Invoice, ...] = ()
    journal: tuple[JournalEntry, ...] = ()

    @cached_property
    def customer_by_number(self) -> Mapping[str, Customer]:
        return {customer.number: customer for customer in self.customers}

    def owed(self, day: date) -> dict[tuple[str, str], Decimal]:
        """What each customer owes in each currency at the end of a day: documents less money; no allocation is read."""
        owed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for invoice in self.invoices:
            if invoice.issued_on <= day:
                owed[invoice.customer, invoice.currency] += invoice.amount
        for note in self.credit_notes:
            if note.issued_on <= day:
                owed[note.customer, note.currency] -= note.amount
        for receipt in self.receipts:
            if receipt.paid_on <= day:
                owed[receipt.customer, receipt.currency] -= receipt.settles
        for entry in self.journal:
            if entry.day <= day:
                owed[entry.customer, self.spec.home_currency] += entry.amount
        return dict(owed)

    def owed_by_currency(self, day: date) -> dict[str, Decimal]:
        """What is owed in each currency the client has ever invoiced in, at the end of a day."""
        totals = {invoice.currency: Decimal(0) for invoice in self.invoices}
        for (_, currency), amount in self.owed(day).items():
            totals[currency] += amount
        return dict(sorted(totals.items()))

    def open_instalments(self, day: date) -> dict[tuple[str, int], Decimal]:
        """What is open of each instalment at the end of a day, settled ones at 0."""
        still_open = {
            (invoice.number, instalment.number): instalment.amount
            for invoice in self.invoices
            if invoice.issued_on <= day
            for instalment in invoice.instalments
        }
        for allocation in self.allocations:
            if allocation.allocated_on <= day:
                still_open[allocation.invoice, allocation.instalment] -= allocation.amount
        return still_open


def simulate(spec: ClientSpec, until: date) -> World:
    """Let a client trade for two and a half years up to a day."""
    customers = populate(spec, until)
    by_number = {customer.number: customer for customer in customers}
    rng = random_stream(spec.client_id, until, "clerk")
    numbered = _numbered(trade(spec, customers, until), spec, spec.numbering.invoice, lambda one: one.issued_on)
    invoices, drafts, cancelled = [], [], []
    for invoice in numbered:
        chance = rng.random() if spec.erp_only else 1.0
        if chance < CANCELLED:
            cancelled.append(invoice)
        elif chance < CANCELLED + 0.1 and invoice.issued_on > until - timedelta(days=DRAFT_DAYS):
            drafts.append(invoice)
        else:
            invoices.append(invoice)
    accounts: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        accounts[invoice.customer, invoice.currency].append(invoice)
    settled = [
        Account(spec, by_number[customer], currency, until).run(bought)
        for (customer, currency), bought in sorted(accounts.items())
    ]
    notes = sorted((note for one in settled for note in one.credit_notes), key=lambda n: (n.issued_on, n.number))
    receipts = sorted((receipt for one in settled for receipt in one.receipts), key=lambda r: (r.paid_on, r.number))
    numbered_notes = _numbered(notes, spec, spec.numbering.credit_note, lambda one: one.issued_on)
    numbered_receipts = _numbered(receipts, spec, spec.numbering.receipt, lambda one: one.paid_on)
    final = {old.number: new.number for old, new in zip(notes, numbered_notes, strict=True)}
    final |= {old.number: new.number for old, new in zip(receipts, numbered_receipts, strict=True)}
    allocations = [replace(entry, credit=final[entry.credit]) for one in settled for entry in one.allocations]
    return World(
        spec=spec,
        until=until,
        customers=tuple(customers),
        invoices=tuple(invoices),
        credit_notes=tuple(numbered_notes),
        receipts=tuple(numbered_receipts),
        allocations=tuple(sorted(allocations, key=lambda a: (a.allocated_on, a.credit, a.invoice, a.instalment))),
        drafts=tuple(drafts),
        cancelled=tuple(cancelled),
        journal=_journal(spec, until, customers),
    )


def _numbered(
    documents: Iterable[Document], spec: ClientSpec, form: str, day_of: Callable[[Document], date]
) -> list[Document]:
    counters: dict[int, int] = defaultdict(lambda: spec.numbering.first - 1)
    numbered = []
    for document in documents:
        day = day_of(document)
        series = day.year if spec.numbering.yearly else 0
        counters[series] += 1
        numbered.append(replace(document, number=form.format(year=day.year, n=counters[series])))
    return numbered


def _journal(spec: ClientSpec, until: date, customers: list[Customer]) -> tuple[JournalEntry, ...]:
    """One charge booked by hand, not through an invoice."""
    if not spec.erp_only:
        return ()
    charged = customers[len(customers) // 4]
    day = until - timedelta(days=100)
    number = f"MISC/{day:%Y/%m}/0001"
    return (JournalEntry(number, charged.number, day, Decimal("186.40"), "Verzugszinsen nach § 288 BGB"),)
