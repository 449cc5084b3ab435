"""A real list: IBM's late-payment sample, 2,466 invoices."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.workspace import REPOSITORY

LIST = REPOSITORY.parent / "shared" / "data" / "ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
FILE_SET = {
    "entity": "invoices",
    "pattern": "*.csv",
    "dates": "%m/%d/%Y",
    "currency": "USD",
    "columns": {
        "document_number": "invoiceNumber",
        "customer": "customerID",
        "country": "countryCode",
        "issued_on": "InvoiceDate",
        "due_on": "DueDate",
        "amount": "InvoiceAmount",
        "paid_on": "SettledDate",
        "disputed": "Disputed",
    },
}

pytestmark = pytest.mark.skipif(not LIST.is_file(), reason="the list is not part of the repository")


@pytest.fixture
def expected() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def ibm(inbox: Any) -> Any:
    shutil.copy(LIST, Path(inbox.folder))
    inbox.file_sets = [FILE_SET]
    inbox.load()
    return inbox


def test_every_row_of_the_ibm_list_is_used_as_it_stands(ibm: Any, expected: list[dict[str, str]]) -> None:
    def day(text: str) -> Any:
        return datetime.strptime(text, "%m/%d/%Y").date()

    landed = [
        (
            row["document_number"],
            row["customer"],
            row["country"],
            row["issued_on"],
            row["due_on"],
            row["amount"],
            row["paid_on"],
            row["disputed"],
            row["currency"],
            row["_row"],
        )
        for row in ibm.rows()
    ]
    assert len(expected) == 2466
    assert ibm.rejected() == []
    assert landed == [
        (
            row["invoiceNumber"],
            row["customerID"],
            row["countryCode"],
            day(row["InvoiceDate"]),
            day(row["DueDate"]),
            Decimal(row["InvoiceAmount"]),
            day(row["SettledDate"]),
            row["Disputed"] == "Yes",
            "USD",
            index,
        )
        for index, row in enumerate(expected, start=2)
    ]


def test_the_sum_that_check_tells_is_that_of_the_ibm_list(ibm: Any, expected: list[dict[str, str]]) -> None:
    total = sum((Decimal(row["InvoiceAmount"]) for row in expected), Decimal())
    assert [line for line in ibm.check() if line.ok and line.finding.startswith(f"{total:,} USD in the 2,466 of ")]
