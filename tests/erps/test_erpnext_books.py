"""A real ERPNext 15 database: every figure equals the one ERPNext itself gives."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from duebook import reports
from duebook.snapshot import Snapshot

CENT = Decimal("0.01")
ORACLE_DAY = date(2026, 6, 30)
# The report has no column for what is not due yet, and counts what is due today as its first range.
RANGES = {
    "not_due": None,
    "days_1_30": "range1",
    "days_31_60": "range2",
    "days_61_90": "range3",
    "days_91_120": "range4",
    "days_over_120": "range5",
}


def truth(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "erpnext" / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def to_the_cent(text: str) -> Decimal:
    """ERPNext's reports sum floats: 4067.3600000000006 means 4067.36."""
    return Decimal(text).quantize(CENT)


@pytest.fixture(scope="module")
def books(erpnext_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(erpnext_url.replace("mariadb://", "mysql+pymysql://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def open_items(erpnext_snapshot: Snapshot) -> list[dict[str, object]]:
    """What is open on the oracle's day, credits by their own date as in ERPNext's report."""
    return reports.run(erpnext_snapshot, "open-items", ORACLE_DAY, credits="aged").table.to_pylist()


def test_each_customers_balance_is_that_of_the_receivable_summary(
    erpnext_snapshot: Snapshot, shared_data: Path
) -> None:
    expected = {
        row["party"]: to_the_cent(row["outstanding"]) for row in truth(shared_data, "ar_summary_2026-06-30.csv")
    }
    rows = reports.run(erpnext_snapshot, "ageing", ORACLE_DAY).table.to_pylist()
    assert {row["currency"] for row in rows} == {"EUR"}
    # The summary leaves out a customer whose open documents cancel each other out.
    assert {row["customer"]: row["total"] for row in rows if row["total"]} == expected
    assert sum(expected.values()) == Decimal("46228.42")


def test_each_vouchers_balance_is_that_of_the_receivable_report(
    open_items: list[dict[str, object]], shared_data: Path
) -> None:
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for row in open_items:
        ours[str(row["document_number"])] += row["open_amount"]
    assert dict(ours) == {
        row["voucher_no"]: to_the_cent(row["outstanding"]) for row in truth(shared_data, "ar_2026-06-30.csv")
    }


def test_each_document_with_one_due_date_is_in_the_bucket_of_the_receivable_report(
    erpnext_snapshot: Snapshot, open_items: list[dict[str, object]], shared_data: Path
) -> None:
    single = "select document_number from item group by document_number having count(*) = 1"
    one_due_date = {row["document_number"] for row in erpnext_snapshot.rows(single)}
    ours = {
        row["document_number"]: (RANGES[str(row["bucket"])], row["days_past_due"], row["open_amount"])
        for row in open_items
        if row["document_number"] in one_due_date
    }
    expected = {}
    for row in truth(shared_data, "ar_2026-06-30.csv"):
        column = next((name for name in filter(None, RANGES.values()) if Decimal(row[name])), None)
        if row["voucher_no"] in one_due_date:
            expected[row["voucher_no"]] = (column, int(row["age"]), to_the_cent(row["outstanding"]))
    assert len(expected) > 30
    assert ours == expected


def test_each_customers_buckets_are_those_of_the_summary_with_instalments_taken_at_their_last_due_date(
    erpnext_snapshot: Snapshot, open_items: list[dict[str, object]], shared_data: Path
) -> None:
    """The report puts an invoice with several due dates into the range of the last of them."""
    last_due = {
        row["document_number"]: row["due_on"]
        for row in erpnext_snapshot.rows("select document_number, max(due_on) as due_on from item group by 1")
    }
    ours: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in open_items:
        age = (ORACLE_DAY - last_due[row["document_number"]]).days
        if age >= 0:
            column = next((f"range{n}" for n, edge in enumerate((30, 60, 90, 120), start=1) if age <= edge), "range5")
            ours[str(row["customer"]), column] += row["open_amount"]
    expected = {
        (row["party"], column): to_the_cent(row[column])
        for row in truth(shared_data, "ar_summary_2026-06-30.csv")
        for column in filter(None, RANGES.values())
    }
    # The summary leaves out a customer whose open documents cancel each other out.
    listed = {customer for customer, _ in expected}
    assert {key: amount for key, amount in ours.items() if amount and key[0] in listed} == {
        key: amount for key, amount in expected.items() if amount
    }


def test_what_is_open_of_an_invoice_stands_in_the_instalments_due_last(
    open_items: list[dict[str, object]], books: sa.Connection, shared_data: Path
) -> None:
    """Payments go to the instalment due first, by ERPNext's own schedule; a rounding cent goes with the first."""
    schedule: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    statement = "select parent, due_date, payment_amount from `tabPayment Schedule` order by parent, due_date desc"
    for parent, due_date, amount in books.execute(sa.text(statement)):
        schedule[parent].append((due_date, amount))
    ours: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in open_items:
        ours[str(row["document_number"])][row["due_on"]] = row["open_amount"]
    several = 0
    for row in truth(shared_data, "ar_2026-06-30.csv"):
        instalments = schedule.get(row["voucher_no"], [])
        if len(instalments) < 2:
            continue
        several += 1
        rest = to_the_cent(row["outstanding"])
        expected = {}
        for due_date, amount in instalments[:-1]:
            expected[due_date] = min(rest, amount.quantize(CENT))
            rest -= expected[due_date]
        expected[instalments[-1][0]] = rest
        assert ours[row["voucher_no"]] == {day: amount for day, amount in expected.items() if amount}, row["voucher_no"]
    assert several > 10


def test_each_invoices_open_amount_now_is_its_outstanding_amount(erpnext_snapshot: Snapshot, shared_data: Path) -> None:
    ours = {
        row["document_number"]: row["open_amount"]
        for row in erpnext_snapshot.rows(
            """
            select item.document_number, sum(open_interval.open_amount) as open_amount
            from open_interval inner join item on open_interval.item_key = item.item_key
            where open_interval.valid_to = date '9999-12-31' and item.kind in ('invoice', 'credit_note')
            group by 1
            """
        )
    }
    expected = {
        row["name"]: to_the_cent(row["outstanding_amount"])
        for row in truth(shared_data, "sales_invoices_now.csv")
        if row["docstatus"] == "1"
    }
    assert len(expected) == 262
    assert ours == {name: amount for name, amount in expected.items() if amount}


def test_drafts_and_cancelled_documents_are_left_out_and_counted(erpnext_snapshot: Snapshot, shared_data: Path) -> None:
    rows = truth(shared_data, "sales_invoices_now.csv")
    left_out = {row["name"]: Decimal(row["outstanding_amount"]) for row in rows if row["docstatus"] != "1"}
    assert any(left_out.values()), "they keep an outstanding amount in ERPNext"
    summary = {row["entity"]: row for row in erpnext_snapshot.rows("select * from run_summary")}
    assert summary["tabSales Invoice"]["rows_landed"] == len(rows)
    assert summary["tabSales Invoice"]["rows_left_out"] == len(left_out)
    assert summary["tabPayment Entry"]["rows_left_out"] == 1
    assert {row["rows_rejected"] for row in summary.values()} == {0}
    numbers = {row["document_number"] for row in erpnext_snapshot.rows("select document_number from item")}
    assert not numbers & set(left_out)


def account_balances(books: sa.Connection) -> dict[date, Decimal]:
    """ERPNext's receivable accounts at the end of each day with a posting, computed by its database alone."""
    rows = books.execute(
        sa.text(
            """
            select gl.posting_date, sum(sum(gl.debit - gl.credit)) over (order by gl.posting_date)
            from `tabGL Entry` gl join tabAccount account on account.name = gl.account
            where account.account_type = 'Receivable' and gl.is_cancelled = 0
            group by gl.posting_date
            """
        )
    )
    return {row[0]: row[1] for row in rows}


def test_the_ledger_equals_the_receivables_account_on_every_day(
    erpnext_snapshot: Snapshot, books: sa.Connection
) -> None:
    expected = account_balances(books)
    assert len(expected) > 300
    ours = {
        row["day"]: row["closing"]
        for row in erpnext_snapshot.rows("select day, closing from balance_by_day where scope = 'home'")
    }
    assert {day: ours[day] for day in expected} == expected


def test_no_control_total_differs(erpnext_snapshot: Snapshot) -> None:
    rows = reports.run(erpnext_snapshot, "control-totals").table.to_pylist()
    assert rows
    assert {row["difference"] for row in rows} == {Decimal(0)}


def test_individuals_are_kept_but_are_no_businesses(erpnext_snapshot: Snapshot, books: sa.Connection) -> None:
    kinds = {row[0]: row[1] for row in books.execute(sa.text("select name, customer_type from tabCustomer"))}
    ours = {row["customer_id"]: row["is_business"] for row in erpnext_snapshot.rows("select * from customer")}
    assert ours == {name: kinds[name] == "Company" for name in ours}
    assert set(ours.values()) == {True, False}


def test_each_customer_has_its_contact_language_country_and_tax_number(
    erpnext_snapshot: Snapshot, books: sa.Connection
) -> None:
    statement = """
        select
            link.link_name, contact.email_id, customer.language, customer.tax_id, upper(country.code), address.pincode
        from tabContact contact
        join `tabDynamic Link` link on link.parent = contact.name and link.parenttype = 'Contact'
        join tabCustomer customer on customer.name = link.link_name
        join `tabDynamic Link` place on place.link_name = customer.name and place.parenttype = 'Address'
        join tabAddress address on address.name = place.parent
        join tabCountry country on country.name = address.country
    """
    expected = {row[0]: tuple(row[1:]) for row in books.execute(sa.text(statement))}
    ours = {
        row["customer_id"]: (row["email"], row["language"], row["tax_id"], row["country"], row["postcode"])
        for row in erpnext_snapshot.rows(
            """
            select customer.*, contact.email
            from customer inner join contact on contact.customer_key = customer.customer_key
            """
        )
    }
    assert ours == {name: expected[name] for name in ours}
    assert len(ours) > 30
