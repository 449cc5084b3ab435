"""A client whose ERP is Odoo 18: its tables in an SQLite file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from connectors.demo.documents import Allocation, Instalment, Invoice, Receipt
from connectors.demo.odoo_books import Books
from connectors.demo.odoo_masterdata import CURRENCIES, NORDWIND, SISTER, MasterData, add_master_data
from connectors.demo.odoo_reconcile import Reconciliation
from connectors.demo.odoo_tables import Tables
from connectors.demo.rates import Rates
from connectors.demo.trading import first_day
from connectors.demo.world import World


def database(world: World) -> bytes:
    """The content of the SQLite file. Ids follow the order in which things happened."""
    tables = Tables()
    rates = Rates(CURRENCIES, first_day(world.until) - timedelta(days=3))
    master = add_master_data(tables, world, rates)
    books = Books(tables, NORDWIND, master, rates)
    reconciliation = Reconciliation(books)
    for event in _events(world, books, reconciliation):
        event()
    reconciliation.finish()
    _sister_company(tables, world, master, rates)
    for draft in world.drafts:
        books.invoice(draft, state="draft")
    return tables.database()


def _events(world: World, books: Books, reconciliation: Reconciliation) -> list[Callable[[], None]]:
    """Everything that was booked, in the order of its day."""
    pays: dict[str, list[str]] = defaultdict(list)
    for allocation in world.allocations:
        if allocation.invoice not in pays[allocation.credit]:
            pays[allocation.credit].append(allocation.invoice)
    dated: list[tuple[date, int, Callable[[], None]]] = []
    for invoice in world.invoices:
        dated.append((invoice.issued_on, 0, partial(books.invoice, invoice)))
    for invoice in world.cancelled:
        dated.append((invoice.issued_on, 0, partial(books.invoice, invoice, state="cancel")))
    for note in world.credit_notes:
        dated.append((note.issued_on, 1, partial(books.invoice, note)))
    for entry in world.journal:
        dated.append((entry.day, 1, partial(books.journal_entry, entry)))
    for receipt in world.receipts:
        dated.append((receipt.paid_on, 2, partial(books.receipt, receipt, pays[receipt.number])))
    for allocation in world.allocations:
        dated.append((allocation.allocated_on, 3, partial(_settle, books, reconciliation, allocation)))
    return [event for _, _, event in sorted(dated, key=lambda one: one[:2])]


def _settle(books: Books, reconciliation: Reconciliation, allocation: Allocation) -> None:
    reconciliation.settle(
        books.receivable_lines[allocation.invoice, allocation.instalment],
        books.receivable_lines[allocation.credit, 1],
        allocation.amount,
    )


def _sister_company(tables: Tables, world: World, master: MasterData, rates: Rates) -> None:
    """A second company in the same database, with the same customers and document numbers; not to be read."""
    books = Books(tables, SISTER, master, rates)
    reconciliation = Reconciliation(books)
    invoices = [_of_sister(invoice, number) for number, invoice in enumerate(world.invoices[-3:], 1)]
    for invoice in invoices:
        books.invoice(invoice)
    paid = invoices[0]
    receipt = Receipt(f"PBNK1/{world.until.year}/00001", paid.customer, world.until, SISTER.currency, paid.amount)
    books.receipt(receipt, [paid.number])
    _settle(books, reconciliation, Allocation(receipt.number, paid.number, 1, paid.amount, world.until))
    reconciliation.finish()


def _of_sister(invoice: Invoice, number: int) -> Invoice:
    net = Decimal(1800 * number)
    return replace(
        invoice,
        number=f"INV/{invoice.issued_on.year}/{number:05d}",
        currency=SISTER.currency,
        net=net,
        tax=Decimal(0),
        instalments=(Instalment(1, invoice.issued_on + timedelta(days=30), net),),
    )
