"""Files that are not what they should be as a whole: each is told in one plain reason."""

from __future__ import annotations

from typing import Any

import pytest

ROW = "R-1,C-1,2026-01-05,2026-02-04,100.00"


def test_a_missing_header_rejects_every_row_and_suggests_what_was_meant(inbox: Any) -> None:
    inbox.put("jan.csv", "Number,Customer,Issued,Due,Amuont", ROW, ROW)
    inbox.load()
    assert inbox.rows() == []
    assert [entry["row_number"] for entry in inbox.rejected()] == [2, 3]
    for rejection in inbox.rejected():
        assert rejection["column_name"] == "Amount"
        assert "the header 'Amount', mapped to amount, is missing" in rejection["reason"]
        assert "'Number', 'Customer', 'Issued', 'Due', 'Amuont'" in rejection["reason"]
        assert "Did you mean 'Amuont'?" in rejection["reason"]


def test_a_missing_header_is_told_even_if_there_are_no_rows(inbox: Any) -> None:
    inbox.put("jan.csv", "Number,Customer,Issued,Due")
    inbox.load()
    assert "the header 'Amount', mapped to amount, is missing" in inbox.only_rejection()["reason"]


def test_a_wrong_delimiter_is_recognised_by_the_header(inbox: Any) -> None:
    inbox.put("jan.csv", "Number;Customer;Issued;Due;Amount", ROW.replace(",", ";"))
    inbox.load()
    assert "set 'delimiter' in client.yaml" in inbox.only_rejection()["reason"]


def test_a_header_that_stands_twice_is_not_chosen_between(inbox: Any) -> None:
    inbox.put("jan.csv", "Number,Customer,Issued,Due,Amount,Amount", f"{ROW},7.00")
    inbox.load()
    assert inbox.rows() == []
    assert "the header 'Amount' stands in cells 5 and 6" in inbox.only_rejection()["reason"]


def test_headers_that_are_not_mapped_may_repeat_and_hold_anything(inbox: Any) -> None:
    inbox.put("jan.csv", "Note,Number,Customer,Issued,Due,Amount,Note", f"x,{ROW},y")
    inbox.load()
    assert inbox.numbers() == ["R-1"]


def test_a_header_only_file_is_fine(inbox: Any) -> None:
    inbox.put_invoices("jan.csv")
    inbox.load()
    assert inbox.rows() == []
    assert inbox.rejected() == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("jan.csv", b"", "the file is empty"),
        ("jan.csv", b"\xef\xbb\xbf\n\n", "the file is empty"),
        ("jan.csv", f"Number,Customer,Issued,Due,Amount\n{ROW}\n".encode("utf-16"), "is UTF-16"),
        ("jan.csv", f"Number,Customer,Issued,Due,Amount\n{ROW}\n".encode("utf-16-le"), "is UTF-16"),
        ("jan.csv", b"x" * 1_500_000, "not a CSV file"),
        ("jan.csv", b"PK\x03\x04rest", "give it its right ending"),
        ("jan.xlsx", b"PK\x03\x04rest", "is damaged"),
        ("jan.xlsx", b"Number,Customer\n", "is not a workbook"),
        ("jan.xlsx", b"", "is empty"),
        ("jan.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old .xls"),
        ("jan.xls", b"<html><table>", "save it as .xlsx or CSV"),
        ("jan.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "encrypted"),
    ],
)
def test_a_file_that_is_no_table_is_rejected_whole_and_the_others_are_read(
    inbox: Any, name: str, content: bytes, says: str
) -> None:
    inbox.put_bytes(name, content)
    inbox.put_invoices("other.csv", ROW)
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    rejection = inbox.only_rejection()
    assert (rejection["file"], rejection["row_number"]) == (name, 1)
    assert rejection["reason"].startswith(f"{name} row 1: ")
    assert says in rejection["reason"]


def test_a_file_declared_as_utf16_is_read(inbox: Any) -> None:
    inbox.read_as(encoding="utf-16")
    inbox.put_invoices("x.csv").unlink()
    inbox.put_bytes("jan.csv", f"Number,Customer,Issued,Due,Amount\n{ROW}\n".encode("utf-16"))
    inbox.load()
    assert inbox.numbers() == ["R-1"]


def test_a_file_declared_as_utf16_that_is_not_is_rejected_whole(inbox: Any) -> None:
    inbox.read_as(encoding="utf-16")
    inbox.put("jan.csv", "Number,Customer,Issued,Due,Amount", ROW)
    inbox.load()
    assert inbox.rows() == []
    assert "the file is not utf-16" in inbox.only_rejection()["reason"]


def test_a_quote_in_the_header_that_is_never_closed_is_told_of_the_header(inbox: Any) -> None:
    inbox.put("jan.csv", 'Number,"Customer,Issued,Due,Amount', ROW)
    inbox.load()
    assert inbox.rows() == []
    assert "the header cannot be read: a quote" in inbox.only_rejection()["reason"]


def test_control_characters_of_a_file_do_not_reach_the_terminal(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "R-1,C-1,2026-01-05,2026-02-04,\x1b[31mred")
    inbox.load()
    assert "'\\x1b[31mred' is not an amount" in inbox.only_rejection()["reason"]
