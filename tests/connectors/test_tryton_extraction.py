"""What is read of a Tryton database: one company's receivables, what changed since, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from connectors.base import CheckLine, ColumnType
from connectors.erps.tryton import TrytonConnector
from connectors.landing import Landing, Load
from connectors.registry import connectors_of
from duebook.clients import Agency, Client, Sender, Source
from duebook.errors import SourceError

LONG_AGO = datetime(2025, 12, 1, 8)
NEWEST = datetime(2026, 1, 15, 12)
TYPES: dict[ColumnType, Any] = {
    ColumnType.TEXT: sa.String(),
    ColumnType.INTEGER: sa.Integer(),
    ColumnType.MONEY: sa.Numeric(asdecimal=False),
    ColumnType.RATE: sa.Numeric(asdecimal=False),
    ColumnType.DATE: sa.Date(),
    ColumnType.TIMESTAMP: sa.DateTime(),
    ColumnType.BOOLEAN: sa.Boolean(),
}
METADATA = sa.MetaData()
TABLES = {
    entity.name: sa.Table(
        entity.name, METADATA, *(sa.Column(column.name, TYPES[column.type]) for column in entity.columns)
    )
    for entity in TrytonConnector.tables
}
PAYMENT_LINK = "account_invoice-account_move_line"

# Company 1 keeps its books in euros; company 2 and everything of it must stay unread. Account 10 is the receivable.
ROWS: dict[str, list[dict[str, Any]]] = {
    "currency_currency": [{"id": 1, "code": "USD", "digits": 2}, {"id": 2, "code": "EUR", "digits": 2}],
    "company_company": [{"id": 1, "party": 1, "currency": 2}, {"id": 2, "party": 2, "currency": 1}],
    "party_party": [
        {"id": 1, "name": "Main", "active": True},
        {"id": 2, "name": "Sister", "active": True},
        {"id": 3, "name": "Acme GmbH", "active": True, "write_date": NEWEST},
    ],
    "party_party_lang": [
        {"id": 1, "party": 3, "lang": 1, "company": None},
        {"id": 2, "party": 3, "lang": 2, "company": 1},
        {"id": 3, "party": 3, "lang": 3, "company": 2},
    ],
    "account_account_type": [{"id": 1, "receivable": True}, {"id": 2, "receivable": False}],
    "account_account": [
        {"id": 10, "company": 1, "type": 1, "name": "Receivable"},
        {"id": 11, "company": 1, "type": 2, "name": "Cash"},
        {"id": 20, "company": 2, "type": 1, "name": "Receivable"},
    ],
    "account_journal": [{"id": 1, "type": "revenue"}],
    "account_move": [
        {"id": 1, "state": "posted", "company": 1, "date": date(2026, 1, 10)},
        {"id": 2, "state": "posted", "company": 1, "date": date(2026, 1, 12), "write_date": NEWEST},
        {"id": 3, "state": "posted", "company": 2, "date": date(2026, 1, 10)},
        {"id": 4, "state": "posted", "company": 1, "date": date(2026, 1, 10)},
        {"id": 5, "state": "draft", "company": 1, "date": date(2026, 1, 10)},
    ],
    "account_move_line": [
        {"id": 1, "move": 1, "account": 10, "debit": 100, "credit": 0, "reconciliation": 1},
        {"id": 2, "move": 4, "account": 11, "debit": 0, "credit": 100},
        {"id": 3, "move": 2, "account": 10, "debit": 0, "credit": 40.1, "reconciliation": 1, "write_date": NEWEST},
        {"id": 4, "move": 3, "account": 20, "debit": 55, "credit": 0},
        {"id": 5, "move": 5, "account": 10, "debit": 7, "credit": 0},
        {
            "id": 6,
            "move": 1,
            "account": 10,
            "debit": 9,
            "credit": 0,
            "second_currency": 1,
            "amount_second_currency": 10,
        },
    ],
    "account_move_reconciliation": [
        {"id": 1, "company": 1, "date": date(2026, 1, 12), "create_date": NEWEST},
        {"id": 2, "company": 2, "date": date(2026, 1, 12)},
    ],
    "account_invoice": [
        {"id": 1, "company": 1, "type": "out", "move": 1},
        {"id": 2, "company": 1, "type": "in"},
        {"id": 3, "company": 2, "type": "out", "move": 3},
    ],
    PAYMENT_LINK: [{"id": 1, "invoice": 1, "line": 3}, {"id": 2, "invoice": 3, "line": 4}],
    "account_dunning": [{"id": 1, "company": 1, "line": 1, "blocked": True}, {"id": 2, "company": 2, "line": 4}],
}


class Postgres(Protocol):
    def create(self, name: str) -> str: ...


@dataclass
class Tryton:
    """A small Tryton, and a client whose only source it is."""

    engine: sa.Engine
    folder: Path

    def run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement))

    def add(self, table: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(TABLES[table].insert().values(**values))

    def change(self, table: str, number: int, **values: Any) -> None:
        columns = TABLES[table]
        with self.engine.begin() as connection:
            connection.execute(columns.update().where(columns.c.id == number).values(**values))

    @property
    def landing(self) -> Landing:
        return Landing(self.folder / "landing", "erp")

    def connector(self, currency: str = "EUR", **options: Any) -> TrytonConnector:
        client = Client(
            id="nordwind",
            name="Nordwind",
            home_currency=currency,
            country="DE",
            timezone="Europe/Berlin",
            languages=("de",),
            sender=Sender(name="N", email="a@b.example"),
            agency=Agency(name="A"),
            sources=(Source.model_validate({"name": "erp", "erp": "tryton", "url": "${TRYTON_URL}", **options}),),
        )
        (connector,) = connectors_of(client, self.folder)
        assert isinstance(connector, TrytonConnector)
        return connector

    def load(self, **keys: Any) -> Load:
        connector = self.connector(**keys)
        with self.landing.load(connector.erp, connector.entities) as load:
            connector.extract(load)
        return load

    def check(self, **keys: Any) -> dict[str, CheckLine]:
        return {line.subject: line for line in self.connector(**keys).check()}

    def ids(self, name: str) -> list[int]:
        """Which records exist as far as landed."""
        declared = next(entity for entity in TrytonConnector.entities if entity.name == name)
        return sorted(row["id"] for row in self.landing.newest_versions(declared, ["id"]).to_pylist())

    def landed(self, load: Load, entity: str) -> list[dict[str, Any]]:
        """What one load landed of an entity."""
        file = self.landing.folder / entity / f"{load.load_id}.parquet"
        return pq.read_table(file).to_pylist() if file.exists() else []


@pytest.fixture(params=["postgresql", "sqlite"])
def tryton(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tryton:
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.create("small_tryton")
        engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    else:
        url = "sqlite:///erp.sqlite"
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'erp.sqlite'}", poolclass=sa.NullPool)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            common = {"create_date": LONG_AGO} if "create_date" in TABLES[table].c else {}
            for row in rows:
                connection.execute(TABLES[table].insert().values(**(common | row)))
    monkeypatch.setenv("TRYTON_URL", url)
    return Tryton(engine, tmp_path)


def ids_of(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(row["id"] for row in rows if not row["_deleted"])


def test_only_the_configured_company_and_its_receivable_accounts_are_read(tryton: Tryton) -> None:
    tryton.load()
    assert {name: tryton.ids(name) for name in ROWS} == {
        "currency_currency": [1, 2],
        "company_company": [1],
        "party_party": [1, 2, 3],
        "party_party_lang": [1, 2],
        "account_account_type": [1, 2],
        "account_account": [10, 11],
        "account_journal": [1],
        "account_move": [1, 2, 5],
        "account_move_line": [1, 3, 5, 6],
        "account_move_reconciliation": [1],
        "account_invoice": [1],
        PAYMENT_LINK: [1],
        "account_dunning": [1],
    }


def test_the_control_total_is_what_is_posted_by_day_and_document_currency(tryton: Tryton) -> None:
    rows = tryton.landed(tryton.load(), "receivable_account_movement")
    assert {(row["date"], row["currency"]): (row["balance"], row["amount_currency"]) for row in rows} == {
        (date(2026, 1, 10), 2): (Decimal(100), Decimal(100)),
        (date(2026, 1, 10), 1): (Decimal(9), Decimal(10)),
        (date(2026, 1, 12), 2): (Decimal("-40.1"), Decimal("-40.1")),
    }


def test_a_later_load_reads_what_was_changed_or_made_since(tryton: Tryton) -> None:
    tryton.load()
    later = datetime(2026, 1, 20, 9, 30, 0, 123456)
    tryton.change("party_party", 1, name="Renamed", write_date=later)
    tryton.add("party_party", id=9, name="New, never changed", create_date=datetime(2026, 1, 18))
    load = tryton.load()
    assert ids_of(tryton.landed(load, "party_party")) == [1, 3, 9]
    assert load.manifest.entities["party_party"].cursor == later.isoformat()


@pytest.mark.parametrize("stamp", [NEWEST, datetime(2026, 1, 15, 11, 40), datetime(2026, 1, 15, 3), None])
def test_a_row_committed_after_the_load_is_read_though_its_time_stamp_is_older(
    tryton: Tryton, stamp: datetime | None
) -> None:
    tryton.load()
    tryton.add("party_party", id=9, name="Late", create_date=stamp)
    tryton.load()
    assert tryton.ids("party_party") == [1, 2, 3, 9]


def test_a_reconciliation_that_was_undone_is_noticed_though_tryton_deletes_its_row(tryton: Tryton) -> None:
    tryton.load()
    tryton.run("delete from account_move_reconciliation where id = 1")
    for line in (1, 3):
        tryton.change("account_move_line", line, reconciliation=None, write_date=datetime(2026, 1, 20))
    load = tryton.load()
    assert [row["id"] for row in tryton.landed(load, "account_move_reconciliation") if row["_deleted"]] == [1]
    assert {row["id"]: row["reconciliation"] for row in tryton.landed(load, "account_move_line")} == {1: None, 3: None}


def test_a_payment_that_was_taken_off_its_invoice_is_noticed(tryton: Tryton) -> None:
    tryton.load()
    tryton.run(f'delete from "{PAYMENT_LINK}" where id = 1')
    tryton.load()
    assert tryton.ids(PAYMENT_LINK) == []


def test_an_account_type_that_becomes_receivable_brings_old_lines(tryton: Tryton) -> None:
    tryton.load()
    tryton.change("account_account_type", 2, receivable=True)
    tryton.load()
    assert tryton.ids("account_move_line") == [1, 2, 3, 5, 6]
    assert tryton.ids("account_move") == [1, 2, 4, 5]


def test_a_module_that_is_not_installed_is_no_fault_and_one_removed_leaves_nothing(tryton: Tryton) -> None:
    tryton.load()
    tryton.run("drop table account_dunning")
    line = tryton.check()["account_dunning"]
    assert (line.ok, line.finding) == (True, "not in this database; nothing of it is read")
    tryton.load()
    assert tryton.ids("account_dunning") == []


def test_a_column_that_is_needed_and_missing_is_told_by_check_and_load(tryton: Tryton) -> None:
    tryton.run("alter table account_account_type drop column receivable")
    assert "lacks the columns receivable; Tryton 8.2 is needed" in tryton.check()["account_account_type"].finding
    with pytest.raises(SourceError, match=r"account_account_type lacks receivable\. Tryton 8\.2 is needed"):
        tryton.load()


def test_check_tells_what_there_is_and_changes_nothing(tryton: Tryton) -> None:
    lines = tryton.check()
    assert all(line.ok for line in lines.values())
    assert lines["account_move_line"].finding == "4 records to read"
    assert lines["company"].finding == "1 is 'Main', keeps its books in EUR"
    assert tryton.landing.manifests() == []


def test_a_company_that_is_unknown_or_in_another_currency_is_refused(tryton: Tryton) -> None:
    with pytest.raises(SourceError, match=r"there is no company 7; the database has: 1 \(Main\), 2 \(Sister\)"):
        tryton.load(company=7)
    with pytest.raises(SourceError, match=r"company 2 \('Sister'\) keeps its books in USD"):
        tryton.load(company=2)


def test_another_company_configured_later_replaces_the_first(tryton: Tryton) -> None:
    tryton.load()
    tryton.load(company=2, currency="USD")
    assert tryton.ids("account_move_line") == [4]
    assert tryton.ids("account_move_reconciliation") == [2]
    assert tryton.ids("party_party_lang") == [1, 3]


@pytest.mark.parametrize("tryton", ["postgresql"], indirect=True)
def test_the_right_to_grant_is_named_with_quotes_where_the_table_needs_them(
    tryton: Tryton, monkeypatch: pytest.MonkeyPatch
) -> None:
    tryton.run(
        "do $$ begin create role tryton_reader login; exception when duplicate_object then null; end $$;"
        "grant select on all tables in schema public to tryton_reader;"
        f'revoke select on "{PAYMENT_LINK}" from tryton_reader'
    )
    url = tryton.engine.url.set(username="tryton_reader").render_as_string(hide_password=False)
    monkeypatch.setenv("TRYTON_URL", url)
    assert f'GRANT SELECT ON "{PAYMENT_LINK}" TO tryton_reader;' in tryton.check()[PAYMENT_LINK].finding
