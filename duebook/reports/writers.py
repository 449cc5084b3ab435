"""Writing reports so that nothing in them comes alive in a spreadsheet, and money keeps its exact digits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from duebook.currencies import minor_units
from duebook.errors import ReportError
from duebook.files import write_durably
from duebook.reports.report import Report

Format = Literal["csv", "xlsx", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "parquet")

XLSX_ROWS = 1_048_575
XLSX_CELL_CHARACTERS = 32_767
# What a spreadsheet takes for the beginning of a formula, the full-width signs among it.
FORMULA_START = "^[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]"


def to_csv(report: Report) -> bytes:
    """UTF-8, comma, one header line.

    Money has its currency's digits; text that looks like a formula gets a ' in front.
    """
    table = report.table
    columns = [_csv_column(report, name) for name in table.column_names]
    buffer = io.BytesIO()
    pa_csv.write_csv(pa.table(columns, names=table.column_names), buffer, pa_csv.WriteOptions(quoting_style="needed"))
    return buffer.getvalue()


def _csv_column(report: Report, name: str) -> pa.ChunkedArray[Any]:
    column = report.table[name]
    if name in report.money:
        return _with_minor_units(column, _currencies(report, name))
    if pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        risky = pc.match_substring_regex(column, FORMULA_START)
        return _chosen(risky, pc.replace_substring_regex(column, "^", "'", max_replacements=1), column)
    return column


def _chosen(condition: Any, then: Any, otherwise: Any) -> pa.ChunkedArray[Any]:
    chosen: pa.ChunkedArray[Any] = pc.if_else(condition, then, otherwise)
    return chosen


def _currencies(report: Report, name: str) -> pa.ChunkedArray[Any] | pa.Scalar[Any]:
    source = report.money[name]
    return report.table[source] if source in report.table.column_names else pa.scalar(source)


def _with_minor_units(
    amounts: pa.ChunkedArray[Any], currencies: pa.ChunkedArray[Any] | pa.Scalar[Any]
) -> pa.ChunkedArray[Any]:
    """Amounts as text with the digits of their currency: all have three decimals in the warehouse."""
    text = amounts.cast(pa.string())
    known = [currencies.as_py()] if isinstance(currencies, pa.Scalar) else pc.unique(currencies).to_pylist()
    result = text
    for digits, kept in ((2, -1), (0, -4)):
        codes = [code for code in known if code and minor_units(code) == digits]
        if not codes:
            continue
        shortened = pc.utf8_slice_codeunits(text, 0, kept)
        result = _chosen(pc.is_in(currencies, value_set=pa.array(codes)), shortened, result)
    return result


def stream_csv(rows: pa.RecordBatchReader, output: IO[bytes]) -> None:
    """Write the rows of any query as they come; lists, structs and the like become text, the rest is as stored.

    Raises:
        ReportError: the output does not take it.
    """
    types = [(field.name, field.type if _is_simple(field.type) else pa.string()) for field in rows.schema]
    schema = pa.schema(types)
    try:
        with pa_csv.CSVWriter(output, schema, write_options=pa_csv.WriteOptions(quoting_style="needed")) as writer:
            for batch in rows:
                columns = [
                    column
                    if _is_simple(column.type)
                    else pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
                    for column in batch.columns
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ReportError(f"The result cannot be written: {error.strerror or error}.") from None


def _is_simple(kind: pa.DataType) -> bool:
    """Whether a CSV cell can hold values of the type as they are."""
    tests = (
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_date,
        pa.types.is_time,
        pa.types.is_timestamp,
        pa.types.is_null,
    )
    return any(test(kind) for test in tests)


def to_parquet(report: Report) -> bytes:
    """Parquet with exact decimals."""
    buffer = io.BytesIO()
    pq.write_table(report.table, buffer, compression="zstd")
    return buffer.getvalue()


def to_xlsx(report: Report) -> bytes:
    """A workbook for people: frozen header, filter, number formats by currency; text is text, never a formula.

    Raises:
        ReportError: more rows than a worksheet holds.
    """
    table = report.table
    if table.num_rows > XLSX_ROWS:
        raise ReportError(
            f"The report '{report.name}' has {table.num_rows:,} rows; a worksheet holds {XLSX_ROWS:,}. "
            "Use csv or parquet."
        )
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet(report.name[:31])
        bold = workbook.add_format({"bold": True, "bottom": 1})
        formats: dict[str, Any] = {"date": workbook.add_format({"num_format": "yyyy-mm-dd"})}
        for digits in (0, 2, 3):
            decimals = "." + "0" * digits if digits else ""
            formats[str(digits)] = workbook.add_format({"num_format": f"#,##0{decimals}"})
        for index, name in enumerate(table.column_names):
            sheet.set_column(index, index, _width(table[name], name))
            sheet.write_string(0, index, name, bold)
        for row, record in enumerate(_records(table), start=1):
            for index, (name, value) in enumerate(record.items()):
                _write_cell(sheet, row, index, value, formats, _digits(report, name, record))
        sheet.freeze_panes(1, 0)
        if table.num_columns:
            sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
    return buffer.getvalue()


def _records(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _digits(report: Report, name: str, record: dict[str, Any]) -> int | None:
    source = report.money.get(name)
    if source is None:
        return None
    return minor_units(record.get(source, source))


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any], digits: int | None) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif isinstance(value, Decimal):
        # A worksheet has only floats; fifteen digits hold any amount that eighteen digits of money can show.
        sheet.write_number(row, column, float(value), formats[str(2 if digits is None else digits)])
    else:
        text = str(value)
        fits = len(text) <= XLSX_CELL_CHARACTERS
        sheet.write_string(row, column, text if fits else text[: XLSX_CELL_CHARACTERS - 1] + "…")


def _width(column: pa.ChunkedArray[Any], name: str) -> int:
    texts = column.slice(0, 1000).cast(pa.string()).to_pylist()
    longest = max((len(text) for text in texts if text), default=0)
    return max(len(name) + 3, min(longest, 50) + 2)


def write(report: Report, kind: Format, path: Path) -> None:
    """Write a report to a file that is there whole or not at all.

    Raises:
        ReportError: the file cannot be written, or the format cannot hold the report.
    """
    content = {"csv": to_csv, "xlsx": to_xlsx, "parquet": to_parquet}[kind](report)
    if not path.parent.is_dir():
        raise ReportError(f"{path} cannot be written: there is no folder {path.parent}.")
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device is written to; it is no file that could be put in place of another.
            path.write_bytes(content)
        else:
            write_durably(path, content)
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}.") from None
