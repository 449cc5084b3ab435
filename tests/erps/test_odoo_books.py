"""A real Odoo 18 database: every figure equals the one Odoo itself gives."""

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
BUCKETS = {
    "current": "not_due",
    "d1_30": "days_1_30",
    "d31_60": "days_31_60",
    "d61_90": "days_61_90",
    "d91_120": "days_91_120",
    "older": "days_over_120",
}


def truth(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "odoo" / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def to_the_cent(text: str) -> Decimal:
    """Odoo's own reports sum floats: 99298.15000000001 means 99298.15."""
    return Decimal(text).quantize(CENT)


@pytest.fixture(scope="module")
def books(odoo_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(odoo_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def at_home(report: reports.Report) -> dict[str, Decimal]:
    """Home-currency total by customer name."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in report.table.to_pylist():
        totals[row["customer"]] += row["total_home"]
    return {name: total for name, total in totals.items() if total}


def test_each_customers_balance_is_that_of_the_aged_partner_balance(odoo_snapshot: Snapshot, shared_data: Path) -> None:
    expected = {
        row["partner"]: to_the_cent(row["residual"])
        for row in truth(shared_data, "oca_aged_2026-06-30.csv")
        if to_the_cent(row["residual"])
    }
    assert at_home(reports.run(odoo_snapshot, "ageing", ORACLE_DAY)) == expected
    assert sum(expected.values()) == Decimal("407779.24")


def test_each_bucket_is_that_of_the_aged_partner_balance_once_credits_are_aged(
    odoo_snapshot: Snapshot, shared_data: Path
) -> None:
    """The report is in company currency; ours gives buckets in document currency, so the open items are summed."""
    ours: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in reports.run(odoo_snapshot, "open-items", ORACLE_DAY, credits="aged").table.to_pylist():
        ours[row["customer"], row["bucket"]] += row["open_amount_home"]
    expected = {
        (row["partner"], bucket): to_the_cent(row[column])
        for row in truth(shared_data, "oca_aged_2026-06-30.csv")
        for column, bucket in BUCKETS.items()
    }
    assert {key: amount for key, amount in ours.items() if amount} == {
        key: amount for key, amount in expected.items() if amount
    }


def test_each_customers_balance_now_is_odoos_own(odoo_snapshot: Snapshot, shared_data: Path) -> None:
    expected = {
        row["name"]: to_the_cent(row["credit_total_receivable"])
        for row in truth(shared_data, "partner_credit_now.csv")
        if to_the_cent(row["credit_total_receivable"])
    }
    ours = at_home(reports.run(odoo_snapshot, "ageing"))
    assert ours == expected
    assert sum(ours.values()) == Decimal("423854.85")


def test_each_documents_open_amount_now_is_its_residual(odoo_snapshot: Snapshot, shared_data: Path) -> None:
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for row in odoo_snapshot.rows(
        """
        select item.document_id, open_interval.open_amount
        from open_interval inner join item on open_interval.item_key = item.item_key
        where open_interval.valid_to = date '9999-12-31' and item.kind in ('invoice', 'credit_note')
        """
    ):
        ours[row["document_id"]] += row["open_amount"]
    expected = {
        row["id"]: to_the_cent(row["amount_residual"]) * (-1 if row["move_type"] == "out_refund" else 1)
        for row in truth(shared_data, "moves_now.csv")
        if row["state"] == "posted" and row["move_type"] in ("out_invoice", "out_refund")
    }
    assert len(expected) > 800
    assert dict(ours) == {key: amount for key, amount in expected.items() if amount}


def test_drafts_and_cancelled_documents_are_left_out_and_counted(odoo_snapshot: Snapshot, books: sa.Connection) -> None:
    left_out = books.execute(
        sa.text(
            """
            select count(*) from account_move_line line
            join account_move move on move.id = line.move_id
            join account_account account on account.id = line.account_id
            where account.account_type = 'asset_receivable' and move.state <> 'posted'
            """
        )
    ).scalar_one()
    (summary,) = odoo_snapshot.rows("select * from run_summary where entity = 'account_move_line'")
    assert summary["rows_left_out"] == left_out > 0
    assert summary["rows_rejected"] == 0


def account_balances(books: sa.Connection) -> dict[date, Decimal]:
    """Odoo's receivable accounts at the end of each day with a posting, computed by Odoo's database alone."""
    rows = books.execute(
        sa.text(
            """
            select line.date, sum(sum(line.balance)) over (order by line.date)
            from account_move_line line
            join account_account account on account.id = line.account_id
            where account.account_type = 'asset_receivable' and line.parent_state = 'posted'
            group by line.date
            """
        )
    )
    return {row[0]: row[1] for row in rows}


def test_the_ledger_equals_the_receivables_account_on_every_day(odoo_snapshot: Snapshot, books: sa.Connection) -> None:
    expected = account_balances(books)
    assert len(expected) > 300
    ours = {
        row["day"]: row["closing"]
        for row in odoo_snapshot.rows("select day, closing from balance_by_day where scope = 'home'")
    }
    assert {day: ours[day] for day in expected} == expected


@pytest.mark.parametrize("credits", ["apart", "aged"])
def test_buckets_and_unapplied_add_up_to_the_control_total(
    odoo_snapshot: Snapshot, books: sa.Connection, credits: reports.named.Credits
) -> None:
    balances = account_balances(books)
    for day in (date(2024, 12, 31), date(2025, 5, 17), date(2025, 12, 31), ORACLE_DAY, date(2026, 11, 21)):
        rows = reports.run(odoo_snapshot, "ageing", day, credits=credits).table.to_pylist()
        control = balances[max(posted for posted in balances if posted <= day)]
        assert sum(row["total_home"] for row in rows) == control
        for row in rows:
            parts = sum(row[name] for name in row if name.startswith(("not_due", "days_", "unapplied")))
            assert parts == row["total"]


def test_no_control_total_differs_in_any_currency(odoo_snapshot: Snapshot) -> None:
    rows = reports.run(odoo_snapshot, "control-totals").table.to_pylist()
    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP", "CHF", "JPY"}
    assert {row["difference"] for row in rows} == {Decimal(0)}


def test_month_end_history_is_what_the_report_says_for_that_day(odoo_snapshot: Snapshot) -> None:
    stored = odoo_snapshot.rows(
        "select bucket, sum(open_amount_home) as amount from ageing_by_month where as_of = date '2026-06-30' group by 1"
    )
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for row in reports.run(odoo_snapshot, "open-items", ORACLE_DAY).table.to_pylist():
        asked[row["bucket"]] += row["open_amount_home"]
    assert {row["bucket"]: row["amount"] for row in stored} == dict(asked)
