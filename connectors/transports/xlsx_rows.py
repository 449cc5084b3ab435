"""Reading XLSX workbooks row by row, without trusting them."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, time, timedelta
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from connectors.transports.tabular import Broken, Cell, FileError, PaddedNumber, RawRow, is_blank

if TYPE_CHECKING:
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.workbook.workbook import Workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_UNPACKED = 1024**3
_MOST_RATIO = 300
_RATIO_MATTERS_FROM = 50 * 1024**2
_MOST_ROWS = 1_048_576
_ROWS_AT_ONCE = 2_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_ALL_ZEROS = re.compile(r"0{2,}")
# openpyxl documents no error of its own for a damaged part; these are what its readers raise.
_DAMAGED = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
_NO_RESULT = "holds a formula without a stored result; open the workbook in Excel and save it"


def is_workbook(path: Path) -> bool:
    """Whether the file is to be read as XLSX: by what it is, not only by how it is called.

    Raises:
        FileError: it is an old or encrypted workbook, or its name says something else than its content.
        OSError: the file cannot be read.
    """
    with path.open("rb") as handle:
        head = handle.read(8)
    ending = path.suffix.lower()
    if head == _OLE:
        if ending == ".xls":
            raise FileError("the file is an old .xls workbook; save it as .xlsx or CSV")
        raise FileError("the workbook is encrypted or in the old .xls format; save it as .xlsx without a password")
    if ending == ".xls":
        raise FileError("the file is called .xls; save it as .xlsx or CSV")
    if head.startswith(_ZIP) != (ending in {".xlsx", ".xlsm"}):
        if ending in {".xlsx", ".xlsm"}:
            reason = "the file is empty" if not head else f"the file is called {ending} but is not a workbook"
            raise FileError(f"{reason}; save it again from Excel")
        raise FileError("the file is a workbook or another ZIP archive; give it its right ending, such as .xlsx")
    return head.startswith(_ZIP)


def read_xlsx(path: Path, *, sheet: str | None) -> Iterator[RawRow]:
    """The rows of one sheet; the first is the header. Blank rows are passed over.

    Without a name, the first visible sheet is read. Cells come as Excel stores them; a formula counts as its
    stored result.

    Raises:
        FileError: the workbook is damaged, encrypted, far too large when unpacked, or lacks the sheet.
        OSError: the file cannot be read.
    """
    row = 1
    try:
        has_formulas = _look_into(path)
        with closing(_open(path, results=True)) as workbook:
            name = sheet if sheet is not None else _first_visible(workbook)
            if name not in [worksheet.title for worksheet in workbook.worksheets]:
                found = ", ".join(f"'{worksheet.title}'" for worksheet in workbook.worksheets)
                raise FileError(f"there is no sheet '{name}'; it has {found}. Correct 'sheet' in client.yaml")
            results = _cells(workbook, name)
            if not has_formulas:
                rows = ((cells, ()) for cells in results)
                for row, cells in _numbered(rows):
                    yield row, cells, None
            else:
                with closing(_open(path, results=False)) as formulas:
                    pairs = zip_longest(results, _cells(formulas, name), fillvalue=())
                    for row, cells in _numbered(pairs):
                        yield row, cells, None
    except _DAMAGED as error:
        reason = "the workbook is protected by a password" if "password" in str(error) else "the workbook is damaged"
        raise FileError(f"{reason}; open it in Excel and save it as .xlsx without a password", row) from None


def _look_into(path: Path) -> bool:
    """Refuse archives that would unpack to an absurd size; tell whether any sheet holds formulas."""
    with ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        packed = max(1, sum(entry.compress_size for entry in archive.infolist()))
        if unpacked > _MOST_UNPACKED or (unpacked > _RATIO_MATTERS_FROM and unpacked > packed * _MOST_RATIO):
            raise FileError(
                f"the workbook unpacks to {unpacked / 1024**2:,.0f} MB, which no honest one of this size does; "
                "save it as CSV"
            )
        for entry in archive.infolist():
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                with archive.open(entry) as part:
                    tail = b""
                    while block := part.read(1 << 20):
                        if _FORMULA.search(tail + block):
                            return True
                        tail = block[-40:]
    return False


def _open(path: Path, *, results: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path, read_only=True, data_only=results, keep_links=False)


def _first_visible(workbook: Workbook) -> str:
    for worksheet in workbook.worksheets:
        if worksheet.sheet_state == "visible":
            return str(worksheet.title)
    raise FileError("the workbook has no visible sheet; name one with 'sheet' in client.yaml")


def _cells(workbook: Workbook, sheet: str) -> Iterator[Sequence[Any]]:
    worksheet: Any = workbook[sheet]
    # The size a workbook states for itself is often wrong, and openpyxl would cut rows off at it.
    worksheet.reset_dimensions()
    rows = worksheet.iter_rows()
    damage: BaseException | None = None
    while damage is None:
        block: list[Sequence[Any]] = []
        # openpyxl warns about dates it cannot hold; they come as error cells and are judged as such.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                block.extend(islice(rows, _ROWS_AT_ONCE))
            except _DAMAGED as error:
                damage = error
        yield from block
        if not block:
            break
    if damage is not None:
        raise damage


def _numbered(pairs: Iterator[tuple[Sequence[Any], Sequence[Any]]]) -> Iterator[tuple[int, list[Cell]]]:
    width = 0
    for number, (results, formulas) in enumerate(pairs, start=1):
        if number > _MOST_ROWS:
            raise FileError("the sheet has more rows than Excel allows; save it again from Excel", number)
        cells = [_value(cell) for cell in results]
        for index, formula in enumerate(formulas):
            # A formula whose result is an empty text is stored as text without a value, and is an empty cell.
            if formula.data_type == "f" and cells[index] is None and results[index].data_type == "n":
                cells[index] = Broken(_NO_RESULT, "(formula)")
        if is_blank(cells):
            continue
        while cells[-1] is None:
            cells.pop()
        width = width or len(cells)
        yield number, cells + [None] * (width - len(cells))
    if not width:
        raise FileError("the file is empty; put a header and rows into it, or remove it")


def _value(cell: ReadOnlyCell) -> Cell:
    value: object = cell.value
    if cell.data_type == "e":
        return Broken(f"is the Excel error {value}; correct the formula or the value", str(value))
    if value is None or isinstance(value, str | bool | date):
        return value
    if isinstance(value, int | float):
        zeros = cell.number_format or ""
        padded = _ALL_ZEROS.fullmatch(zeros) and float(value).is_integer()
        return PaddedNumber(int(value), len(zeros)) if padded else value
    if isinstance(value, time | timedelta):
        return str(value)
    return Broken("holds something that is neither text, number nor date", str(value))
