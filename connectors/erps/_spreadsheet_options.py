"""The configuration of a spreadsheet source, validated so that a mistake is named with its key."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from connectors.base import Options
from connectors.erps._spreadsheet_cells import DATE_EXAMPLE
from connectors.erps._spreadsheet_entities import mappable, must_be_mapped
from duebook.currencies import is_currency

EntityName = Literal["invoices", "payments", "allocations", "customers", "control_totals"]
Header = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_THOUSANDS = (",", ".", " ", "'", "\u2019")


class FileSet(BaseModel):
    """Files of one kind in the folder, and how they are to be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entity: EntityName
    pattern: Annotated[str, StringConstraints(min_length=1)]
    mode: Literal["append", "snapshot"] = "append"
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    thousands: str | None = None
    dates: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    sheet: str | None = None
    columns: dict[str, Header]
    currency: str | None = Field(default=None, description="ISO 4217 code of all amounts")

    @property
    def settings(self) -> str:
        """A short digest of how the set is read; when it changes, the same file has to be read again."""
        return hashlib.sha256(self.model_dump_json(exclude={"pattern"}).encode()).hexdigest()[:16]

    @field_validator("pattern")
    @classmethod
    def _stays_in_the_folder(cls, pattern: str) -> str:
        path = PurePosixPath(pattern)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("must stay in the folder; give a pattern such as '*.csv' or '2026/*.csv'")
        if any("**" in part and part != "**" for part in path.parts):
            raise ValueError("'**' must stand alone between slashes, such as '**/*.csv'")
        return pattern

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if len(delimiter) != 1 or delimiter in '"\r\n\0' or delimiter.isalnum():
            raise ValueError('must be one character such as "," or ";" or "\\t" (in double quotes)')
        return delimiter

    @field_validator("thousands")
    @classmethod
    def _other_than_decimal(cls, thousands: str | None, info: ValidationInfo) -> str | None:
        if thousands is not None and (thousands not in _THOUSANDS or thousands == info.data.get("decimal")):
            possible = ", ".join(f'"{mark}"' for mark in _THOUSANDS if mark != info.data.get("decimal"))
            raise ValueError(f"must be one of {possible}, and differ from 'decimal'")
        return thousands

    @field_validator("dates")
    @classmethod
    def _tells_a_day(cls, dates: str) -> str:
        try:
            understood = datetime.strptime(DATE_EXAMPLE.strftime(dates), dates).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            understood = date.min
        if understood != DATE_EXAMPLE:
            raise ValueError(
                "must tell day, month and year, such as %Y-%m-%d for 2026-12-31, %d.%m.%Y for 31.12.2026 "
                "or %m/%d/%Y for 12/31/2026"
            )
        return dates

    @field_validator("encoding")
    @classmethod
    def _known_to_python(cls, encoding: str) -> str:
        try:
            " ".encode(encoding)
        except LookupError:
            raise ValueError("is not an encoding; use utf-8, cp1252, iso-8859-15 or another") from None
        return encoding

    @field_validator("columns")
    @classmethod
    def _known_and_complete(cls, columns: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        entity = info.data.get("entity")
        if entity is None:
            return columns
        possible = mappable(entity)
        for name in columns:
            if name not in possible:
                raise ValueError(f"'{name}' is not a column of {entity}; possible are: {', '.join(possible)}")
        missing = [name for name in must_be_mapped(entity) if name not in columns]
        if missing:
            raise ValueError(f"{entity} need {', '.join(missing)} too; map each to its header in the file")
        return columns

    @field_validator("currency")
    @classmethod
    def _one_source_of_currency(cls, currency: str | None, info: ValidationInfo) -> str | None:
        entity, columns = info.data.get("entity"), info.data.get("columns")
        if currency is not None and not is_currency(currency):
            raise ValueError(f"'{currency}' is not an ISO 4217 code such as EUR")
        if columns is not None and currency is not None and "currency" in columns:
            raise ValueError("is given twice, here and under 'columns'; keep the one that is right")
        if entity == "customers" and currency is not None and "credit_limit" not in (columns or {}):
            raise ValueError("customers have no amounts here; remove it")
        return currency

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> FileSet:
        if "currency" in mappable(self.entity) and self.currency is None and "currency" not in self.columns:
            raise ValueError(
                "amounts need a currency; add 'currency: EUR' (a constant) or map 'currency' under 'columns'"
            )
        return self


class SpreadsheetOptions(Options):
    """The folder and the file sets in it."""

    folder: Annotated[str, StringConstraints(min_length=1)]
    files: tuple[FileSet, ...] = Field(min_length=1)

    @field_validator("folder")
    @classmethod
    def _inside_the_client(cls, folder: str) -> str:
        path = PurePosixPath(folder)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("must be a folder inside the client's own, such as 'inbox'")
        return folder

    @field_validator("files")
    @classmethod
    def _snapshots_stand_alone(cls, files: tuple[FileSet, ...]) -> tuple[FileSet, ...]:
        for file_set in files:
            same = [other for other in files if other.entity == file_set.entity]
            if file_set.mode == "snapshot" and len(same) > 1:
                raise ValueError(
                    f"a snapshot is all there is, so {file_set.entity} can have no second file set here; "
                    "make the other one a source of its own"
                )
        return files
