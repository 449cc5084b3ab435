"""What CSV and XLSX readers have in common: rows of cells with their number, and why a file cannot be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias

_SURROGATES = re.compile("[\ud800-\udfff]")
# Where Python keeps the bytes 0x80 to 0xFF that it could not decode.
_UNDECODED_BYTES = range(0xDC80, 0xDD00)
_FIRST_UNDECODED = 0x80
_LAST_BYTE = 0xFF
_INVISIBLE = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class PaddedNumber:
    """A number that its XLSX format shows with leading zeros, such as ``0000012345``."""

    number: int
    width: int

    def __str__(self) -> str:
        return f"{self.number:0{self.width}d}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value is not to be had: an Excel error, a formula without a result.

    ``reason`` continues a sentence that began with the cell's place.
    """

    reason: str
    shown: str

    def __str__(self) -> str:
        return self.shown


Cell: TypeAlias = str | int | float | bool | date | datetime | PaddedNumber | Broken | None
"""CSV cells are text; XLSX cells are what Excel stores."""

RawRow: TypeAlias = tuple[int, Sequence[Cell], str | None]
"""Row number as a person sees it in the file, cells, and why the row cannot be read (None: it can)."""


class FileError(Exception):
    """A file cannot be read, or not further than ``row``; ``reason`` says why and what to do."""

    def __init__(self, reason: str, row: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row


def storable(text: str) -> str:
    r"""The text with bytes that could not be decoded written as ``\xNN``, so that it can be stored."""
    return text if text.isascii() else _SURROGATES.sub(_code, text)


def one_line(text: str) -> str:
    """The text on one line, with everything invisible written out: a file must not steer a terminal."""
    return text if text.isprintable() else _INVISIBLE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    return character if character.isprintable() else " " if character.isspace() else _code(match)


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _UNDECODED_BYTES:
        code -= _UNDECODED_BYTES.start - _FIRST_UNDECODED
    return f"\\x{code:02x}" if code <= _LAST_BYTE else f"\\u{code:04x}"


def float_text(value: float) -> str:
    """A number as Excel shows it. Excel keeps 15 digits; more of a binary fraction is noise, not content."""
    return format(value, ".15g")


def cell_text(cell: Cell) -> str:
    """A cell as text for people."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return float_text(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether nothing is written in any of the cells."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
