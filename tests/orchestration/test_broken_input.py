"""Broken exports: every bad row is named with file, row and column, and the good ones are used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from orchestration_home import Home

from duebook import reports
from duebook.snapshot import Snapshot, open_current

CLIENT_YAML = """\
name: Broken Exports Ltd
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [de, en]
sender: {name: Broken Exports AR, email: ar@broken.example}
agency: {name: Example Collections}
sources:
  - name: exports
    erp: spreadsheet
    folder: inbox
    files:
      - entity: customers
        pattern: customers.csv
        columns: {customer: Number, name: Name}
      - entity: invoices
        pattern: "invoices*.csv"
        currency: EUR
        columns: {document_number: Invoice, customer: Customer, issued_on: Issued, due_on: Due, amount: Amount}
"""

HEADER = "Invoice,Customer,Issued,Due,Amount\n"
FILES = {
    "customers.csv": b"Number,Name\n0001,Alpha GmbH\n0002,Beta GmbH\n",
    "invoices-1.csv": (
        HEADER
        + "0100,0001,2026-01-05,2026-02-04,100.00\n"
        + "0101,0001,2026-13-05,2026-02-04,100.00\n"
        + "0102,0001,2026-01-05,2026-02-04,\n"
        + "0103,0009,2026-01-05,2026-02-04,100.00\n"
        + "0100,0002,2026-01-06,2026-02-05,55.00\n"
        + "0104,0002,2026-01-07,2026-02-06,25.50\n"
    ).encode(),
    "invoices-2.csv": (HEADER + "0200,0002,2026-01-08,2026-02-07,10.00\n").encode()
    + b"02\xfc1,0002,2026-01-08,2026-02-07,20.00\n",
    "invoices-3.csv": b"",
    "invoices-4.csv": b"Invoice,Customer,Issued,Amount\n0400,0001,2026-01-08,70.00\n",
}


@pytest.fixture(scope="module")
def broken(module_home: Home) -> Home:
    folder = module_home.workspace.clients / "broken"
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    (folder / "client.yaml").write_text(CLIENT_YAML, encoding="utf-8")
    for name, content in FILES.items():
        (inbox / name).write_bytes(content)
    done = module_home.run("broken")
    assert done.returncode == 0, done.stdout
    return module_home


@pytest.fixture
def snapshot(broken: Home) -> Snapshot:
    return open_current(broken.paths("broken"))


def test_the_usable_rows_are_used(snapshot: Snapshot) -> None:
    rows = reports.run(snapshot, "open-items").table.to_pylist()
    assert {row["document_number"]: row["open_amount"] for row in rows} == {
        "0100": Decimal("100.00"),
        "0104": Decimal("25.50"),
        "0200": Decimal("10.00"),
    }


@pytest.mark.parametrize(
    ("file", "row", "column", "words"),
    [
        ("invoices-1.csv", 3, "Issued", "2026-13-05"),
        ("invoices-1.csv", 4, "Amount", "no amount"),
        ("invoices-1.csv", 5, "customer", "0009 is not in the customers file"),
        ("invoices-1.csv", 6, "Invoice", "row 2"),
        ("invoices-2.csv", 3, "Invoice", "utf-8"),
        ("invoices-3.csv", 1, None, "empty"),
        ("invoices-4.csv", 2, "Due", "Due"),
    ],
)
def test_each_bad_row_names_file_row_and_column(
    snapshot: Snapshot, file: str, row: int, column: str | None, words: str
) -> None:
    (rejected,) = snapshot.rows(
        "select * from rejected where file = $file and row_number = $row", {"file": file, "row": row}
    )
    assert rejected["column_name"] == column
    assert words.lower() in rejected["reason"].lower()
    assert rejected["source"] == "exports"


def test_every_row_is_used_or_rejected(snapshot: Snapshot) -> None:
    (summary,) = snapshot.rows("select * from run_summary where entity = 'invoices'")
    assert summary["rows_landed"] == summary["rows_used"] + summary["rows_rejected"] == 3 + 7


def test_a_corrected_file_takes_the_place_of_the_broken_one(broken: Home) -> None:
    inbox = broken.workspace.clients / "broken" / "inbox"
    (inbox / "invoices-4.csv").write_text(HEADER + "0400,0001,2026-01-08,2026-02-07,70.00\n", encoding="utf-8")
    assert broken.run("broken").returncode == 0
    snapshot = open_current(broken.paths("broken"))
    assert snapshot.rows("select open_amount from open_interval where item_key = 'exports:0400'") == [
        {"open_amount": Decimal("70.00")}
    ]
    assert snapshot.rows("select * from rejected where file = 'invoices-4.csv'") == []


def test_the_same_number_for_another_customer_takes_nothing_from_the_first(broken: Home, tmp_path: Path) -> None:
    inbox = broken.workspace.clients / "broken" / "inbox"
    (inbox / "invoices-5.csv").write_text(HEADER + "0104,0001,2026-03-01,2026-03-31,9.00\n", encoding="utf-8")
    assert broken.run("broken").returncode == 0
    snapshot = open_current(broken.paths("broken"))
    assert snapshot.rows("select customer_id, amount from item where document_number = '0104'") == [
        {"customer_id": "0002", "amount": Decimal("25.50")}
    ]
    (rejected,) = snapshot.rows("select * from rejected where file = 'invoices-5.csv'")
    assert "belongs to customer 0002 in invoices-1.csv row 7" in rejected["reason"]
