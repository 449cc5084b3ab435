"""A list of invoices with a paid-on date: every figure equals an independent computation over the same file."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook import reports
from duebook.snapshot import Snapshot

FOUR_DECIMALS = Decimal("0.0001")


def truth(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "ibm" / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months(snapshot: Snapshot) -> dict[date, dict[str, Decimal]]:
    return {row["month_end"]: row for row in reports.run(snapshot, "metrics-by-month").table.to_pylist()}


def test_the_worked_figures_of_june_2012(ibm_snapshot: Snapshot) -> None:
    rows = reports.run(ibm_snapshot, "ageing", date(2012, 6, 30)).table.to_pylist()
    assert sum(row["total"] for row in rows) == Decimal("5504.09")
    assert sum(row["total"] - row["not_due"] for row in rows) == Decimal("909.73")
    june = months(ibm_snapshot)[date(2012, 6, 30)]
    assert round(june["dso_simple"], 2) == Decimal("27.23")


def test_ageing_equals_the_truth_at_each_date(ibm_snapshot: Snapshot, shared_data: Path) -> None:
    names = {"0_not_due": "not_due", "1_1-30": "days_1_30", "2_31-60": "days_31_60"}
    expected: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for row in truth(shared_data, "ageing_total.csv"):
        expected[date.fromisoformat(row["as_of"])][names[row["bucket"]]] = Decimal(row["open_amount"])
    assert len(expected) == 3
    for day, buckets in expected.items():
        ours: dict[str, Decimal] = defaultdict(Decimal)
        for row in reports.run(ibm_snapshot, "open-items", day).table.to_pylist():
            ours[row["bucket"]] += row["open_amount"]
        assert dict(ours) == buckets


def test_each_customers_ageing_equals_the_truth(ibm_snapshot: Snapshot, shared_data: Path) -> None:
    rows = truth(shared_data, "ageing_by_customer.csv")
    for day in {row["as_of"] for row in rows}:
        expected = {row["cust"]: Decimal(row["open_amount"]) for row in rows if row["as_of"] == day}
        ours = {
            row["customer_id"]: row["total"]
            for row in reports.run(ibm_snapshot, "ageing", date.fromisoformat(day)).table.to_pylist()
        }
        assert ours == expected


@pytest.mark.parametrize(
    ("column", "theirs"),
    [
        ("opening", "opening_ar"),
        ("sales", "sales"),
        ("cash", "cash"),
        ("closing", "closing_ar"),
        ("closing_not_due", "closing_not_due"),
        ("closing_overdue", "closing_overdue"),
        ("dso_simple", "dso_simple_90"),
        ("cei", "cei"),
        ("weighted_days_late", "wadl_signed"),
        ("weighted_days_late_floored", "wadl_floor0"),
    ],
)
def test_each_months_metric_equals_the_truth(
    ibm_snapshot: Snapshot, shared_data: Path, column: str, theirs: str
) -> None:
    expected = {date.fromisoformat(row["month_end"]): Decimal(row[theirs]) for row in truth(shared_data, "monthly.csv")}
    ours = months(ibm_snapshot)
    assert set(ours) == set(expected)
    for month_end, value in expected.items():
        assert abs(ours[month_end][column] - value) <= FOUR_DECIMALS, (month_end, ours[month_end][column], value)


def test_each_months_count_back_dso_equals_the_truth(ibm_snapshot: Snapshot, shared_data: Path) -> None:
    ours = months(ibm_snapshot)
    rows = truth(shared_data, "dso_countback.csv")
    assert len(rows) == len(ours)
    for row in rows:
        value = ours[date.fromisoformat(row["month_end"])]["dso_countback"]
        assert abs(value - Decimal(row["dso_countback"])) <= FOUR_DECIMALS


def test_every_row_of_the_list_is_used(ibm_snapshot: Snapshot) -> None:
    (summary,) = ibm_snapshot.rows("select * from run_summary where entity = 'invoices'")
    assert (summary["rows_landed"], summary["rows_used"], summary["rows_rejected"]) == (2466, 2466, 0)


def test_country_codes_that_are_no_country_are_not_guessed(ibm_snapshot: Snapshot) -> None:
    assert ibm_snapshot.rows("select distinct country from customer") == [{"country": None}]
