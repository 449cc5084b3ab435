"""Rows of Odoo's tables, gathered in memory and written as one SQLite database."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

Row = dict[str, Any]

WRITER = 1
"""The user that all rows are created and written by."""


def stamp(day: date, hour: int = 14) -> str:
    """A timestamp as Odoo keeps it, naive and in UTC; all that one batch of a day writes shares it."""
    return f"{day} {hour:02d}:30:00.{day.toordinal() * 7919 % 1_000_000:06d}"


def as_json(**values: object) -> str:
    """What Odoo has in jsonb: a translated text by language, or a property by company."""
    return json.dumps(values, ensure_ascii=False)


def by_company(company: int, value: object) -> str:
    return json.dumps({str(company): value}, ensure_ascii=False)


class Tables:
    """All rows, by table. A row can be changed until the database is written."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def add(self, table: str, written: str, /, **values: Any) -> Row:
        """Append a row; its id is the next one unless it is given."""
        rows = self.rows[table]
        row = {
            "id": len(rows) + 1,
            "create_date": written,
            "write_date": written,
            "create_uid": WRITER,
            "write_uid": WRITER,
            **values,
        }
        rows.append(row)
        return row

    def database(self) -> bytes:
        """The content of an SQLite file with these rows in Odoo's tables."""
        connection = sqlite3.connect(":memory:")
        try:
            connection.executescript(files("connectors.demo").joinpath("schema.sql").read_text(encoding="utf-8"))
            for table, rows in self.rows.items():
                columns = sorted({column for row in rows for column in row})
                names = ", ".join(f'"{column}"' for column in columns)
                marks = ", ".join("?" for _ in columns)
                connection.executemany(
                    f'insert into "{table}" ({names}) values ({marks})',
                    [[_stored(row.get(column)) for column in columns] for row in rows],
                )
            connection.commit()
            return connection.serialize()
        finally:
            connection.close()


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value
