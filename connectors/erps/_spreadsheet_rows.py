"""From the rows of one file to values and rejections, a batch at a time."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.base import ColumnType
from connectors.erps._spreadsheet_cells import (
    CellError,
    Notation,
    parser_for,
    shown,
    undecodable,
)
from connectors.erps._spreadsheet_entities import READABLE, role_of
from connectors.erps._spreadsheet_options import FileSet
from connectors.transports.tabular import Cell, FileError, RawRow, cell_text, one_line, storable
from duebook.currencies import smallest_unit

BATCH_ROWS = 20_000
KEY_SEPARATOR = "\x1f"
_OTHER_DELIMITERS = (";", ",", "\t", "|")


@dataclass(frozen=True)
class Rejection:
    """A row that cannot be used. ``reason`` names file, row, column and what would be right."""

    row: int
    reason: str
    column: str | None = None
    key: str | None = None
    record: str | None = None


@dataclass
class Batch:
    """Rows of one file that can be used, and those that cannot.

    ``values`` has one tuple a row, in the order of ``FileRows.columns``; ``cells`` are the same rows as they came.
    """

    numbers: list[int] = field(default_factory=list)
    values: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cells: list[Sequence[Cell]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.numbers) + len(self.rejections)


@dataclass(frozen=True)
class _Field:
    """A mapped column, compiled: where it stands and how it is read."""

    column: str
    header: str
    index: int
    read: Callable[[Any], Any]


class FileRows:
    """The rows of one file under one file set.

    Raises:
        FileError: from the constructor, when the file or its header row cannot be read.

    Attributes:
        columns: the canonical columns that ``Batch.values`` holds.
        headers: the headers the file has.
    """

    def __init__(self, file_set: FileSet, name: str, rows: Iterator[RawRow], *, workbook: bool) -> None:
        self.file_set = file_set
        self.name = name
        self._entity = READABLE[file_set.entity]
        self._rows = rows
        self.header_row, header_cells, problem = next(rows)
        if problem is not None:
            raise FileError(f"the header cannot be read: {problem}", self.header_row)
        self.headers = [storable(cell_text(cell)).strip() for cell in header_cells]
        self._fields: list[_Field] = []
        self.header_error, self._error_column = self._match(workbook)
        constants = self._constants()
        self.columns = [entry.column for entry in self._fields] + list(constants)
        self._constant_values = tuple(constants.values())
        key = [*self._entity.key]
        self._key_positions = [self.columns.index(column) for column in key if column in self.columns]
        self._money = [
            index for index, column in enumerate(self.columns) if self._entity.column(column).type is ColumnType.MONEY
        ]
        self._currency = self.columns.index("currency") if "currency" in self.columns else None

    def _constants(self) -> dict[str, str]:
        """Values that every row has because no column gives them."""
        mapped = self.file_set.columns
        constants = {}
        for column in self._entity.columns:
            if column.name.startswith("_") or column.name in mapped:
                continue
            default = role_of(self._entity.name, column.name).default
            if column.name == "currency" and self.file_set.currency is not None:
                constants["currency"] = self.file_set.currency
            elif default is not None:
                constants[column.name] = default
        return constants

    def _match(self, workbook: bool) -> tuple[str | None, str | None]:
        """Find the mapped headers; tell what is wrong with the header row, and with which header."""
        options = self.file_set
        notation = Notation(options.dates, options.decimal, options.thousands)
        for name, header in options.columns.items():
            places = [index for index, found in enumerate(self.headers) if found == header]
            if len(places) > 1:
                twice = " and ".join(str(index + 1) for index in places)
                return f"the header '{header}' stands in cells {twice}; rename the one that is not meant", header
            if not places:
                return self._missing(name, header, workbook), header
            parser = parser_for(self._entity.column(name), role_of(options.entity, name), notation)
            self._fields.append(_Field(name, header, places[0], parser.cell if workbook else parser.text))
        return None, None

    def _missing(self, name: str, header: str, workbook: bool) -> str:
        found = ", ".join(f"'{entry}'" for entry in self.headers if entry)
        reason = f"the header '{header}', mapped to {name}, is missing; found are {found}"
        other = next((mark for mark in _OTHER_DELIMITERS if mark in self.headers[0]), None)
        if not workbook and len(self.headers) == 1 and other:
            return f"{reason}. The cells seem to be separated by \"{other}\": set 'delimiter' in client.yaml"
        if any("\\x" in entry for entry in self.headers):
            return f"{reason}. The header is not {self.file_set.encoding}: set 'encoding' in client.yaml"
        lowered = {entry.casefold(): entry for entry in self.headers}
        close = difflib.get_close_matches(header.casefold(), list(lowered), n=1)
        if close:
            return f"{reason}. Did you mean '{lowered[close[0]]}'? Correct 'columns' in client.yaml"
        return f"{reason}. Correct 'columns' in client.yaml, or the file"

    def batches(self) -> Iterator[Batch]:
        """All rows, in batches; the rows of a file whose header is wrong are all rejected for that one reason.

        Raises:
            FileError: the file cannot be read further.
        """
        batch = Batch()
        any_row = False
        try:
            for row in self._rows:
                any_row = True
                if batch.rows >= BATCH_ROWS:
                    yield batch
                    batch = Batch()
                if self.header_error is None:
                    self._take(batch, row)
                else:
                    batch.rejections.append(self._rejected_for_header(row))
        except (FileError, OSError):
            yield batch
            raise
        yield batch
        if not any_row and self.header_error is not None:
            raise FileError(one_line(self.header_error), self.header_row)

    def _rejected_for_header(self, row: RawRow) -> Rejection:
        number, cells, _ = row
        return self.rejection(number, cells, self.header_error or "", column=self._error_column, place=False)

    def _take(self, batch: Batch, row: RawRow) -> None:
        number, cells, problem = row
        if problem is not None:
            batch.rejections.append(self.rejection(number, cells, problem))
            return
        try:
            values = (*[entry.read(cells[entry.index]) for entry in self._fields], *self._constant_values)
        except CellError:
            batch.rejections.append(self._rejected_cells(number, cells))
            return
        for index in self._money:
            amount = values[index]
            currency = values[self._currency] if self._currency is not None else self.file_set.currency
            if amount is not None and amount % smallest_unit(currency):
                header = self._fields[index].header
                units = smallest_unit(currency)
                what = f"the {-int(units.as_tuple().exponent)} of {currency}" if currency else "any currency has"
                problem = f"{shown(cell_text(cells[self._fields[index].index]))} has more decimals than {what}"
                batch.rejections.append(self.rejection(number, cells, f"{problem}; correct the amount", column=header))
                return
        batch.numbers.append(number)
        batch.values.append(values)
        batch.keys.append(KEY_SEPARATOR.join([str(values[position]) for position in self._key_positions]))
        batch.cells.append(cells)

    def _rejected_cells(self, number: int, cells: Sequence[Cell]) -> Rejection:
        """All that is wrong with a row, so that it can be mended in one go."""
        problems: list[tuple[str, str]] = []
        for entry in self._fields:
            try:
                entry.read(cells[entry.index])
            except CellError as problem:
                why = undecodable(cells[entry.index], self.file_set.encoding) or str(problem)
                problems.append((entry.header, why))
        (first, why), others = problems[0], problems[1:]
        rest = "".join(f"; column '{header}': {also}" for header, also in others)
        return self.rejection(number, cells, f"{why}{rest}", column=first)

    def rejection(
        self, number: int, cells: Sequence[Cell], why: str, *, column: str | None = None, place: bool = True
    ) -> Rejection:
        """A rejected row with its place in the reason; ``place`` off when the reason names the column itself."""
        where = f"{self.name} row {number}" + (f", column '{column}'" if column and place else "")
        texts = [storable(cell_text(cell)) for cell in cells]
        return Rejection(
            row=number,
            reason=one_line(f"{where}: {why}."),
            column=column,
            key=self._key_of(texts),
            record=json.dumps(self._record(texts), ensure_ascii=False),
        )

    def _key_of(self, texts: Sequence[str]) -> str | None:
        """What the row calls itself, as far as it can be told."""
        parts = [
            texts[entry.index].strip()
            for entry in self._fields
            if entry.column in self._entity.key and entry.index < len(texts) and len(texts) > 1
        ]
        return "/".join(parts) or None

    def _record(self, texts: Sequence[str]) -> dict[str, str]:
        if len(texts) == 1 and len(self.headers) > 1:
            return {"(line)": texts[0]}
        names = [*self.headers, *[""] * (len(texts) - len(self.headers))]
        return {
            name or f"(cell {index})": text for index, (name, text) in enumerate(zip(names, texts, strict=False), 1)
        }
