"""Turning cells into values, strictly: what is not plainly what it should be is refused with its reason."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from connectors.base import Column, ColumnType
from connectors.erps._spreadsheet_entities import ColumnRole
from connectors.transports.tabular import Broken, Cell, PaddedNumber, cell_text, float_text
from duebook.currencies import currencies

DATE_EXAMPLE = date(2026, 12, 31)
_YEARS = range(1900, 2200)
_MOST_DIGITS = 15
_REMEMBERED_DATES = 50_000
_SHOWN = 60
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE]\+?\d+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = "[ \u00a0\u202f\u2009]"
_YES = frozenset({"yes", "y", "true", "1", "ja", "j", "oui"})
_NO = frozenset({"no", "n", "false", "0", "nee", "nein", "non"})


Value: TypeAlias = str | bool | date | Decimal | None
"""What a landed column can hold."""


class CellError(Exception):
    """Why a cell cannot be used; the text follows the place of the cell and says what would be right."""


def shown(text: str) -> str:
    """The value as repeated in a reason: on one line, and not too long."""
    plain = " ".join(text.split())
    return f"'{plain[:_SHOWN]}…'" if len(plain) > _SHOWN else f"'{plain}'"


class Parser(ABC):
    """Reads the cells of one column.

    ``text`` is for CSV, where every cell is text; ``cell`` is for XLSX, where a cell may be anything.

    Raises:
        CellError: from both.
    """

    def __init__(self, role: ColumnRole, *, required: bool) -> None:
        self.role = role
        self.required = required and role.default is None

    def text(self, text: str) -> Value:
        stripped = text.strip()
        return self.parse(stripped) if stripped else self.empty()

    def cell(self, cell: Cell) -> Value:
        if isinstance(cell, str):
            return self.text(cell)
        if cell is None:
            return self.empty()
        if isinstance(cell, Broken):
            raise CellError(cell.reason)
        return self.native(cell)

    def empty(self) -> Value:
        if self.required:
            raise CellError(f"no {self.role.label}; every row needs one")
        return self.role.default

    @abstractmethod
    def parse(self, text: str) -> Value:
        """Read text that is not empty and has no spaces around it."""

    def native(self, cell: Cell) -> Value:
        """Read a cell that Excel stores as something else than text; as the text it shows, if nothing better."""
        return self.parse(cell_text(cell))


class TextParser(Parser):
    """Plain text; of what identifies a record, every character counts."""

    def parse(self, text: str) -> str:
        if not text.isprintable():
            if "\0" in text:
                raise CellError("holds NUL bytes; the file is damaged, export it again")
            if self.role.identifies:
                raise CellError(f"{shown(text)} holds a line break or an invisible character; remove it")
            if _SURROGATES.search(text):
                raise CellError(f"{shown(text)} holds a character that does not exist; correct it")
        if self.role.identifies and _SCIENTIFIC.fullmatch(text):
            raise CellError(
                f"{shown(text)} was shortened by a spreadsheet and has lost digits; "
                "format the column as text and export again"
            )
        return text

    def native(self, cell: Cell) -> str:
        if isinstance(cell, PaddedNumber):
            return str(cell)
        if isinstance(cell, date) and self.role.identifies:
            raise CellError(f"{cell_text(cell)} is a date; Excel has changed what was typed, format the column as text")
        if isinstance(cell, date):
            return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            if abs(cell) >= 10**_MOST_DIGITS:
                raise CellError(
                    f"is a number of more than {_MOST_DIGITS} digits, and Excel keeps only {_MOST_DIGITS}; "
                    "format the column as text and enter it again"
                )
            return str(int(cell)) if float(cell).is_integer() else float_text(float(cell))
        return self.parse(cell_text(cell))


class ChoiceParser(Parser):
    """One of a few words; capitals, spaces and hyphens do not matter."""

    def parse(self, text: str) -> str:
        word = text.casefold().replace(" ", "_").replace("-", "_")
        if word not in self.role.choices:
            raise CellError(f"{shown(text)} is not known; use one of: {', '.join(self.role.choices)}")
        return word


class CurrencyParser(Parser):
    """An ISO 4217 code, in capitals or not."""

    def parse(self, text: str) -> str:
        code = text.upper()
        if code not in currencies():
            raise CellError(f"{shown(text)} is not a currency code of ISO 4217; use one such as EUR")
        return code


class BooleanParser(Parser):
    """Yes or no, in English, Dutch, German or French."""

    def parse(self, text: str) -> bool:
        word = text.casefold()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise CellError(f"{shown(text)} is neither yes nor no; use 'yes' or 'no'")

    def native(self, cell: Cell) -> bool:
        if cell in (0, 1):
            return bool(cell)
        return self.parse(cell_text(cell))


class DateParser(Parser):
    """A day, written as the configuration says; an XLSX date cell is a day whatever it says."""

    def __init__(self, role: ColumnRole, *, required: bool, form: str) -> None:
        super().__init__(role, required=required)
        self.form = form
        self._remembered: dict[str, date] = {}

    def parse(self, text: str) -> date:
        day = self._remembered.get(text)
        if day is None:
            day = self._read(text)
            if len(self._remembered) >= _REMEMBERED_DATES:
                self._remembered.clear()
            self._remembered[text] = day
        return day

    def native(self, cell: Cell) -> date:
        if isinstance(cell, date):
            return self._plausible(cell.date() if isinstance(cell, datetime) else cell)
        return self.parse(cell_text(cell))

    def _read(self, text: str) -> date:
        # A column of days such as 20200126 with empty cells in it comes as decimals out of some tools.
        plain = text[:-2] if text.endswith(".0") and "." not in self.form else text
        try:
            return self._plausible(datetime.strptime(plain, self.form).date())  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            if "does not match" in str(error) or "unconverted" in str(error):
                example = DATE_EXAMPLE.strftime(self.form)
                raise CellError(f"{shown(text)} is not a date of the form {self.form}, such as {example}") from None
            raise CellError(f"{shown(text)} is a day that no calendar has; correct it") from None

    def _plausible(self, day: date) -> date:
        if day.year not in _YEARS:
            raise CellError(f"the year {day.year} cannot be right; correct it")
        return day


class MoneyParser(Parser):
    """An exact amount, under the declared decimal mark and thousands separator and no other."""

    def __init__(self, role: ColumnRole, *, required: bool, decimal: str, thousands: str | None) -> None:
        super().__init__(role, required=required)
        self.decimal = decimal
        self.thousands = thousands
        whole = "[0-9]+"
        if thousands is not None:
            separator = _SPACES if thousands == " " else "['\u2019]" if thousands in "'\u2019" else re.escape(thousands)
            whole = rf"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+|[0-9]+"
        mark = re.escape(decimal)
        self._number = re.compile(rf"(?P<whole>{whole})?(?:{mark}(?P<part>[0-9]{{1,18}}))?")
        self._plain = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,18})?") if decimal == "." else None

    def parse(self, text: str) -> Decimal:
        if self._plain is not None and self._plain.fullmatch(text):
            return Decimal(text)
        number = text.replace("\u2212", "-")
        negative = True
        if number.startswith("(") and number.endswith(")"):
            number = number[1:-1].strip()
        elif number.startswith("-"):
            number = number[1:].lstrip()
        elif number.endswith("-"):
            number = number[:-1].rstrip()
        else:
            negative = False
            number = number.removeprefix("+")
        match = self._number.fullmatch(number)
        if match is None or (match["whole"] is None and match["part"] is None):
            raise CellError(self._why_not(text))
        whole = "".join(character for character in match["whole"] or "0" if character.isdigit())
        return self._sized(Decimal(f"{'-' if negative else ''}{whole}.{match['part'] or '0'}"))

    def native(self, cell: Cell) -> Decimal:
        if isinstance(cell, PaddedNumber):
            return self._sized(Decimal(cell.number))
        if isinstance(cell, date | bool):
            raise CellError(f"{shown(cell_text(cell))} is not an amount; format the cell as a number")
        if isinstance(cell, int):
            return self._sized(Decimal(cell))
        if isinstance(cell, float):
            return self._sized(Decimal(float_text(cell)))
        return self.parse(cell_text(cell))

    def _sized(self, amount: Decimal) -> Decimal:
        if abs(amount) >= 10**_MOST_DIGITS:
            raise CellError(f"the amount has more than {_MOST_DIGITS} digits before its decimals; correct it")
        return amount

    def _why_not(self, text: str) -> str:
        grouped = f"1{self.thousands}234" if self.thousands else "1234"
        example = f"{grouped}{self.decimal}56"
        start = f"{shown(text)} is not an amount written like {example}"
        if any(unicodedata.category(character) == "Sc" or character.isalpha() for character in text):
            if _SCIENTIFIC.fullmatch(text):
                return f"{start}; it is in scientific notation, export it with all digits"
            return f"{start}; write it without a currency sign or letters"
        other = "," if self.decimal == "." else "."
        if self.thousands is None and other in text:
            return f"{start}; if '{other}' separates thousands, set thousands: \"{other}\", if decimals, set 'decimal'"
        if self.thousands is not None and self.thousands in text:
            return f"{start}; '{self.thousands}' must stand before every three digits, and before no others"
        return start


def undecodable(cell: Cell, encoding: str) -> str | None:
    """Why a cell is not text in the encoding, naming the byte; None if it is."""
    if not isinstance(cell, str) or cell.isascii():
        return None
    for character in cell:
        if "\udc80" <= character <= "\udcff":
            other = "cp1252" if encoding.lower().startswith("utf") else "utf-8"
            return (
                f"the byte 0x{ord(character) - 0xDC00:02X} is not {encoding}; "
                f"the file may be {other}, set 'encoding' in client.yaml to what it is"
            )
    return None


@dataclass(frozen=True)
class Notation:
    """How a file writes dates and amounts."""

    dates: str
    decimal: str
    thousands: str | None


def parser_for(column: Column, role: ColumnRole, notation: Notation) -> Parser:
    """The parser of a column."""
    if column.name == "currency":
        return CurrencyParser(role, required=column.required)
    if role.choices:
        return ChoiceParser(role, required=column.required)
    if column.type is ColumnType.DATE:
        return DateParser(role, required=column.required, form=notation.dates)
    if column.type is ColumnType.MONEY:
        return MoneyParser(role, required=column.required, decimal=notation.decimal, thousands=notation.thousands)
    if column.type is ColumnType.BOOLEAN:
        return BooleanParser(role, required=column.required)
    return TextParser(role, required=column.required)
