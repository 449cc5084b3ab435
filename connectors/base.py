"""What a connector is: entities it reads, and how it checks and extracts them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from duebook.clients import Client, Source

if TYPE_CHECKING:
    from connectors.landing import Load


class ColumnType(Enum):
    """The types a landed column can have, as Arrow types.

    Money keeps four decimals in landing: ERPs store more than the currency has, and rounding is staging's to do.
    """

    TEXT = pa.string()
    INTEGER = pa.int64()
    MONEY = pa.decimal128(20, 4)
    RATE = pa.decimal128(38, 12)
    DATE = pa.date32()
    TIMESTAMP = pa.timestamp("us")
    BOOLEAN = pa.bool_()
    JSON = pa.large_string()

    @property
    def arrow(self) -> pa.DataType:
        # JSON lands as text; the large variant only keeps the two apart as enum values.
        return pa.string() if self is ColumnType.JSON else self.value


@dataclass(frozen=True)
class Column:
    """A column of an entity. An optional one that the ERP does not have lands as typed null."""

    name: str
    type: ColumnType = ColumnType.TEXT
    required: bool = True


@dataclass(frozen=True)
class Entity:
    """One table, object or file kind of an ERP, in the ERP's own names.

    Attributes:
        name: how it is called in the ERP and in landing.
        columns: what is read of it.
        key: the columns that tell one record from another.
        cursor: the column by which changes are found; None reads everything each time.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    cursor: str | None = None

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class CheckLine:
    """One finding of ``duebook check``: what was looked at, whether it is well, and what to do if not."""

    subject: str
    ok: bool
    finding: str


class Options(BaseModel):
    """The keys of a source that belong to its connector; each connector declares its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Connector(ABC):
    """Reads one configured source of one client.

    A connector extracts; it does not interpret. It opens what it needs in ``check`` and ``extract`` and
    closes it there. ``internal`` ones are added by Duebook itself and cannot be configured.
    """

    internal: ClassVar[bool] = False
    erp: ClassVar[str]
    entities: ClassVar[tuple[Entity, ...]]
    options_model: ClassVar[type[Options]]

    def __init__(self, client: Client, source: Source, options: Options, client_folder: Path) -> None:
        self.client = client
        self.source = source
        self.client_folder = client_folder
        self.configure(options)

    @abstractmethod
    def configure(self, options: Options) -> None:
        """Take the validated options; nothing is opened yet."""

    @abstractmethod
    def check(self) -> Sequence[CheckLine]:
        """Connect and look: rights, counts, control total. Changes nothing.

        Raises:
            SourceError: the source cannot be reached at all.
        """

    @abstractmethod
    def extract(self, load: Load) -> None:
        """Read what is new since the last good load into ``load``.

        Raises:
            SourceError: the source cannot be read, or lacks something that is needed.
        """

    @property
    def where(self) -> str:
        """How this source is called in messages."""
        return f"client '{self.client.id}', source '{self.source.name}' ({self.erp})"
