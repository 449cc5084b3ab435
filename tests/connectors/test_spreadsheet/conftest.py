"""A client with an inbox: put files in, load them through the real landing, and read back what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from connectors.base import CheckLine, Connector
from connectors.landing import Landing, Manifest
from connectors.registry import connector_for
from duebook.clients import Client

Row = dict[str, Any]

COLUMNS = {
    "document_number": "Number",
    "customer": "Customer",
    "issued_on": "Issued",
    "due_on": "Due",
    "amount": "Amount",
}


@dataclass(frozen=True)
class Book:
    """An XLSX file in the making."""

    workbook: Any
    sheet: Any


class Inbox:
    """The inbox of one client, with one file set of invoices unless told otherwise."""

    def __init__(self, home: Path) -> None:
        self.client_folder = home / "clients" / "nordwind"
        self.folder = self.client_folder / "inbox"
        self.folder.mkdir(parents=True)
        self.landing = Landing(home / "data" / "nordwind" / "landing", "exports")
        self.file_sets: list[dict[str, Any]] = [self.invoices()]

    @staticmethod
    def invoices(**changes: Any) -> dict[str, Any]:
        """A file set of invoices in euro; ``changes`` replace keys of it."""
        return {"entity": "invoices", "pattern": "*", "currency": "EUR", "columns": COLUMNS} | changes

    def read_as(self, **changes: Any) -> None:
        """Configure the single file set of invoices."""
        self.file_sets = [self.invoices(**changes)]

    def put(self, name: str, *lines: str, encoding: str = "utf-8") -> Path:
        """Write a CSV file out of its lines."""
        return self.put_bytes(name, "".join(f"{line}\n" for line in lines).encode(encoding))

    def put_bytes(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def put_invoices(self, name: str, *rows: str) -> Path:
        """Write a CSV file of invoices with the usual header."""
        return self.put(name, "Number,Customer,Issued,Due,Amount", *rows)

    def put_workbook(self, name: str, fill: Callable[[Book], None], sheets: Sequence[str] = ("Invoices",)) -> Path:
        """Write an XLSX file; the first sheet has the usual header, and ``fill`` writes the rest."""
        path = self.folder / name
        workbook = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"})
        worksheets = [workbook.add_worksheet(sheet) for sheet in sheets]
        worksheets[0].write_row(0, 0, ["Number", "Customer", "Issued", "Due", "Amount"])
        fill(Book(workbook, worksheets[0]))
        workbook.close()
        return path

    def connector(self, folder: str = "inbox") -> Connector:
        client = Client.model_validate(
            {
                "id": "nordwind",
                "name": "Nordwind Pumpen GmbH",
                "home_currency": "EUR",
                "country": "DE",
                "timezone": "Europe/Berlin",
                "languages": ["de"],
                "sender": {"name": "Nordwind", "email": "ar@nordwind.example"},
                "agency": {"name": "Example Collections"},
                "sources": [{"name": "exports", "erp": "spreadsheet", "folder": folder, "files": self.file_sets}],
            }
        )
        return connector_for(client, client.sources[0], self.client_folder)

    def check(self) -> list[CheckLine]:
        return list(self.connector().check())

    def load(self, *, full: bool = False) -> Manifest:
        """Load what is new and return the manifest of the load."""
        connector = self.connector()
        with self.landing.load(connector.erp, connector.entities, full=full) as load:
            connector.extract(load)
        return self.landing.manifests()[-1]

    def rows(self, entity: str = "invoices") -> list[Row]:
        """What stands of an entity after all loads, by file and row."""
        described = next(entry for entry in self.connector().entities if entry.name == entity)
        table = self.landing.newest_versions(described, described.schema.names)
        place = ("file", "row_number") if entity == "rejected" else ("_file", "_row")
        rows: list[Row] = table.to_pylist()
        return sorted(rows, key=lambda row: (row[place[0]], row[place[1]]))

    def numbers(self) -> list[str]:
        """The document numbers that stand."""
        return [row["document_number"] for row in self.rows()]

    def rejected(self) -> list[Row]:
        return self.rows("rejected")

    def only_rejection(self) -> Row:
        (rejection,) = self.rejected()
        return rejection


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)
