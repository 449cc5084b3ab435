"""The day's calls, read back with openpyxl."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from outreach_house import Due, House, Item, run_day

HOSTILE_NAMES = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", '=HYPERLINK("http://evil.example")', "{=1+1}")


def open_worklist(house: House, *due: Due) -> Workbook:
    result = run_day(house, house.publish(*due))
    assert result.worklist == house.paths.worklists / "2026-03-10.xlsx"
    return load_workbook(result.worklist)


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    heading, *lines = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heading), line, strict=True)) for line in lines]


def overdue(number: str, amount: str) -> tuple[Item, ...]:
    return (Item(number, 25, amount),)


def test_a_call_says_whom_to_call_about_what_and_why(house: House, make_due: Callable[..., Due]) -> None:
    (call,) = rows(open_worklist(house, make_due("call")), "Calls")
    assert call["Customer"] == "Müller & Söhne Anlagenbau GmbH"
    assert call["Contact"] == "Petra König"
    assert call["Phone"] == "+4940998877"
    assert call["Language"] == "de"
    assert call["Local time zone"] == "Europe/Berlin"
    assert (call["Overdue"], call["Currency"]) == (1234.5, "EUR")
    assert call["Oldest, days overdue"] == 40
    assert (
        call["Why today"]
        == "2 items are overdue, the oldest by 40 days, which has reached step 'call' of the strategy."
    )
    assert [call[name] for name in ("Result", "Promise date", "Promise amount", "Delay reason", "Notes")] == [None] * 5


def test_calls_are_ranked_by_what_is_overdue_in_the_home_currency(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(
        house,
        make_due("call", "yen", items=overdue("1", "90000"), currency="JPY", rate="0.006"),
        make_due("call", "small", items=overdue("2", "100.00")),
        make_due("call", "large", items=overdue("3", "5000.00")),
    )
    assert [(row["Rank"], row["Customer no."]) for row in rows(book, "Calls")] == [
        (1, "large"),
        (2, "yen"),
        (3, "small"),
    ]


def test_amounts_are_shown_with_the_digits_of_their_currency(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(
        house,
        make_due("call", "a", items=overdue("1", "90000"), currency="JPY"),
        make_due("call", "b", items=overdue("2", "10.125"), currency="KWD"),
        make_due("call", "c", items=overdue("3", "5.00")),
    )
    assert [row[7].number_format for row in book["Calls"].iter_rows(min_row=2)] == ["#,##0", "#,##0.000", "#,##0.00"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_cell_is_a_formula_or_a_link_whatever_a_customer_is_called(
    house: House, make_due: Callable[..., Due], name: str
) -> None:
    due = make_due("call", name, customer_name=name, contact_name=name, phone=name, items=(Item(name, 30, "10.00"),))
    book = open_worklist(house, due)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert book["Calls"]["B2"].value == name
    assert book["Items"]["D2"].value == name


def test_control_and_bidirectional_characters_are_gone(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(house, make_due("call", customer_name="A\u202eB\x00C\nD"))
    assert book["Calls"]["B2"].value == "ABC D"


def test_answers_are_chosen_from_lists_that_excel_accepts(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(house, make_due("call"))
    validations = {str(entry.sqref): entry for entry in book["Calls"].data_validations.dataValidation}
    assert (validations["L2"].type, validations["L2"].formula1) == ("list", "call_results")
    assert (validations["O2"].type, validations["O2"].formula1) == ("list", "delay_reasons")
    assert validations["M2"].type == "date"
    assert validations["N2"].type == "decimal"
    assert book["Lists"].sheet_state == "hidden"
    for name, column in (("call_results", "A"), ("delay_reasons", "B")):
        values = [cell.value for cell in book["Lists"][column] if cell.value]
        assert book.defined_names[name].attr_text == f"Lists!${column}$1:${column}${len(values)}"
        assert "Disputed" in values or "Invoice not received" in values


def test_headings_stay_in_view_and_can_be_filtered(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(house, make_due("call"))
    assert book["Calls"].freeze_panes == "C2"
    assert book["Calls"].auto_filter.ref == "A1:Q2"


def test_all_open_items_and_the_script_are_at_hand(house: House, make_due: Callable[..., Due]) -> None:
    book = open_worklist(house, make_due("call", language="fr", country="FR"))
    items = rows(book, "Items")
    assert [(row["Document"], row["Open"], row["Part"]) for row in items] == [
        ("RE-1001", 1190, "Overdue"),
        ("RE-1002", 44.5, "Overdue"),
        ("RE-1003", 300, "Not yet due"),
        ("GS-77", -100, "Credit"),
    ]
    (script,) = rows(book, "Scripts")
    assert script["Language"] == "fr"
    assert "Bonjour, je m’appelle" in script["Script"]
    assert "RE-1001" in script["Script"]


def test_a_credit_without_a_due_date_is_shown_without_one(house: House, make_due: Callable[..., Due]) -> None:
    items = (Item("RE-1", 30, "10.00"), Item("ZA-9", 0, "-4.00", dated=False))
    assert rows(open_worklist(house, make_due("call", items=items)), "Items")[-1]["Due"] is None


def test_a_script_longer_than_a_cell_is_cut_and_says_so(house: House, make_due: Callable[..., Due]) -> None:
    items = tuple(Item(f"RE-{number:06}", 30, "10.00") for number in range(600))
    book = open_worklist(house, make_due("call", items=items))
    assert rows(book, "Scripts")[0]["Script"].endswith("all items are on the sheet Items.")
    assert len(rows(book, "Items")) == 600


def test_the_workbook_carries_the_day_and_no_clock(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due("call")))
    with zipfile.ZipFile(house.paths.worklists / "2026-03-10.xlsx") as archive:
        core = archive.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "2026-03-10T12:00:00Z" in core
