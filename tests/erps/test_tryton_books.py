"""A real Tryton 8.2 database: every figure equals the one Tryton itself gives."""

from __future__ import annotations

import csv
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from clients import run_tryton
from connectors.base import ColumnType
from connectors.erps.tryton import TrytonConnector
from duebook import reports
from duebook.snapshot import Snapshot
from duebook.workspace import Workspace

CENT = Decimal("0.01")
ORACLE_DAY = date(2026, 6, 30)
TODAY = date(2026, 11, 21)
RECEIVABLE = """
    from account_move_line line
    join account_move move on move.id = line.move
    join account_account account on account.id = line.account
    join account_account_type kind on kind.id = account.type
    where kind.receivable and move.state = 'posted' and move.company = 1
"""
# How Tryton itself arrives at what is to be paid of an invoice: its own open lines and the open lines linked to it.
TO_PAY = """
    with part as (
        select invoice.id as invoice, line.id as line from account_invoice invoice
        join account_move_line line on line.move = invoice.move and line.account = invoice.account
        union select link.invoice, link.line from "account_invoice-account_move_line" link
    )
    select part.invoice, round(sum(coalesce(line.amount_second_currency, line.debit - line.credit)), 2)
    from part join account_move_line line on line.id = part.line
    where line.reconciliation is null
    group by part.invoice
"""


def truth(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "tryton" / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def books(tryton_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(tryton_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def at_home(report: reports.Report) -> dict[str, Decimal]:
    """Home-currency total by party."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in report.table.to_pylist():
        totals[row["customer_id"]] += row["total_home"]
    return {party: total for party, total in totals.items() if total}


def open_invoices(snapshot: Snapshot, day: date) -> dict[int, Decimal]:
    """What is open of each invoice and credit note at the end of a day, in its own currency."""
    rows = snapshot.rows(
        f"""
        select item.document_id, sum(open_interval.open_amount) as open_amount
        from open_interval inner join item on open_interval.item_key = item.item_key
        where
            open_interval.valid_from <= date '{day}' and date '{day}' < open_interval.valid_to
            and item.document_id like 'account.invoice,%'
        group by item.document_id
        """
    )
    return {int(row["document_id"].partition(",")[2]): row["open_amount"] for row in rows if row["open_amount"]}


def test_each_partys_balance_is_that_of_the_aged_balance(tryton_snapshot: Snapshot, shared_data: Path) -> None:
    rows = truth(shared_data, "aged_balance_2026-06-30.csv")
    expected = {row["party_id"]: Decimal(row["balance"]) for row in rows if Decimal(row["balance"])}
    ours = at_home(reports.run(tryton_snapshot, "ageing", ORACLE_DAY))
    assert ours == expected
    assert len(rows) > 100
    assert sum(ours.values()) == Decimal("590314.14")


def test_the_receivable_accounts_have_the_balance_of_the_general_ledger(
    tryton_snapshot: Snapshot, shared_data: Path
) -> None:
    expected = sum(Decimal(row["balance"]) for row in truth(shared_data, "receivable_account_2026-06-30.csv"))
    (row,) = tryton_snapshot.rows(
        f"select closing from balance_by_day where scope = 'home' and day = date '{ORACLE_DAY}'"
    )
    assert row["closing"] == expected


def test_each_invoices_open_amount_now_is_its_amount_to_pay(tryton_snapshot: Snapshot, shared_data: Path) -> None:
    rows = truth(shared_data, "invoice_amounts_now.csv")
    assert len(rows) == 1914
    expected = {int(row["invoice_id"]): Decimal(row["amount_to_pay"]) for row in rows}
    assert open_invoices(tryton_snapshot, TODAY) == {key: amount for key, amount in expected.items() if amount}


def test_each_term_of_the_aged_balance_follows_from_our_items_by_trytons_rule(
    tryton_snapshot: Snapshot, shared_data: Path
) -> None:
    """Our buckets are not Tryton's terms: its first is 0 to 29 days, a group counts as settled only from the latest
    of all its dates, due dates included, and partial payments stand beside their invoices. Items and allocations say
    enough to compute the terms all the same.
    """
    rows = tryton_snapshot.rows(
        f"""
        with members as (
            select split_part(allocation_id, '/', 1) as settlement, debit_item_key as item_key from allocation
            where allocation_id like 'account.move.reconciliation,%'
            union
            select split_part(allocation_id, '/', 1) as settlement, credit_item_key as item_key from allocation
            where allocation_id like 'account.move.reconciliation,%'
        ),
        settled as (
            select members.item_key,
                max(greatest(item.due_on, item.posted_on)) over (partition by members.settlement) as settled_on
            from members inner join item on members.item_key = item.item_key
        )
        select item.customer_id, date '{ORACLE_DAY}' - item.due_on as days, item.amount_home as amount
        from item left join settled on item.item_key = settled.item_key
        where
            item.posted_on <= date '{ORACLE_DAY}' and item.due_on <= date '{ORACLE_DAY}'
            and (settled.settled_on is null or settled.settled_on > date '{ORACLE_DAY}')
        """
    )
    terms = ("term0_0_29", "term1_30_59", "term2_60_89", "term3_90plus")
    ours: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        ours[row["customer_id"], terms[min(row["days"] // 30, 3)]] += row["amount"]
    expected = {
        (row["party_id"], term): Decimal(row[term])
        for row in truth(shared_data, "aged_balance_2026-06-30.csv")
        for term in terms
    }
    assert {key: amount for key, amount in ours.items() if amount} == {
        key: amount for key, amount in expected.items() if amount
    }


def test_the_ledger_equals_the_receivable_accounts_on_every_day(
    tryton_snapshot: Snapshot, books: sa.Connection
) -> None:
    statement = (
        f"select move.date, sum(sum(line.debit - line.credit)) over (order by move.date) {RECEIVABLE} group by 1"
    )
    expected = {row[0]: row[1] for row in books.execute(sa.text(statement))}
    assert len(expected) > 500
    rows = tryton_snapshot.rows("select day, closing from balance_by_day where scope = 'home'")
    ours = {row["day"]: row["closing"] for row in rows}
    assert {day: ours[day] for day in expected} == expected


def test_what_is_open_now_in_each_currency_is_what_tryton_has_not_reconciled(
    tryton_snapshot: Snapshot, books: sa.Connection
) -> None:
    statement = f"""
        select coalesce(line.second_currency, 46), sum(coalesce(line.amount_second_currency, line.debit - line.credit))
        {RECEIVABLE} and line.reconciliation is null group by 1
    """
    codes = {row[0]: row[1] for row in books.execute(sa.text("select id, code from currency_currency"))}
    expected = {codes[row[0]]: row[1] for row in books.execute(sa.text(statement))}
    assert set(expected) == {"EUR", "USD", "GBP", "CHF", "JPY"}
    rows = tryton_snapshot.rows(
        f"select currency, closing from balance_by_day where scope = 'document' and day = date '{TODAY}'"
    )
    assert {row["currency"]: row["closing"] for row in rows} == expected


def test_no_control_total_differs_in_any_currency(tryton_snapshot: Snapshot) -> None:
    rows = reports.run(tryton_snapshot, "control-totals").table.to_pylist()
    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP", "CHF", "JPY"}
    assert {row["difference"] for row in rows} == {Decimal(0)}


def test_a_bill_paid_by_then_is_not_open_though_its_exchange_difference_was_booked_later(
    tryton_snapshot: Snapshot, books: sa.Connection
) -> None:
    """Tryton dates such a group by the exchange difference; the customer paid long before, and is not to be chased."""
    paid = books.execute(
        sa.text(
            f"""
            with money as (
                select link.invoice, -sum(coalesce(line.amount_second_currency, line.debit - line.credit)) as amount
                from "account_invoice-account_move_line" link
                join account_move_line line on line.id = link.line
                join account_move move on move.id = line.move
                where move.date <= date '{ORACLE_DAY}'
                group by link.invoice
            ),
            dated_late as (
                select distinct line.move from account_move_line line
                join account_move_reconciliation reconciliation on reconciliation.id = line.reconciliation
                where reconciliation.date > date '{ORACLE_DAY}'
            )
            select invoice.id from account_invoice invoice
            join money on money.invoice = invoice.id and money.amount = invoice.total_amount_cache
            join dated_late on dated_late.move = invoice.move
            where invoice.state = 'paid' and invoice.total_amount_cache > 0
            """
        )
    ).scalars()
    late = set(paid)
    assert len(late) > 100
    assert not late & set(open_invoices(tryton_snapshot, ORACLE_DAY))


def test_the_kinds_are_those_of_the_documents(tryton_snapshot: Snapshot, books: sa.Connection) -> None:
    rows = tryton_snapshot.rows("select kind, sum(amount_home) as amount from item group by kind")
    ours = {row["kind"]: row["amount"] for row in rows}
    by_journal = f"select move.journal, sum(line.debit - line.credit) {RECEIVABLE} group by move.journal"
    posted = {row[0]: row[1] for row in books.execute(sa.text(by_journal))}
    invoiced = books.execute(
        sa.text(
            """
            select sum(line.debit - line.credit) filter (where invoice.total_amount_cache > 0)
            from account_invoice invoice join account_move_line line
                on line.move = invoice.move and line.account = invoice.account
            """
        )
    ).scalar()
    assert ours["payment"] == posted[3]
    assert ours["write_off"] + ours["fx_difference"] == posted[8]
    assert ours["invoice"] == invoiced
    assert set(ours) == {"invoice", "credit_note", "payment", "write_off", "fx_difference"}


def test_every_line_is_used(tryton_snapshot: Snapshot, books: sa.Connection) -> None:
    count = books.execute(sa.text(f"select count(*) {RECEIVABLE}")).scalar()
    (summary,) = tryton_snapshot.rows("select * from run_summary where source = 'erp'")
    assert (summary["rows_used"], summary["rows_rejected"]) == (count, 0)
    assert tryton_snapshot.rows("select * from rejected") == []


def test_customers_have_the_language_address_and_contacts_of_their_party(
    tryton_snapshot: Snapshot, books: sa.Connection
) -> None:
    statement = """
        select party.id, lang.code, country.code, address.city, credit.credit_limit_amount
        from party_party party
        join party_party_lang choice on choice.party = party.id join ir_lang lang on lang.id = choice.lang
        join party_address address on address.party = party.id
        join country_country country on country.id = address.country
        join party_party_credit_limit_amount credit on credit.party = party.id
        where exists (select 1 from account_move_line line where line.party = party.id)
    """
    expected = {str(row[0]): tuple(row[1:]) for row in books.execute(sa.text(statement))}
    rows = tryton_snapshot.rows("select customer_id, language, country, city, credit_limit from customer")
    ours = {row["customer_id"]: (row["language"], row["country"], row["city"], row["credit_limit"]) for row in rows}
    assert len(expected) > 150
    assert ours == expected
    (emails,) = tryton_snapshot.rows("select count(email) as emails, count(phone) as phones from contact")
    statement = """
        select count(*) filter (where type = 'email'), count(*) filter (where type = 'phone')
        from party_contact_mechanism where party in (select party from account_move_line)
    """
    assert tuple(emails.values()) == tuple(books.execute(sa.text(statement)).one())


def test_lines_whose_dunning_is_blocked_are_disputed_and_not_chased(
    tryton_snapshot: Snapshot, books: sa.Connection
) -> None:
    blocked = set(books.execute(sa.text("select cast(line as varchar) from account_dunning where blocked")).scalars())
    assert blocked
    assert {row["item_id"] for row in tryton_snapshot.rows("select item_id from item where disputed")} == blocked
    late = tryton_snapshot.rows(
        f"""
        select item.item_id, suppressed.item_key is not null as is_held
        from open_interval inner join item on open_interval.item_key = item.item_key
        left join suppressed on item.item_key = suppressed.item_key and suppressed.reason = 'disputed'
        where
            open_interval.open_amount > 0 and open_interval.valid_to = date '9999-12-31'
            and item.due_on < date '{TODAY}'
        """
    )
    assert {row["item_id"] for row in late if row["is_held"]} == blocked & {row["item_id"] for row in late} != set()


SQLITE_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.MONEY: "NUMERIC",
    ColumnType.RATE: "NUMERIC",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.BOOLEAN: "BOOLEAN",
}


def as_sqlite_keeps_it(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def sqlite(books: sa.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The same tables in SQLite, with the types and spellings Tryton itself uses there."""
    file = tmp_path_factory.mktemp("tryton") / "tryton.sqlite"
    with sqlite3.connect(file, isolation_level=None) as copy:
        for entity in TrytonConnector.tables:
            table = sa.table(entity.name)
            present = {column["name"] for column in sa.inspect(books).get_columns(entity.name)}
            columns = [column for column in entity.columns if column.name in present]
            typed = ", ".join(f'"{column.name}" {SQLITE_TYPES[column.type]}' for column in columns)
            copy.execute(f'create table "{entity.name}" ({typed})')
            selected = sa.select(*(sa.column(column.name) for column in columns)).select_from(table)
            rows = [tuple(map(as_sqlite_keeps_it, row)) for row in books.execute(selected)]
            marks = ", ".join("?" * len(columns))
            copy.execute("begin")
            copy.executemany(f'insert into "{entity.name}" values ({marks})', rows)
            copy.execute("commit")
        for column in ("id", "move", "reconciliation"):
            copy.execute(f"create index line_{column} on account_move_line ({column})")
        yield copy
    copy.close()


def run_on(sqlite: sqlite3.Connection, workspace: Workspace) -> Snapshot:
    (_, _, file) = sqlite.execute("pragma database_list").fetchone()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_TRYTON_URL", f"sqlite:///{file}")
        return run_tryton(workspace, TODAY, "tryton_sqlite")


def to_pay(sqlite: sqlite3.Connection) -> dict[int, Decimal]:
    rows = sqlite.execute(TO_PAY).fetchall()
    return {number: Decimal(str(amount)).quantize(CENT) for number, amount in rows if abs(amount) >= CENT / 2}


def test_sqlite_gives_the_same_and_what_was_unreconciled_since_is_open_again(
    reference_workspace: Workspace, tryton_snapshot: Snapshot, sqlite: sqlite3.Connection
) -> None:
    copy = run_on(sqlite, reference_workspace)
    assert at_home(reports.run(copy, "ageing", ORACLE_DAY)) == at_home(
        reports.run(tryton_snapshot, "ageing", ORACLE_DAY)
    )
    before = open_invoices(copy, TODAY)
    assert before == open_invoices(tryton_snapshot, TODAY) == to_pay(sqlite)

    # Two invoices that were paid in full: the payment of one is taken off it, that of the other stays linked to it.
    (paid, total, undone), (linked, _, undone_too) = sqlite.execute(
        """
        select link.invoice, line.debit, line.reconciliation
        from "account_invoice-account_move_line" link
        join account_invoice invoice on invoice.id = link.invoice
        join account_move_line line on line.move = invoice.move and line.account = invoice.account
        join account_move_line payment on payment.id = link.line and payment.reconciliation = line.reconciliation
        where line.second_currency is null and line.debit = payment.credit
        limit 2
        """
    )
    assert not {paid, linked} & set(before)
    for number in (undone, undone_too):
        sqlite.execute("delete from account_move_reconciliation where id = ?", [number])
        sqlite.execute(
            "update account_move_line set reconciliation = null, write_date = '2026-11-22 08:00:00'"
            " where reconciliation = ?",
            [number],
        )
    sqlite.execute('delete from "account_invoice-account_move_line" where invoice = ?', [paid])
    after = run_on(sqlite, reference_workspace)
    open_now = open_invoices(after, TODAY)
    assert open_now[paid] == Decimal(str(total))
    assert linked not in open_now
    assert open_now == to_pay(sqlite)
    assert at_home(reports.run(after, "ageing")) == at_home(reports.run(copy, "ageing"))
