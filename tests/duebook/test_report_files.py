"""Written reports: nothing in them comes alive in a spreadsheet, and money keeps its exact digits."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.errors import ReportError
from duebook.reports import Report
from duebook.reports.writers import to_csv, to_parquet, to_xlsx, write

MONEY = pa.decimal128(18, 3)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0d1"]
HARMLESS = ["Müller & Söhne €", 'a "quoted", b', "two\nlines", "", "日本", "' already", "1-2", "a=b"]


def report(money: dict[str, str] | None = None, **columns: Any) -> Report:
    return Report("ageing", "nordwind", date(2026, 3, 31), pa.table(columns), money or {})


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def sheet(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def mixed() -> Report:
    return report(
        {"amount": "currency", "home": "EUR"},
        currency=pa.array(["EUR", "JPY", "KWD", "RSD", "EUR", None]),
        amount=pa.array(
            [Decimal(text) for text in ("-12.340", "1200.000", "1.234", "99.000", "0.000", "5.000")], MONEY
        ),
        home=pa.array([Decimal("-12.340"), Decimal("7.100"), None, Decimal("0.850"), Decimal(0), Decimal(5)], MONEY),
    )


def test_text_that_looks_like_a_formula_is_text_in_csv() -> None:
    rows = read_csv(to_csv(report(name=FORMULAS + HARMLESS)))
    assert [row["name"] for row in rows] == ["'" + text for text in FORMULAS] + HARMLESS


def test_numbers_stay_numbers_in_csv_also_negative_ones() -> None:
    table = report({"amount": "EUR"}, days=[-5], amount=pa.array([Decimal("-12.340")], MONEY))
    assert read_csv(to_csv(table)) == [{"days": "-5", "amount": "-12.34"}]


def test_money_in_csv_has_the_digits_of_its_currency() -> None:
    rows = read_csv(to_csv(mixed()))
    assert [row["amount"] for row in rows] == ["-12.34", "1200", "1.234", "99.00", "0.00", "5.000"]
    assert [row["home"] for row in rows] == ["-12.34", "7.10", "", "0.85", "0.00", "5.00"]


def test_a_whole_column_in_yen_has_no_decimals() -> None:
    yen = report({"amount": "JPY"}, amount=pa.array([Decimal("-1200.000"), None], MONEY))
    assert to_csv(yen).decode().splitlines()[1:] == ['"-1200"', ""]


def test_large_amounts_keep_all_their_digits() -> None:
    amount = Decimal("999999999999999.990")
    large = report({"amount": "EUR"}, amount=pa.array([amount, -amount], MONEY))
    assert [row["amount"] for row in read_csv(to_csv(large))] == ["999999999999999.99", "-999999999999999.99"]


def test_dates_truth_and_what_is_absent_in_csv() -> None:
    table = report(day=[date(2026, 1, 31), None], sure=[True, None], text=["a", None])
    assert read_csv(to_csv(table)) == [
        {"day": "2026-01-31", "sure": "true", "text": "a"},
        {"day": "", "sure": "", "text": ""},
    ]


def test_a_ratio_keeps_its_decimals() -> None:
    ratio = report(cei=pa.array([Decimal("0.000001"), Decimal("-98.765432")], pa.decimal128(18, 6)))
    assert [row["cei"] for row in read_csv(to_csv(ratio))] == ["0.000001", "-98.765432"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_report_without_rows_still_has_its_columns(kind: Any, tmp_path: Path) -> None:
    empty = mixed()
    nothing = Report(empty.name, empty.client_id, empty.as_of, empty.table.slice(0, 0), empty.money)
    file = tmp_path / "empty"
    write(nothing, kind, file)
    if kind == "csv":
        assert file.read_text(encoding="utf-8").strip() == '"currency","amount","home"'
    elif kind == "xlsx":
        assert [cell.value for cell in sheet(file.read_bytes())[1]] == ["currency", "amount", "home"]
    else:
        assert pq.read_table(file).column_names == ["currency", "amount", "home"]


def test_a_workbook_holds_no_formula_and_the_text_as_it_was() -> None:
    texts = [text for text in FORMULAS + HARMLESS if text and "\r" not in text]
    cells = [row[0] for row in sheet(to_xlsx(report(name=texts))).iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == texts


def test_a_workbook_makes_no_links_of_text() -> None:
    worksheet = sheet(to_xlsx(report(name=["https://example.com", "mailto:a@example.com"])))
    assert [row[0].hyperlink for row in worksheet.iter_rows()] == [None, None, None]


def test_characters_a_workbook_cannot_hold_do_not_break_it() -> None:
    assert "a" in sheet(to_xlsx(report(name=["a\x00\x0b\x1f\ufffe"])))["A2"].value


def test_money_in_a_workbook_is_a_number_in_the_format_of_its_currency() -> None:
    rows = list(sheet(to_xlsx(mixed())).iter_rows(min_row=2))
    assert [row[1].data_type for row in rows] == ["n"] * 6
    assert [row[1].value for row in rows] == [-12.34, 1200, 1.234, 99, 0, 5]
    two, three = "#,##0.00", "#,##0.000"
    assert [row[1].number_format for row in rows] == [two, "#,##0", three, two, two, three]
    assert [row[2].number_format for row in rows if row[2].value is not None] == [two] * 5


def test_dates_truth_and_what_is_absent_in_a_workbook() -> None:
    worksheet = sheet(to_xlsx(report(day=[date(2026, 1, 31), None], sure=[True, None], days=[-5, None])))
    assert [cell.value for cell in worksheet[2]] == [datetime(2026, 1, 31), True, -5]
    assert worksheet["A2"].is_date
    assert worksheet["A2"].number_format == "yyyy-mm-dd"
    assert [cell.value for cell in worksheet[3]] == [None, None, None]


def test_text_longer_than_a_cell_is_cut_visibly() -> None:
    cell = sheet(to_xlsx(report(record=["x" * 40_000])))["A2"]
    assert len(cell.value) == 32_767
    assert cell.value.endswith("x…")


def test_a_report_longer_than_a_worksheet_is_refused_with_the_formats_that_hold_it() -> None:
    with pytest.raises(ReportError, match="csv or parquet"):
        to_xlsx(report(n=pa.nulls(1_048_576, pa.int8())))


def test_parquet_keeps_exact_decimals_and_types() -> None:
    table = pq.read_table(io.BytesIO(to_parquet(mixed())))
    assert table.schema.field("amount").type == MONEY
    assert table["amount"].to_pylist() == mixed().table["amount"].to_pylist()


@pytest.mark.parametrize("inside", ["folder", "file/below"])
def test_a_place_that_cannot_be_written_is_told_plainly_and_left_as_it_was(tmp_path: Path, inside: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    with pytest.raises(ReportError, match=f"{tmp_path / inside} cannot be written: "):
        write(mixed(), "csv", tmp_path / inside)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


def test_a_report_replaces_an_older_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "ageing.csv"
    for _ in range(2):
        write(mixed(), "csv", file)
    assert file.read_bytes() == to_csv(mixed())
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="there is no folder"):
        write(mixed(), "csv", tmp_path / "new" / "ageing.csv")
    assert not (tmp_path / "new").exists()


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    write(mixed(), "csv", pipe)
    assert reader.communicate(timeout=30)[0] == to_csv(mixed())
    assert stat.S_ISFIFO(pipe.stat().st_mode)
