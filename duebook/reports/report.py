"""A report: a table, and which of its columns are money in which currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa


@dataclass(frozen=True)
class Report:
    """One named report of one client at one date.

    Attributes:
        table: the rows, columns in their published order.
        money: the columns that are money, each with the name of the column that holds its currency, or with an
            ISO code where the whole column is in one currency.
    """

    name: str
    client_id: str
    as_of: date
    table: pa.Table
    money: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return list(self.table.column_names)

    @property
    def file_stem(self) -> str:
        """A name for a file that holds this report."""
        return f"{self.client_id}_{self.name}_{self.as_of.isoformat()}"
