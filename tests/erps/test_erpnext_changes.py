"""An ERPNext whose books change between two runs: what is undone, cancelled, renamed or booked is what is shown."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pytest
import sqlalchemy as sa

from clients import run_erpnext
from duebook import reports
from duebook.snapshot import Snapshot
from duebook.workspace import Workspace

DAY = date(2026, 11, 21)
LONG_AGO = "2026-11-21 21:00:00"
LATER = "2026-11-22 03:00:00"
OPEN = """
    select item.document_number, sum(open_amount) as amount, sum(open_amount_home) as home
    from open_interval inner join item on open_interval.item_key = item.item_key
    where valid_to = date '9999-12-31' group by 1
"""
LEDGER = """
insert into `tabPayment Ledger Entry` (name, creation, modified, docstatus, posting_date, due_date, company,
    account_type, account, account_currency, party_type, party, voucher_type, voucher_no, against_voucher_type,
    against_voucher_no, amount, amount_in_account_currency, delinked)
values ('{name}', '{at}', '{at}', 1, '{day}', '{day}', 'Acme Europe', 'Receivable', 'Debtors USD - AE', 'USD',
    'Customer', '{party}', '{kind}', '{voucher}', '{against_kind}', '{against}', {home}, {amount}, 0);
insert into `tabGL Entry` (name, creation, modified, docstatus, posting_date, company, account, account_currency,
    party_type, party, voucher_type, voucher_no, debit, debit_in_account_currency, is_cancelled)
values ('{name}', '{at}', '{at}', 1, '{day}', 'Acme Europe', 'Debtors USD - AE', 'USD', 'Customer', '{party}',
    '{kind}', '{voucher}', {home}, {amount}, 0);
"""


class MariaDB(Protocol):
    def create(self, name: str) -> str: ...
    def run(self, name: str, sql: str | bytes) -> str: ...


@dataclass(frozen=True)
class Changed:
    before: Snapshot
    after: Snapshot
    books: sa.Connection
    undone: tuple[str, str]
    cancelled: str
    renamed: tuple[str, str]

    def open_by_document(self, snapshot: Snapshot) -> dict[str, tuple[Decimal, Decimal]]:
        return {row["document_number"]: (row["amount"], row["home"]) for row in snapshot.rows(OPEN)}


def booked(number: int, kind: str, voucher: str, against: str, amount: int, home: int, day: str) -> str:
    against_kind = "Sales Invoice" if against.startswith("INV") else kind
    return LEDGER.format(
        name=f"usd{number}",
        at=LATER,
        day=day,
        party="Élan Client 032",
        kind=kind,
        voucher=voucher,
        against_kind=against_kind,
        against=against,
        amount=amount,
        home=home,
    )


def dollars() -> str:
    """Two invoices over dollars, paid in full and in part at another rate, and the gains that ERPNext books for it."""
    invoice = (
        "insert into `tabSales Invoice` (name, creation, modified, docstatus, company, customer, posting_date, "
        "due_date, currency, is_opening) values ('{0}', '{1}', '{1}', 1, 'Acme Europe', 'Élan Client 032', "
        "'2026-10-01', '2026-10-31', 'USD', 'No');"
    )
    journal = (
        "insert into `tabJournal Entry` (name, creation, modified, docstatus, company, voucher_type, is_opening, "
        "posting_date) values ('{0}', '{1}', '{1}', 1, 'Acme Europe', 'Exchange Gain Or Loss', 'No', '2026-11-02');"
    )
    return "\n".join(
        [
            invoice.format("INV-USD-1", LATER),
            invoice.format("INV-USD-2", LATER),
            journal.format("JV-1", LATER),
            journal.format("JV-2", LATER),
            booked(1, "Sales Invoice", "INV-USD-1", "INV-USD-1", 1000, 900, "2026-10-01"),
            booked(2, "Sales Invoice", "INV-USD-2", "INV-USD-2", 500, 450, "2026-10-01"),
            booked(3, "Payment Entry", "PAY-USD", "INV-USD-1", -1000, -950, "2026-11-02"),
            booked(4, "Payment Entry", "PAY-USD", "INV-USD-2", -200, -190, "2026-11-02"),
            booked(5, "Payment Entry", "PAY-USD", "PAY-USD", -50, -48, "2026-11-02"),
            booked(6, "Journal Entry", "JV-1", "INV-USD-1", 0, 50, "2026-11-02"),
            booked(7, "Journal Entry", "JV-2", "INV-USD-2", 0, 10, "2026-11-02"),
        ]
    )


def unreconcile(books: sa.Connection) -> tuple[str, str]:
    """Undo what one payment settles, as ERPNext does: its rows are delinked, and one of its own takes their place."""
    payment, invoice = books.execute(
        sa.text(
            "select voucher_no, min(against_voucher_no) from `tabPayment Ledger Entry` "
            "where voucher_type = 'Payment Entry' and delinked = 0 group by voucher_no "
            "having count(*) = 1 and min(against_voucher_type) = 'Sales Invoice' order by voucher_no limit 1"
        )
    ).one()
    keys = {"payment": payment, "later": LATER}
    books.execute(
        sa.text(
            "insert into `tabPayment Ledger Entry` (name, modified, docstatus, posting_date, due_date, company, "
            "account_type, account, account_currency, party_type, party, voucher_type, voucher_no, "
            "against_voucher_type, against_voucher_no, amount, amount_in_account_currency, delinked) "
            "select 'unreconciled', :later, 1, posting_date, due_date, company, account_type, account, "
            "account_currency, party_type, party, voucher_type, voucher_no, voucher_type, voucher_no, amount, "
            "amount_in_account_currency, 0 from `tabPayment Ledger Entry` where voucher_no = :payment and delinked = 0"
        ),
        keys,
    )
    books.execute(
        sa.text(
            "update `tabPayment Ledger Entry` set delinked = 1, modified = :later "
            "where voucher_no = :payment and name <> 'unreconciled'"
        ),
        keys,
    )
    return payment, invoice


def cancel(books: sa.Connection, invoice: str) -> str:
    """Cancel a payment of another invoice as ERPNext does."""
    find = sa.text(
        "select voucher_no from `tabPayment Ledger Entry` where voucher_type = 'Payment Entry' and delinked = 0 "
        "and against_voucher_type = 'Sales Invoice' and against_voucher_no <> :invoice order by voucher_no limit 1"
    )
    payment = str(books.execute(find, {"invoice": invoice}).scalar_one())
    for statement in (
        "update `tabPayment Entry` set docstatus = 2, modified = :later where name = :payment",
        "update `tabPayment Ledger Entry` set delinked = 1, modified = :later where voucher_no = :payment",
        "update `tabGL Entry` set is_cancelled = 1, modified = :later where voucher_no = :payment",
    ):
        books.execute(sa.text(statement), {"later": LATER, "payment": payment})
    return payment


def rename(books: sa.Connection) -> tuple[str, str]:
    """Rename a customer: ERPNext rewrites every row that names it, and sets `modified` of none of them."""
    old, new = "Núñez Client 015", "Núñez & Fils"
    for table, column in (
        ("tabCustomer", "name"),
        ("tabSales Invoice", "customer"),
        ("tabPayment Entry", "party"),
        ("tabPayment Ledger Entry", "party"),
        ("tabGL Entry", "party"),
        ("tabDynamic Link", "link_name"),
    ):
        books.execute(
            sa.text(f"update `{table}` set `{column}` = :new where `{column}` = :old"), {"old": old, "new": new}
        )
    books.execute(sa.text("delete from `tabSales Invoice` where docstatus = 0 order by name limit 1"))
    return old, new


@pytest.fixture(scope="module")
def changed(mariadb: MariaDB, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    url = mariadb.create("erpnext_changed")
    mariadb.run("erpnext_changed", gzip.decompress((shared_data / "erpnext" / "erpnext15.sql.gz").read_bytes()))
    home = tmp_path_factory.mktemp("changed")
    engine = sa.create_engine(url.replace("mariadb://", "mysql+pymysql://"), isolation_level="AUTOCOMMIT")
    with pytest.MonkeyPatch.context() as patch, engine.connect() as books:
        patch.setenv("DUEBOOK_HOME", str(home))
        patch.setenv("DAGSTER_HOME", str(home / "data" / ".dagster"))
        (home / "data" / ".dagster").mkdir(parents=True)
        patch.setenv("TEST_ERPNEXT_URL", url)
        before = run_erpnext(Workspace(home), DAY)
        undone = unreconcile(books)
        cancelled = cancel(books, undone[1])
        mariadb.run("erpnext_changed", dollars())
        renamed = rename(books)
        # Every audit has to pass again: the run fails otherwise.
        after = run_erpnext(Workspace(home), DAY)
        yield Changed(before, after, books, undone, cancelled, renamed)
    engine.dispose()


def by_document(books: sa.Connection) -> dict[str, tuple[Decimal, Decimal]]:
    """The outstanding amount of each voucher as ERPNext defines it, in account and company currency."""
    rows = books.execute(
        sa.text(
            "select against_voucher_no, sum(amount_in_account_currency), sum(amount) from `tabPayment Ledger Entry` "
            "where delinked = 0 group by against_voucher_no having sum(amount) <> 0"
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def test_every_voucher_is_open_for_its_outstanding_amount(changed: Changed) -> None:
    assert changed.open_by_document(changed.after) == by_document(changed.books)


def test_a_payment_that_was_unreconciled_is_a_credit_and_its_invoice_is_owed_again(changed: Changed) -> None:
    payment, invoice = changed.undone
    assert payment not in changed.open_by_document(changed.before)
    owed_again = changed.open_by_document(changed.after)
    credit = -owed_again[payment][0]
    assert credit > 0
    assert owed_again[invoice][0] - changed.open_by_document(changed.before).get(invoice, (Decimal(0),))[0] == credit


def test_a_cancelled_payment_is_no_item_and_what_it_paid_is_owed_again(changed: Changed) -> None:
    items = {row["document_number"]: row["amount"] for row in changed.before.rows("select * from item")}
    assert not changed.after.rows("select * from item where document_number = $payment", {"payment": changed.cancelled})

    def total(snapshot: Snapshot) -> Decimal:
        return sum((home for _, home in changed.open_by_document(snapshot).values()), Decimal(0))

    in_dollars = Decimal(900 + 450 - 950 - 190 - 48 + 50 + 10)
    assert total(changed.after) - total(changed.before) == -items[changed.cancelled] + in_dollars


def test_a_renamed_customer_keeps_its_documents_under_its_new_name(changed: Changed) -> None:
    old, new = changed.renamed
    totals = [
        {row["customer_id"]: row["total"] for row in reports.run(snapshot, "ageing").table.to_pylist()}
        for snapshot in (changed.before, changed.after)
    ]
    assert totals[0][old] == totals[1][new] != 0
    assert old not in totals[1]


def test_a_deleted_draft_is_no_longer_counted(changed: Changed) -> None:
    counts = [
        snapshot.rows("select * from run_summary where entity = 'tabSales Invoice'")[0]["rows_left_out"]
        for snapshot in (changed.before, changed.after)
    ]
    assert counts[0] - counts[1] == 1


def test_a_paid_invoice_in_dollars_leaves_nothing_open_in_euros_either(changed: Changed) -> None:
    opened = changed.open_by_document(changed.after)
    assert "INV-USD-1" not in opened
    assert opened["INV-USD-2"] == (Decimal(300), Decimal(270))
    assert opened["PAY-USD"] == (Decimal(-50), Decimal(-48))
    assert not {"JV-1", "JV-2"} & set(opened)
    kinds = changed.after.rows("select distinct kind from item where document_number like 'JV-%'")
    assert kinds == [{"kind": "fx_difference"}]


def test_the_dollar_account_agrees_in_dollars_and_in_euros(changed: Changed) -> None:
    rows = reports.run(changed.after, "control-totals").table.to_pylist()
    assert {row["currency"] for row in rows} == {"EUR", "USD"}
    assert {row["difference"] for row in rows} == {Decimal(0)}
