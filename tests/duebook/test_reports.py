"""The named reports over a small published snapshot, with values worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from duebook import reports
from duebook.errors import ReportError
from duebook.snapshot import PublishedTable, Snapshot, publish
from duebook.workspace import ClientPaths

# Invoice 1: 100 EUR due 9 February, of which 40 were paid on 5 March. Invoice 2: 5,000 yen not due.
# Credit 3: 25 EUR, not used. Invoice 4: 70 EUR due in October, paid on 15 February.
TABLES = {
    "client": "select '{basis}' as ageing_basis",
    "customer": """
        select * from (values ('erp:1', '1', 'Alpha'), ('erp:2', '2', 'beta')) as c(customer_key, customer_id, name)
    """,
    "item": """
        select
            'erp:' || id as item_key, id as item_id, number as document_number, kind,
            'erp:' || customer as customer_key, customer as customer_id,
            issued_on::date as issued_on, due_on::date as due_on, currency,
            amount::decimal(18, 3) as amount, false as disputed
        from (values
            ('1', 'INV/1', 'invoice', '1', '2026-01-10', '2026-02-09', 'EUR', 100),
            ('2', 'INV/2', 'invoice', '1', '2026-03-20', '2026-04-19', 'JPY', 5000),
            ('3', 'CRN/3', 'credit_note', '1', '2026-02-20', '2026-02-20', 'EUR', -25),
            ('4', 'INV/4', 'invoice', '2', '2025-10-01', '2025-10-31', 'EUR', 70)
        ) as i(id, number, kind, customer, issued_on, due_on, currency, amount)
    """,
    "open_interval": """
        select
            item_key, valid_from::date as valid_from, valid_to::date as valid_to,
            open_amount::decimal(18, 3) as open_amount, open_amount_home::decimal(18, 3) as open_amount_home
        from (values
            ('erp:1', '2026-01-10', '2026-03-05', 100, 100),
            ('erp:1', '2026-03-05', '9999-12-31', 60, 60),
            ('erp:2', '2026-03-20', '9999-12-31', 5000, 30.12),
            ('erp:3', '2026-02-20', '9999-12-31', -25, -25),
            ('erp:4', '2025-10-01', '2026-02-15', 70, 70)
        ) as o(item_key, valid_from, valid_to, open_amount, open_amount_home)
    """,
    "ageing_bucket": """
        select * from (values
            (0, 'not_due', null, 0), (1, 'days_1_30', 1, 30), (2, 'days_31_60', 31, 60), (3, 'days_61_90', 61, 90),
            (4, 'days_91_120', 91, 120), (5, 'days_over_120', 121, null)
        ) as b(bucket_order, bucket, from_days, to_days)
    """,
    # What the warehouse has to say of 28 February, worked out by hand as well.
    "ageing_by_month": """
        select date '2026-02-28' as as_of, 'erp:1' as customer_key, 'EUR' as currency, bucket,
            amount::decimal(18, 3) as open_amount
        from (values ('days_1_30', 100), ('unapplied', -25)) as a(bucket, amount)
    """,
    "metrics_by_month": """
        select
            scope, month_end::date as month_end, 'EUR' as currency, 1.0 as opening, 2.0 as sales, 3.0 as cash,
            4.0 as closing, 5.0 as closing_not_due, 6.0 as closing_overdue, 7.0 as dso_simple, 8.0 as dso_countback,
            9.0 as dso_best_possible, 10.0 as average_days_delinquent, 11.0 as cei, 12.0 as cei_per_month,
            13.0 as weighted_days_late, 14.0 as weighted_days_late_floored, 15.0 as closing_unapplied,
            16.0 as sales_window, false as dso_countback_is_minimum
        from (values
            ('document', '2026-02-28'), ('document', '2026-03-31'), ('home', '2026-03-31')
        ) as m(scope, month_end)
    """,
    "control_comparison": """
        select 'erp' as source, scope, 'JPY' as currency, day::date as day, 1.0 as control_balance,
            1.0 as ledger_balance, 0.0 as difference
        from (values ('document', '2026-02-28'), ('home', '2026-02-28'), ('document', '2026-03-31')) as c(scope, day)
    """,
    "rejected": """
        select 'erp' as source, 'invoices' as entity, 'k' as key, 'a.csv' as file, 7 as row_number,
            'due_on' as column_name, 'not a date' as reason, '{{}}' as record
    """,
    "due_step": """
        select '1' as customer_id, 'Alpha' as customer_name, 'EUR' as currency, 60.0 as overdue_amount,
            0.0 as not_due_amount, -25.0 as credit_amount, 35.0 as total_amount, 50 as max_days_past_due,
            'reminder' as step, 1 as step_order, 'email' as channel, 'de' as language, 'A' as contact_name,
            date '2026-02-09' as due_cycle, 'm' as message_key
    """,
    "suppressed": """
        select 'erp:2' as customer_key, 'erp:4' as item_key, 'INV/4' as document_number, 'EUR' as currency,
            70.0 as open_amount, 102 as days_past_due, 'disputed' as reason, 'It is disputed.' as explanation
    """,
}
AS_OF = date(2026, 3, 31)
MakeSnapshot = Callable[..., Snapshot]


@pytest.fixture
def make_snapshot(paths: ClientPaths) -> MakeSnapshot:
    def make(basis: str = "due_date", credits: str = "apart") -> Snapshot:
        with duckdb.connect() as warehouse:
            for name, sql in TABLES.items():
                warehouse.execute(f"create table {name} as {sql.format(basis=basis)}")
            return publish(
                paths,
                warehouse,
                [PublishedTable(name, name) for name in TABLES],
                as_of=AS_OF,
                facts={"home_currency": "EUR", "ageing_credits": credits},
                audit=lambda version: None,
            )

    return make


def amounts(row: dict[str, Any]) -> dict[str, Decimal]:
    """The amounts of an ageing row that are not zero."""
    return {name: value for name, value in row.items() if isinstance(value, Decimal) and value}


def ageing(snapshot: Snapshot, *arguments: Any) -> dict[tuple[str, str], dict[str, Decimal]]:
    rows = reports.run(snapshot, "ageing", *arguments).table.to_pylist()
    return {(row["customer"], row["currency"]): amounts(row) for row in rows}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        (
            "ageing",
            (
                "customer_id, customer, currency, not_due, days_1_30, days_31_60, days_61_90, days_91_120, "
                "days_over_120, unapplied, total, total_home"
            ),
        ),
        (
            "open-items",
            (
                "item_id, document_number, customer_id, issued_on, due_on, currency, amount, open_amount, "
                "days_past_due, bucket"
            ),
        ),
        (
            "metrics-by-month",
            (
                "month_end, currency, opening, sales, cash, closing, closing_not_due, closing_overdue, dso_simple, "
                "dso_countback, dso_best_possible, average_days_delinquent, cei, cei_per_month, weighted_days_late, "
                "weighted_days_late_floored"
            ),
        ),
        ("control-totals", "source, scope, currency"),
        ("rejected", "source, entity, key, file, row_number, column_name, reason, record"),
    ],
)
def test_the_columns_of_a_report_stand_in_their_promised_order(
    make_snapshot: MakeSnapshot, name: str, columns: str
) -> None:
    promised = columns.split(", ")
    report = reports.run(make_snapshot(), name)
    assert report.columns[: len(promised)] == promised
    if name == "ageing":
        assert report.columns == promised
    for money, currency in report.money.items():
        assert money in report.columns
        assert currency in report.columns or currency == "EUR"


def test_every_report_can_be_built_for_the_day_of_the_run(make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    assert {name: reports.run(snapshot, name).table.num_rows for name in reports.NAMES} == {
        "ageing": 2,
        "open-items": 3,
        "metrics-by-month": 2,
        "metrics-by-month-home": 1,
        "control-totals": 3,
        "rejected": 1,
        "outreach-batch": 1,
        "suppressed": 1,
    }


def test_ageing_today_keeps_currencies_and_credits_apart(make_snapshot: MakeSnapshot) -> None:
    assert ageing(make_snapshot()) == {
        ("Alpha", "EUR"): {
            "days_31_60": Decimal(60),
            "unapplied": Decimal(-25),
            "total": Decimal(35),
            "total_home": Decimal(35),
        },
        ("Alpha", "JPY"): {"not_due": Decimal(5000), "total": Decimal(5000), "total_home": Decimal("30.12")},
    }


def test_credits_can_be_aged_by_their_own_date(make_snapshot: MakeSnapshot) -> None:
    aged = {"days_31_60": Decimal(35), "total": Decimal(35), "total_home": Decimal(35)}
    assert ageing(make_snapshot(), None, "aged")["Alpha", "EUR"] == aged
    assert ageing(make_snapshot(credits="aged"))["Alpha", "EUR"] == aged
    assert ageing(make_snapshot(credits="aged"), None, "apart")["Alpha", "EUR"]["unapplied"] == Decimal(-25)


@pytest.mark.parametrize(
    ("day", "alpha", "beta"),
    [
        (date(2026, 2, 9), {"not_due": 100}, {"days_91_120": 70}),
        (date(2026, 2, 10), {"days_1_30": 100}, {"days_91_120": 70}),
        (date(2026, 2, 14), {"days_1_30": 100}, {"days_91_120": 70}),
        (date(2026, 2, 15), {"days_1_30": 100}, None),
        (date(2026, 3, 4), {"days_1_30": 100, "unapplied": -25}, None),
        (date(2026, 3, 5), {"days_1_30": 60, "unapplied": -25}, None),
        (date(2026, 3, 11), {"days_1_30": 60, "unapplied": -25}, None),
        (date(2026, 3, 12), {"days_31_60": 60, "unapplied": -25}, None),
    ],
)
def test_any_past_day_is_told_as_it_was_at_its_end(
    make_snapshot: MakeSnapshot, day: date, alpha: dict[str, int], beta: dict[str, int] | None
) -> None:
    found = ageing(make_snapshot(), day)
    without_totals = {
        customer: {bucket: value for bucket, value in row.items() if not bucket.startswith("total")}
        for (customer, _), row in found.items()
    }
    expected = {"Alpha": {bucket: Decimal(value) for bucket, value in alpha.items()}}
    if beta:
        expected["beta"] = {bucket: Decimal(value) for bucket, value in beta.items()}
    assert without_totals == expected


def test_a_day_before_the_first_document_is_an_empty_report(make_snapshot: MakeSnapshot) -> None:
    report = reports.run(make_snapshot(), "ageing", date(2020, 2, 29))
    assert report.table.num_rows == 0
    assert "days_over_120" in report.columns


def test_a_client_that_ages_by_document_date_has_other_buckets(make_snapshot: MakeSnapshot) -> None:
    assert "days_31_60" in ageing(make_snapshot(basis="document_date"), date(2026, 2, 10))["Alpha", "EUR"]


def test_a_month_end_equals_what_the_warehouse_keeps_for_it(make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    kept = snapshot.rows("select bucket, open_amount from ageing_by_month where as_of = date '2026-02-28'")
    report = ageing(snapshot, date(2026, 2, 28))["Alpha", "EUR"]
    assert {row["bucket"]: row["open_amount"] for row in kept} == {
        bucket: value for bucket, value in report.items() if not bucket.startswith("total")
    }


def test_open_items_tell_how_late_each_is(make_snapshot: MakeSnapshot) -> None:
    rows = reports.run(make_snapshot(), "open-items").table.to_pylist()
    assert [(r["document_number"], r["open_amount"], r["days_past_due"], r["bucket"]) for r in rows] == [
        ("INV/1", Decimal(60), 50, "days_31_60"),
        ("CRN/3", Decimal(-25), 39, "unapplied"),
        ("INV/2", Decimal(5000), -19, "not_due"),
    ]


def test_an_earlier_day_knows_no_later_months(make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    months = reports.run(snapshot, "metrics-by-month", date(2026, 3, 30)).table["month_end"].to_pylist()
    days = reports.run(snapshot, "control-totals", date(2026, 3, 30)).table["day"].to_pylist()
    assert months == [date(2026, 2, 28)]
    assert set(days) == {date(2026, 2, 28)}


def test_control_totals_in_home_currency_are_money_of_the_home_currency(make_snapshot: MakeSnapshot) -> None:
    report = reports.run(make_snapshot(), "control-totals")
    told = {(row["scope"], row["balance_currency"]) for row in report.table.to_pylist()}
    assert told == {("document", "JPY"), ("home", "EUR")}
    assert report.money["difference"] == "balance_currency"


def test_an_unknown_report_is_told_with_those_there_are(make_snapshot: MakeSnapshot) -> None:
    with pytest.raises(ReportError, match=r"no report 'aging'\. Reports: ageing, open-items"):
        reports.run(make_snapshot(), "aging")


def test_a_day_after_the_snapshot_is_refused_with_what_to_run(make_snapshot: MakeSnapshot) -> None:
    with pytest.raises(ReportError, match=r"2026-04-01 is not known yet\. Run: duebook run nordwind"):
        reports.run(make_snapshot(), "ageing", date(2026, 4, 1))


@pytest.mark.parametrize("name", ["outreach-batch", "suppressed"])
def test_what_was_decided_in_the_run_is_given_for_no_other_day(make_snapshot: MakeSnapshot, name: str) -> None:
    with pytest.raises(ReportError, match="only for the day of the run, 2026-03-31"):
        reports.run(make_snapshot(), name, date(2026, 3, 30))
