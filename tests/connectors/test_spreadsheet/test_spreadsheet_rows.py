"""What becomes of the rows of a CSV file: used exactly, or rejected with a reason a person can act on."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

GOOD = "R-1,C-1,2026-01-05,2026-02-04,100.00"


def test_a_plain_file_lands_with_exact_values_and_the_place_of_each_row(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", GOOD, "R-2,C-2,2026-01-06,2026-02-05,0.10")
    inbox.load()
    first, second = inbox.rows()
    assert first["document_number"] == "R-1"
    assert first["instalment"] == "1"
    assert first["customer"] == "C-1"
    assert first["issued_on"] == date(2026, 1, 5)
    assert first["due_on"] == date(2026, 2, 4)
    assert first["amount"] == Decimal("100.00")
    assert first["currency"] == "EUR"
    assert (first["_file"], first["_row"]) == ("jan.csv", 2)
    assert second["amount"] == Decimal("0.10")
    assert second["_row"] == 3
    assert first["paid_on"] is None
    assert first["disputed"] is None
    assert first["kind"] is None
    assert inbox.rejected() == []


def test_spaces_around_cells_are_trimmed_and_leading_zeros_kept(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "  0000611365 , 0379-NEVHP ,2026-01-05 , 2026-02-04, 1.00 ")
    inbox.load()
    (row,) = inbox.rows()
    assert (row["document_number"], row["customer"]) == ("0000611365", "0379-NEVHP")


def test_a_byte_order_mark_does_not_hide_the_first_header(inbox: Any) -> None:
    inbox.put_bytes("jan.csv", b"\xef\xbb\xbfNumber,Customer,Issued,Due,Amount\r\n" + GOOD.encode() + b"\r\n")
    inbox.load()
    assert inbox.numbers() == ["R-1"]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("R-2,C-2,05.01.2026,2026-02-05,1.00", "Issued", "'05.01.2026' is not a date of the form %Y-%m-%d"),
        ("R-2,C-2,2026-02-30,2026-03-05,1.00", "Issued", "'2026-02-30' is a day that no calendar has"),
        ("R-2,C-2,0202-01-05,2026-03-05,1.00", "Issued", "the year 202 cannot be right"),
        ("R-2,C-2,2026-01-05,,1.00", "Due", "no due date"),
        ("R-2,C-2,2026-01-05,2026-02-05,", "Amount", "no amount"),
        ("R-2,,2026-01-05,2026-02-05,1.00", "Customer", "no customer"),
        (",C-2,2026-01-05,2026-02-05,1.00", "Number", "no document number"),
        ("R-2,C-2,2026-01-05,2026-02-05,1.005", "Amount", "'1.005' has more decimals than the 2 of EUR"),
        ("R-2,C-2,2026-01-05,2026-02-05,€ 12.00", "Amount", "without a currency sign"),
        ("R-2,C-2,2026-01-05,2026-02-05,EUR 12", "Amount", "without a currency sign or letters"),
        ("R-2,C-2,2026-01-05,2026-02-05,NaN", "Amount", "'NaN' is not an amount"),
        ("R-2,C-2,2026-01-05,2026-02-05,inf", "Amount", "'inf' is not an amount"),
        ("R-2,C-2,2026-01-05,2026-02-05,1e5", "Amount", "scientific notation"),
        ('R-2,C-2,2026-01-05,2026-02-05,"1,234.56"', "Amount", "set thousands"),
        ('R-2,C-2,2026-01-05,2026-02-05,"12,50"', "Amount", "is not an amount written like 1234.56"),
        ("R-2,C-2,2026-01-05,2026-02-05,1234567890123456.00", "Amount", "more than 15 digits"),
        ("1.23E+18,C-2,2026-01-05,2026-02-05,1.00", "Number", "has lost digits"),
        ("R-2,C\x00-2,2026-01-05,2026-02-05,1.00", "Customer", "NUL"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_file_row_and_column(
    inbox: Any, row: str, column: str, says: str
) -> None:
    inbox.put_invoices("jan.csv", GOOD, row, "R-3,C-3,2026-01-05,2026-02-05,3.00")
    inbox.load()
    assert inbox.numbers() == ["R-1", "R-3"]
    rejection = inbox.only_rejection()
    assert (rejection["entity"], rejection["file"], rejection["row_number"]) == ("invoices", "jan.csv", 3)
    assert rejection["column_name"] == column
    assert rejection["reason"].startswith(f"jan.csv row 3, column '{column}': ")
    assert says in rejection["reason"]


def test_a_rejected_row_keeps_its_number_and_what_stood_in_it(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "R-2,C-2,yesterday,2026-02-05,1.00")
    inbox.load()
    rejection = inbox.only_rejection()
    assert rejection["key"] == "R-2"
    assert json.loads(rejection["record"]) == {
        "Number": "R-2",
        "Customer": "C-2",
        "Issued": "yesterday",
        "Due": "2026-02-05",
        "Amount": "1.00",
    }


def test_all_that_is_wrong_with_a_row_is_told_at_once(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "R-2,C-2,yesterday,,a lot")
    inbox.load()
    reason = inbox.only_rejection()["reason"]
    assert "'yesterday' is not a date" in reason
    assert "column 'Due': no due date" in reason
    assert "column 'Amount': 'a lot' is not an amount" in reason


@pytest.mark.parametrize(
    ("decimal", "thousands", "text", "amount"),
    [
        (".", None, "1234.5", "1234.50"),
        (".", None, "-12.50", "-12.50"),
        (".", None, "12.50-", "-12.50"),
        (".", None, "(12.50)", "-12.50"),
        (".", None, "+12.50", "12.50"),
        (".", None, "100.000", "100.00"),
        (".", ",", "1,234,567.89", "1234567.89"),
        (".", ",", "1234.56", "1234.56"),
        (",", None, "12,50", "12.50"),
        (",", ".", "1.234,56", "1234.56"),
        (",", " ", "1 234,56", "1234.56"),
        (",", " ", "1\u202f234,56", "1234.56"),
        (".", "'", "1'234.56", "1234.56"),
    ],
)
def test_amounts_are_read_under_the_declared_marks(
    inbox: Any, decimal: str, thousands: str | None, text: str, amount: str
) -> None:
    inbox.read_as(delimiter=";", decimal=decimal, thousands=thousands)
    inbox.put("jan.csv", "Number;Customer;Issued;Due;Amount", f"R-1;C-1;2026-01-05;2026-02-04;{text}")
    inbox.load()
    assert inbox.rejected() == []
    assert inbox.rows()[0]["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("decimal", "thousands", "text"),
    [
        (",", ".", "1.23"),
        (",", ".", "12.34,56"),
        (",", ".", "1234.567,00"),
        (",", ".", "0.123"),
        (".", ",", "1.234,56"),
        (".", ",", "1,23"),
        (".", ",", ",123.00"),
        (",", None, "1.234,56"),
        (".", None, "-(12.50)"),
        (".", None, "1 234.56"),
        (".", None, "12.50 %"),
        (".", None, "٣٤"),  # digits, but not those of an amount
    ],
)
def test_an_amount_that_could_be_read_in_two_ways_is_not_guessed(
    inbox: Any, decimal: str, thousands: str | None, text: str
) -> None:
    inbox.read_as(delimiter=";", decimal=decimal, thousands=thousands)
    inbox.put("jan.csv", "Number;Customer;Issued;Due;Amount", f"R-1;C-1;2026-01-05;2026-02-04;{text}")
    inbox.load()
    assert inbox.rows() == []
    assert f"'{text}' is not an amount" in inbox.only_rejection()["reason"]


def test_each_currency_has_its_own_number_of_decimals(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(currency=None, columns=inbox.invoices()["columns"] | {"currency": "Cur"})]
    inbox.put(
        "jan.csv",
        "Number,Customer,Issued,Due,Amount,Cur",
        "R-1,C-1,2026-01-05,2026-02-04,100,JPY",
        "R-2,C-1,2026-01-05,2026-02-04,100.5,JPY",
        "R-3,C-1,2026-01-05,2026-02-04,1.234,KWD",
        "R-4,C-1,2026-01-05,2026-02-04,1.2345,KWD",
        "R-5,C-1,2026-01-05,2026-02-04,99.99,RSD",
        "R-6,C-1,2026-01-05,2026-02-04,1.00,XYZ",
        "R-7,C-1,2026-01-05,2026-02-04,1.00,eur",
        "R-8,C-1,2026-01-05,2026-02-04,1.00,",
    )
    inbox.load()
    assert [(row["document_number"], row["amount"], row["currency"]) for row in inbox.rows()] == [
        ("R-1", Decimal(100), "JPY"),
        ("R-3", Decimal("1.234"), "KWD"),
        ("R-5", Decimal("99.99"), "RSD"),
        ("R-7", Decimal("1.00"), "EUR"),
    ]
    reasons = {row["row_number"]: row["reason"] for row in inbox.rejected()}
    assert "'100.5' has more decimals than the 0 of JPY" in reasons[3]
    assert "'1.2345' has more decimals than the 3 of KWD" in reasons[5]
    assert "'XYZ' is not a currency code of ISO 4217" in reasons[7]
    assert "no currency" in reasons[9]


def test_days_written_as_decimals_are_still_days(inbox: Any) -> None:
    inbox.read_as(dates="%Y%m%d")
    inbox.put_invoices("jan.csv", "R-1,C-1,20200126.0,20200225,1.00")
    inbox.load()
    assert inbox.rows()[0]["issued_on"] == date(2020, 1, 26)


def test_the_first_of_two_rows_with_one_number_is_used_and_the_second_told_where_it_is(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", GOOD, GOOD, "R-1,C-9,2026-01-05,2026-02-04,999.00")
    inbox.load()
    (used,) = inbox.rows()
    assert (used["_row"], used["customer"]) == (2, "C-1")
    assert [row["row_number"] for row in inbox.rejected()] == [3, 4]
    assert all("stands already in row 2" in row["reason"] for row in inbox.rejected())


def test_a_row_after_a_rejected_one_with_the_same_number_is_used(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "R-1,C-1,yesterday,2026-02-04,100.00", GOOD)
    inbox.load()
    assert [row["_row"] for row in inbox.rows()] == [3]


def test_instalments_of_one_invoice_are_records_of_their_own(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"instalment": "Part"})]
    inbox.put(
        "jan.csv",
        "Number,Part,Customer,Issued,Due,Amount",
        "R-1,1,C-1,2026-01-05,2026-02-04,50.00",
        "R-1,2,C-1,2026-01-05,2026-03-04,50.00",
        "R-2,,C-1,2026-01-05,2026-03-04,50.00",
    )
    inbox.load()
    keys = [(row["document_number"], row["instalment"]) for row in inbox.rows()]
    assert keys == [("R-1", "1"), ("R-1", "2"), ("R-2", "1")]


def test_a_disputed_mark_is_understood_in_the_languages_of_the_clients(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"disputed": "Disputed"})]
    words = ["Yes", "no", "TRUE", "0", "Ja", "nein", "oui", "non", "nee", "y", "", "perhaps"]
    rows = [f"R-{index},C-1,2026-01-05,2026-02-04,1.00,{word}" for index, word in enumerate(words)]
    inbox.put("jan.csv", "Number,Customer,Issued,Due,Amount,Disputed", *rows)
    inbox.load()
    expected = [True, False, True, False, True, False, True, False, False, True, None]
    assert [row["disputed"] for row in inbox.rows()] == expected
    assert "'perhaps' is neither yes nor no" in inbox.only_rejection()["reason"]


def test_the_kind_of_a_document_is_one_of_the_known(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"kind": "Kind"})]
    inbox.put(
        "jan.csv",
        "Number,Customer,Issued,Due,Amount,Kind",
        "R-1,C-1,2026-01-05,2026-02-04,-1.00,Credit Note",
        "R-2,C-1,2026-01-05,2026-02-04,1.00,receipt",
    )
    inbox.load()
    assert [row["kind"] for row in inbox.rows()] == ["credit_note"]
    assert "use one of: invoice, credit_note, debit_note" in inbox.only_rejection()["reason"]


def test_bytes_of_another_encoding_cost_only_the_rows_that_hold_them(inbox: Any) -> None:
    lines = ["Number,Customer,Issued,Due,Amount", GOOD, "R-2,M\xfcller,2026-01-05,2026-02-04,1.00"]
    inbox.put_bytes("jan.csv", "\n".join(lines).encode("cp1252"))
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    rejection = inbox.only_rejection()
    assert "the byte 0xFC is not utf-8" in rejection["reason"]
    assert "cp1252" in rejection["reason"]
    assert json.loads(rejection["record"])["Customer"] == "M\\xfcller"


def test_the_declared_encoding_is_used(inbox: Any) -> None:
    inbox.read_as(encoding="cp1252")
    inbox.put_bytes("jan.csv", f"Number,Customer,Issued,Due,Amount\nM\xfc-1,{GOOD[4:]}\n".encode("cp1252"))
    inbox.load()
    assert inbox.numbers() == ["Mü-1"]


def test_rows_with_too_few_or_too_many_cells_are_rejected_and_empty_cells_at_the_end_forgiven(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", GOOD + ",,", "R-2,C-2,2026-01-05,2026-02-05", "R-3,C-3,2026-01-05,2026-02-05,1,50")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    few, many = inbox.rejected()
    assert "too few cells: 4 where the header has 5" in few["reason"]
    assert "too many cells: 6 where the header has 5" in many["reason"]
    assert json.loads(many["record"])["(cell 6)"] == "50"


def test_blank_lines_are_no_records_and_do_not_shift_row_numbers(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", "", GOOD, ",,,,", "R-2,C-2,2026-01-05,2026-02-05,1.00")
    inbox.load()
    assert [(row["document_number"], row["_row"]) for row in inbox.rows()] == [("R-1", 3), ("R-2", 5)]
    assert inbox.rejected() == []


def test_a_quoted_line_break_keeps_the_row_number_of_where_the_record_starts(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(columns=inbox.invoices()["columns"] | {"customer_name": "Name"})]
    inbox.put(
        "jan.csv",
        "Number,Customer,Issued,Due,Amount,Name",
        GOOD + ',"Acme\nLtd"',
        "R-2,C-2,2026-01-05,2026-02-05,1.00,Beta",
    )
    inbox.load()
    assert [(row["_row"], row["customer_name"]) for row in inbox.rows()] == [(2, "Acme\nLtd"), (4, "Beta")]


@pytest.mark.parametrize("later", ['R-4,"C-4",2026-01-05,2026-02-05,1.00', "R-4,C-4,2026-01-05,2026-02-05,1.00"])
def test_a_quote_that_is_never_closed_costs_only_its_own_row(inbox: Any, later: str) -> None:
    inbox.put_invoices(
        "jan.csv",
        GOOD,
        'R-2,"C-2,2026-01-05,2026-02-05,1.00',
        "R-3,C-3,2026-01-05,2026-02-05,1.00",
        later,
    )
    inbox.load()
    assert inbox.numbers() == ["R-1", "R-3", "R-4"]
    rejection = inbox.only_rejection()
    assert rejection["row_number"] == 3
    assert "never closed" in rejection["reason"]


def test_a_quote_inside_quotes_that_is_not_doubled_is_explained(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", 'R-2,"C "2" x",2026-01-05,2026-02-05,1.00', GOOD)
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    assert 'write ""' in inbox.only_rejection()["reason"]


def test_no_row_is_lost_between_used_and_rejected(inbox: Any) -> None:
    rows = [
        f"R-{number},C-{number % 7},2026-01-05,{'2026-02-04' if number % 3 else 'soon'},{number}.00"
        for number in range(45_000)
    ]
    inbox.put_invoices("jan.csv", *rows)
    inbox.load()
    assert len(inbox.rows()) == 30_000
    assert len(inbox.rejected()) == 15_000
    places = {row["_row"] for row in inbox.rows()} | {row["row_number"] for row in inbox.rejected()}
    assert places == set(range(2, 45_002))
