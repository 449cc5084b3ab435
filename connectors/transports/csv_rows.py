"""Reading CSV as people make it: one bad row never costs the rows after it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from io import TextIOBase
from pathlib import Path

from connectors.transports.tabular import Cell, FileError, RawRow

# A line this long is no line of a spreadsheet; reading on would load a binary file into memory whole.
_LONGEST_LINE = 1_000_000
_HEAD = 4096
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NEVER_CLOSED = 'a quote (") opened in this row is never closed; close it, or write "" for a quote in the text'


class _Lines:
    """Physical lines of a file, numbered, that can be given back when a record turns out to be broken."""

    def __init__(self, handle: TextIOBase) -> None:
        self._handle = handle
        self._given_back: deque[str] = deque()
        self.taken: list[str] = []
        self.first = 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._handle.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) >= _LONGEST_LINE:
            raise FileError(
                f"a line is longer than {_LONGEST_LINE:,} characters, so this is not a CSV file; export it as CSV",
                self.first + len(self.taken),
            )
        self.taken.append(line)
        return line

    def record_done(self) -> None:
        self.first += len(self.taken)
        self.taken.clear()

    def keep_only_first(self) -> None:
        """Give back all lines of the record but its first, to be read again on their own."""
        self._given_back.extendleft(reversed(self.taken[1:]))
        self.first += 1
        self.taken.clear()


def read_csv(path: Path, *, delimiter: str, encoding: str) -> Iterator[RawRow]:
    """The rows of a CSV file; the first is the header. Blank lines are passed over.

    Bytes that the encoding does not know come as lone surrogates, for the caller to judge cell by cell.
    A row with a broken quote or a wrong number of cells comes with the reason; reading goes on at the next line.

    Raises:
        FileError: the file is empty, or is no CSV at all.
        OSError: the file cannot be read.
    """
    _refuse_utf16(path, encoding)
    with path.open(encoding=_accepting_mark(encoding), errors="surrogateescape", newline="") as handle:
        try:
            yield from _records(_Lines(handle), delimiter)
        except UnicodeError:
            raise FileError(f"the file is not {encoding}; correct 'encoding' in client.yaml") from None


def _records(lines: _Lines, delimiter: str) -> Iterator[RawRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield lines.first, [lines.taken[0].rstrip("\r\n")], _quote_reason(error, len(lines.taken))
            lines.keep_only_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if width and len(lines.taken) > 1 and cells and len(cells) != width:
            # A quote that was forgotten in one row and met its partner in a later one swallowed what lies between.
            yield lines.first, [lines.taken[0].rstrip("\r\n")], _NEVER_CLOSED
            lines.keep_only_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if any(cell.strip() for cell in cells):
            if not width:
                width = _last_filled(cells)
                yield lines.first, cells[:width], None
            else:
                yield lines.first, cells, _width_reason(cells, width)
        lines.record_done()
    if not width:
        raise FileError("the file is empty; put a header and rows into it, or remove it")


def _last_filled(cells: Sequence[Cell]) -> int:
    return max(index for index, cell in enumerate(cells, start=1) if isinstance(cell, str) and cell.strip())


def _width_reason(cells: Sequence[str], width: int) -> str | None:
    if len(cells) == width:
        return None
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return None
    direction = "few" if len(cells) < width else "many"
    return (
        f"too {direction} cells: {len(cells)} where the header has {width}; "
        'put quotes (") around a text that holds the delimiter, and leave no cell out'
    )


def _quote_reason(error: csv.Error, lines: int) -> str:
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters; probably {_NEVER_CLOSED}"
    if "unexpected end" in str(error) or lines > 1:
        return _NEVER_CLOSED
    return 'text follows a closing quote ("); write "" for a quote that belongs to the text'


def _accepting_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding


def _refuse_utf16(path: Path, encoding: str) -> None:
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32")):
        return
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    # Without a mark, UTF-16 of Western text is every other byte NUL.
    if head.startswith(_BYTE_ORDER_MARKS) or head.count(0) * 3 > len(head):
        raise FileError(
            f"the file is UTF-16, not {encoding}; save it as 'CSV UTF-8', or set 'encoding: utf-16' in client.yaml"
        )
