"""XLSX: what Excel stores is used as it is, and what Excel has spoilt is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

DAY = date(2026, 1, 5)
DUE = date(2026, 2, 4)


def fill_row(sheet: Any, row: int, number: Any, *, amount: Any = 1, customer: Any = "C-1") -> None:
    sheet.write(row, 0, number)
    sheet.write(row, 1, customer)
    sheet.write_datetime(row, 2, DAY)
    sheet.write_datetime(row, 3, DUE)
    sheet.write(row, 4, amount)


def rewrite_sheet(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the XML of a workbook's first sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name.endswith("sheet1.xml") else content)


def test_dates_and_amounts_are_taken_as_excel_stores_them(inbox: Any) -> None:
    inbox.read_as(dates="%m/%d/%Y", decimal=",")
    inbox.put_workbook("jan.xlsx", lambda book: fill_row(book.sheet, 1, "R-1", amount=55.94))
    inbox.load()
    (row,) = inbox.rows()
    assert (row["issued_on"], row["due_on"]) == (DAY, DUE)
    assert row["amount"] == Decimal("55.94")
    assert (row["_file"], row["_row"]) == ("jan.xlsx", 2)


def test_binary_noise_of_a_sum_is_no_content(inbox: Any) -> None:
    inbox.put_workbook("jan.xlsx", lambda book: fill_row(book.sheet, 1, "R-1", amount=0.1 + 0.2))
    inbox.load()
    assert inbox.rows()[0]["amount"] == Decimal("0.3")


def test_numbers_that_are_ids_become_text_without_decimals_and_with_the_zeros_shown(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, 12345, customer=77.0)
        fill_row(book.sheet, 2, "x")
        book.sheet.write_number(2, 0, 611365, book.workbook.add_format({"num_format": "0000000000"}))
        fill_row(book.sheet, 3, "0000000007")

    inbox.put_workbook("jan.xlsx", fill)
    inbox.load()
    assert inbox.numbers() == ["12345", "0000611365", "0000000007"]
    assert inbox.rows()[0]["customer"] == "77"


def test_ids_that_excel_has_rounded_or_turned_into_dates_are_rejected(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, 1234567890123456789)
        fill_row(book.sheet, 2, "x")
        book.sheet.write_datetime(2, 0, DAY, book.workbook.add_format({"num_format": "d mmm"}))
        fill_row(book.sheet, 3, 999999999999999)

    inbox.put_workbook("jan.xlsx", fill)
    inbox.load()
    assert inbox.numbers() == ["999999999999999"]
    digits, day = inbox.rejected()
    assert "more than 15 digits" in digits["reason"]
    assert "is a date; Excel has changed what was typed" in day["reason"]


def test_error_cells_and_text_in_the_wrong_place_are_rejected_with_their_place(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, "R-1")
        fill_row(book.sheet, 2, "R-2")
        book.sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
        fill_row(book.sheet, 3, "R-3", amount="a lot")
        fill_row(book.sheet, 4, "R-4", amount=True)
        fill_row(book.sheet, 5, "R-5")
        book.sheet.write(5, 3, 46000)

    inbox.put_workbook("jan.xlsx", fill)
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    error, text, truth, number = inbox.rejected()
    assert error["reason"].startswith("jan.xlsx row 3, column 'Amount': ")
    assert "is the Excel error #DIV/0!" in error["reason"]
    assert "'a lot' is not an amount" in text["reason"]
    assert "not an amount" in truth["reason"]
    assert "'46000' is not a date of the form %Y-%m-%d" in number["reason"]


def test_a_formula_counts_as_its_stored_result(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, "R-1")
        book.sheet.write_formula(1, 4, "=40+2.5", None, 42.5)

    inbox.put_workbook("jan.xlsx", fill)
    inbox.load()
    assert inbox.rows()[0]["amount"] == Decimal("42.5")


def test_a_formula_without_a_stored_result_is_not_taken_for_an_empty_cell(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"paid_on": "Paid"})]
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append(["Number", "Customer", "Issued", "Due", "Amount", "Paid"])
    sheet.append(["R-1", "C-1", DAY, DUE, 1, None])
    sheet.append(["R-2", "C-1", DAY, DUE, 1, "=C3+3"])
    workbook.save(inbox.folder / "jan.xlsx")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    reason = inbox.only_rejection()["reason"]
    assert reason.startswith("jan.xlsx row 3, column 'Paid': ")
    assert "a formula without a stored result" in reason


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"paid_on": "Paid"})]

    def fill(book: Any) -> None:
        book.sheet.write(0, 5, "Paid")
        fill_row(book.sheet, 1, "R-1")
        book.sheet.write_formula(1, 5, "=A9", None, "nothing")

    # Excel stores the empty result as text without content, which no library writes by itself.
    rewrite_sheet(inbox.put_workbook("jan.xlsx", fill), lambda xml: xml.replace(b"<v>nothing</v>", b"<v></v>"))
    inbox.load()
    assert inbox.rejected() == []
    assert inbox.rows()[0]["paid_on"] is None


def test_the_first_visible_sheet_is_read_unless_one_is_named(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, "R-1")
        other = book.workbook.worksheets()[1]
        other.write_row(0, 0, ["Number", "Customer", "Issued", "Due", "Amount"])
        fill_row(other, 1, "R-2")

    inbox.put_workbook("jan.xlsx", fill, sheets=("Open", "Closed"))
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    inbox.read_as(sheet="Closed")
    inbox.load()
    assert inbox.numbers() == ["R-2"]
    inbox.read_as(sheet="Paid")
    inbox.load()
    assert "there is no sheet 'Paid'; it has 'Open', 'Closed'" in inbox.only_rejection()["reason"]
    assert inbox.numbers() == ["R-2"]


def test_blank_rows_and_notes_beside_the_table_do_no_harm(inbox: Any) -> None:
    def fill(book: Any) -> None:
        fill_row(book.sheet, 1, "R-1")
        book.sheet.write(1, 9, "called on Monday")
        fill_row(book.sheet, 5, "R-2")
        book.sheet.write(7, 4, 2)

    inbox.put_workbook("jan.xlsx", fill)
    inbox.load()
    assert [(row["document_number"], row["_row"]) for row in inbox.rows()] == [("R-1", 2), ("R-2", 6)]
    assert "no document number" in inbox.only_rejection()["reason"]


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_unpacks_to_an_absurd_size_is_refused_unread(inbox: Any, member: str) -> None:
    archive = zipfile.ZipFile(inbox.folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open(member, "w") as part:
        for _ in range(100):
            part.write(b" " * 1024 * 1024)
    inbox.load()
    assert "unpacks to 100 MB" in inbox.only_rejection()["reason"]


def test_a_workbook_with_a_damaged_sheet_keeps_the_rows_before_the_damage_and_tells(inbox: Any) -> None:
    path = inbox.put_workbook("jan.xlsx", lambda book: fill_row(book.sheet, 1, "R-1"))
    rewrite_sheet(path, lambda xml: xml[:-60])
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    assert "the workbook is damaged" in inbox.only_rejection()["reason"]
