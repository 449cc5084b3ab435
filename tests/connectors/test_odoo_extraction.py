"""What is read of an Odoo database: one company's receivables, what changed since, and what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from connectors.base import CheckLine, ColumnType
from connectors.erps.odoo import OdooConnector
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
    ColumnType.JSON: sa.JSON().with_variant(JSONB(), "postgresql"),
}
METADATA = sa.MetaData()
TABLES = {
    entity.name: sa.Table(
        entity.name, METADATA, *(sa.Column(column.name, TYPES[column.type]) for column in entity.columns)
    )
    for entity in OdooConnector.tables
}

# Company 1 keeps its books in euros; company 2 and everything of it must stay unread. Account 10 is the receivable.
ROWS: dict[str, list[dict[str, Any]]] = {
    "res_currency": [{"id": 1, "name": "USD", "decimal_places": 2}, {"id": 2, "name": "EUR", "decimal_places": 2}],
    "res_company": [{"id": 1, "name": "Main", "currency_id": 2}, {"id": 2, "name": "Sister", "currency_id": 1}],
    "res_currency_rate": [
        {"id": 1, "currency_id": 1, "company_id": 1, "name": date(2026, 1, 1), "rate": 1.1, "write_date": NEWEST},
        {"id": 2, "currency_id": 1, "company_id": None, "name": date(2026, 1, 1), "rate": 1.2, "write_date": NEWEST},
        {"id": 3, "currency_id": 1, "company_id": 2, "name": date(2026, 1, 1), "rate": 1.3, "write_date": NEWEST},
    ],
    "res_country": [{"id": 1, "code": "DE"}],
    "account_payment_term": [{"id": 1, "name": {"en_US": "30 days", "de_DE": "30 Tage"}}],
    "res_partner": [
        {"id": 1, "name": "Shared", "company_id": None, "write_date": LONG_AGO, "credit_limit": {"1": 500}},
        {"id": 2, "name": "Ours", "company_id": 1, "write_date": LONG_AGO, "mobile": "+49 1"},
        {"id": 3, "name": "Theirs", "company_id": 2, "write_date": LONG_AGO},
        {"id": 4, "name": "Newest", "company_id": None, "write_date": NEWEST},
    ],
    "account_account": [
        {"id": 10, "account_type": "asset_receivable", "name": {"en_US": "Receivable"}},
        {"id": 11, "account_type": "asset_cash", "name": {"en_US": "Cash"}},
    ],
    "account_journal": [
        {"id": 1, "code": "INV", "type": "sale", "company_id": 1},
        {"id": 2, "code": "INV", "type": "sale", "company_id": 2},
    ],
    "account_move": [
        {"id": 1, "name": "INV/1", "state": "posted", "company_id": 1, "write_date": LONG_AGO},
        {"id": 2, "name": "PAY/1", "state": "posted", "company_id": 1, "write_date": NEWEST},
        {"id": 3, "name": "INV/1", "state": "posted", "company_id": 2, "write_date": NEWEST},
        {"id": 4, "name": "CSH/1", "state": "posted", "company_id": 1, "write_date": LONG_AGO},
        {"id": 5, "name": "/", "state": "draft", "company_id": 1, "write_date": LONG_AGO},
    ],
    "account_move_line": [
        {"id": 1, "move_id": 1, "account_id": 10, "company_id": 1, "balance": 100.0000000001},
        {"id": 2, "move_id": 4, "account_id": 11, "company_id": 1, "balance": -100},
        {"id": 3, "move_id": 2, "account_id": 10, "company_id": 1, "balance": -40.1, "write_date": NEWEST},
        {"id": 4, "move_id": 3, "account_id": 10, "company_id": 2, "balance": 55},
        {"id": 5, "move_id": 5, "account_id": 10, "company_id": 1, "balance": 7},
    ],
    "account_partial_reconcile": [
        {"id": 1, "debit_move_id": 1, "credit_move_id": 3, "company_id": 1, "amount": 30, "write_date": LONG_AGO},
        {"id": 2, "debit_move_id": 1, "credit_move_id": 3, "company_id": 1, "amount": 10.1, "write_date": NEWEST},
        {"id": 3, "debit_move_id": 4, "credit_move_id": 4, "company_id": 2, "amount": 1, "write_date": NEWEST},
    ],
}
LINE = {"currency_id": 2, "date": date(2026, 1, 10), "write_date": LONG_AGO}


class Postgres(Protocol):
    def create(self, name: str) -> str: ...
    def psql(self, name: str, sql: str) -> str: ...


@dataclass
class Odoo:
    """A small Odoo, and a client whose only source it is."""

    url: str
    engine: sa.Engine
    folder: Path

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))

    def change(self, table: str, number: int, **values: Any) -> None:
        columns = TABLES[table]
        with self.engine.begin() as connection:
            connection.execute(columns.update().where(columns.c.id == number).values(**values))

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(TABLES[table].insert().values(**row))

    def delete(self, table: str, number: int) -> None:
        columns = TABLES[table]
        with self.engine.begin() as connection:
            connection.execute(columns.delete().where(columns.c.id == number))

    @property
    def landing(self) -> Landing:
        return Landing(self.folder / "landing", "erp")

    def connector(self, *, company: int = 1, currency: str = "EUR") -> OdooConnector:
        client = Client(
            id="nordwind",
            name="Nordwind",
            home_currency=currency,
            country="DE",
            timezone="Europe/Berlin",
            languages=("de",),
            sender=Sender(name="N", email="a@b.example"),
            agency=Agency(name="A"),
            sources=(Source.model_validate({"name": "erp", "erp": "odoo", "url": "${ODOO_URL}", "company": company}),),
        )
        (connector,) = connectors_of(client, self.folder)
        assert isinstance(connector, OdooConnector)
        return connector

    def load(self, **keys: Any) -> Load:
        connector = self.connector(**keys)
        with self.landing.load(connector.erp, connector.entities) as load:
            connector.extract(load)
        return load

    def check(self, **keys: Any) -> dict[str, CheckLine]:
        return {line.subject: line for line in self.connector(**keys).check()}

    def ids(self, entity: str) -> list[int]:
        """Which records exist as far as landed."""
        declared = next(one for one in OdooConnector.entities if one.name == entity)
        return sorted(row["id"] for row in self.landing.newest_versions(declared, ["id"]).to_pylist())

    def landed(self, load: Load, entity: str) -> list[dict[str, Any]]:
        """What one load landed of an entity."""
        file = self.landing.folder / entity / f"{load.load_id}.parquet"
        return pq.read_table(file).to_pylist() if file.exists() else []


def fill(engine: sa.Engine) -> None:
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            for row in rows:
                common = LINE if table == "account_move_line" else {}
                connection.execute(TABLES[table].insert().values(**(common | row)))


@pytest.fixture
def pg(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Odoo:
    url = postgres.create("small_odoo")
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    fill(engine)
    monkeypatch.setenv("ODOO_URL", url)
    return Odoo(url, engine, tmp_path)


@pytest.fixture(params=["postgresql", "sqlite"])
def odoo(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Odoo:
    if request.param == "postgresql":
        server: Odoo = request.getfixturevalue("pg")
        return server
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'erp.sqlite'}", poolclass=sa.NullPool)
    fill(engine)
    monkeypatch.setenv("ODOO_URL", "sqlite:///erp.sqlite")
    return Odoo("sqlite:///erp.sqlite", engine, tmp_path)


def column(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in sorted(rows, key=lambda row: int(row["id"]))]


def test_only_the_configured_company_and_its_receivable_accounts_are_read(odoo: Odoo) -> None:
    odoo.load()
    assert {entity: odoo.ids(entity) for entity in TABLES} == {
        "res_company": [1],
        "res_currency": [1, 2],
        "res_currency_rate": [1, 2],
        "res_country": [1],
        "account_payment_term": [1],
        "res_partner": [1, 2, 4],
        "account_account": [10, 11],
        "account_journal": [1],
        "account_move": [1, 2, 5],
        "account_move_line": [1, 3, 5],
        "account_partial_reconcile": [1, 2],
    }


def test_money_is_exact_and_json_is_text(odoo: Odoo) -> None:
    load = odoo.load()
    amounts = column(odoo.landed(load, "account_move_line"), "balance")
    assert amounts == [Decimal("100.0000"), Decimal("-40.1000"), Decimal("7.0000")]
    (term,) = odoo.landed(load, "account_payment_term")
    assert '"de_DE": "30 Tage"' in term["name"]
    assert column(odoo.landed(load, "res_partner"), "credit_limit") == ['{"1": 500}', None, None]


def test_the_control_total_is_what_is_posted_on_the_receivable_account_by_day_and_currency(odoo: Odoo) -> None:
    odoo.add("account_move_line", LINE | {"id": 6, "move_id": 1, "account_id": 10, "company_id": 1, "balance": 0.05})
    odoo.change("account_move_line", 3, date=date(2026, 1, 12))
    rows = odoo.landed(odoo.load(), "receivable_account_movement")
    assert {row["date"]: row["balance"] for row in rows} == {
        date(2026, 1, 10): Decimal("100.0500"),
        date(2026, 1, 12): Decimal("-40.1000"),
    }


def test_a_day_whose_postings_were_all_moved_leaves_the_control_total(odoo: Odoo) -> None:
    odoo.load()
    odoo.change("account_move_line", 3, date=date(2026, 1, 12))
    odoo.change("account_move_line", 1, date=date(2026, 1, 12))
    rows = odoo.landed(odoo.load(), "receivable_account_movement")
    assert {(row["date"], row["_deleted"]) for row in rows} == {(date(2026, 1, 12), False), (date(2026, 1, 10), True)}


def test_a_later_load_reads_what_changed_and_what_may_have_been_committed_late(odoo: Odoo) -> None:
    odoo.load()
    later = datetime(2026, 1, 20, 9, 30, 0, 123456)
    odoo.change("res_partner", 1, name="Renamed", write_date=later)
    load = odoo.load()
    rows = odoo.landed(load, "res_partner")
    assert column(rows, "id") == [1, 4], "the changed one, and the newest, whose time stamp others may share"
    assert column(rows, "name") == ["Renamed", "Newest"]
    assert load.manifest.entities["res_partner"].cursor == later.isoformat()
    assert column(odoo.landed(odoo.load(), "res_partner"), "id") == [1]


@pytest.mark.parametrize(
    "stamp",
    [NEWEST, datetime(2026, 1, 15, 11, 40), datetime(2026, 1, 15, 3), None],
    ids=["same time", "within the window", "hours before", "none"],
)
def test_a_row_committed_after_the_load_is_read_though_its_time_stamp_is_older(
    odoo: Odoo, stamp: datetime | None
) -> None:
    odoo.load()
    odoo.add("res_partner", {"id": 9, "name": "Late", "company_id": 1, "write_date": stamp})
    assert 9 in column(odoo.landed(odoo.load(), "res_partner"), "id")
    assert odoo.ids("res_partner") == [1, 2, 4, 9]


def test_a_row_without_a_time_stamp_is_read_each_time(odoo: Odoo) -> None:
    odoo.change("res_partner", 2, write_date=None)
    odoo.load()
    odoo.change("res_partner", 2, name="Changed")
    assert "Changed" in column(odoo.landed(odoo.load(), "res_partner"), "name")


def test_an_unreconciled_payment_is_noticed_though_odoo_keeps_no_trace(odoo: Odoo) -> None:
    odoo.load()
    odoo.delete("account_partial_reconcile", 1)
    load = odoo.load()
    gone = [row["id"] for row in odoo.landed(load, "account_partial_reconcile") if row["_deleted"]]
    assert gone == [1]
    assert odoo.ids("account_partial_reconcile") == [2]
    assert odoo.load().manifest.entities["account_partial_reconcile"].deleted == 0, "told once"


def test_an_invoice_moved_to_another_company_is_gone_and_comes_back(odoo: Odoo) -> None:
    odoo.load()
    odoo.change("account_move", 1, company_id=2)
    odoo.change("account_move_line", 1, company_id=2)
    odoo.load()
    assert (odoo.ids("account_move"), odoo.ids("account_move_line")) == ([2, 5], [3, 5])
    odoo.change("account_move", 1, company_id=1)
    odoo.change("account_move_line", 1, company_id=1)
    odoo.load()
    assert (odoo.ids("account_move"), odoo.ids("account_move_line")) == ([1, 2, 5], [1, 3, 5])


def test_an_entry_whose_line_was_moved_to_the_receivable_account_is_read_with_it(odoo: Odoo) -> None:
    odoo.load()
    odoo.change("account_move_line", 2, account_id=10, write_date=datetime(2026, 1, 20))
    odoo.load()
    assert odoo.ids("account_move_line") == [1, 2, 3, 5]
    assert odoo.ids("account_move") == [1, 2, 4, 5], "its document too, though nothing was written to that"


def test_an_account_that_becomes_a_receivable_account_brings_its_old_lines(odoo: Odoo) -> None:
    odoo.load()
    odoo.change("account_account", 11, account_type="asset_receivable")
    odoo.load()
    assert odoo.ids("account_move_line") == [1, 2, 3, 5]
    assert odoo.ids("account_move") == [1, 2, 4, 5]


def test_an_extraction_that_fails_leaves_cursor_and_records_as_they_were(odoo: Odoo) -> None:
    first = odoo.load()
    odoo.change("res_partner", 1, name="Renamed", write_date=datetime(2026, 1, 20))
    odoo.run("alter table account_partial_reconcile rename to hidden")
    with pytest.raises(SourceError, match="the table account_partial_reconcile does not exist"):
        odoo.load()
    assert [manifest.load_id for manifest in odoo.landing.manifests()] == [first.load_id]
    odoo.run("alter table hidden rename to account_partial_reconcile")
    assert 1 in column(odoo.landed(odoo.load(), "res_partner"), "id")


def test_a_column_that_is_needed_and_missing_is_told_by_check_and_load(odoo: Odoo) -> None:
    odoo.run("alter table account_account drop column account_type")
    line = odoo.check()["account_account"]
    assert not line.ok
    assert "lacks the columns account_type; Odoo 17 or newer" in line.finding
    with pytest.raises(SourceError, match=r"account_account lacks account_type\. Odoo 17 or newer is needed"):
        odoo.load()


def test_a_column_that_can_be_missed_lands_as_null_and_one_too_many_does_no_harm(odoo: Odoo) -> None:
    odoo.run("alter table res_partner drop column mobile", "alter table res_partner add column x_own varchar")
    rows = odoo.landed(odoo.load(), "res_partner")
    assert column(rows, "mobile") == [None, None, None]
    assert "x_own" not in rows[0]
    assert odoo.check()["res_partner"].ok


def test_check_tells_what_there_is_and_changes_nothing(odoo: Odoo) -> None:
    lines = odoo.check()
    assert all(line.ok for line in lines.values())
    assert lines["account_move_line"].finding == "3 records to read"
    assert lines["company"].finding == "1 is 'Main', keeps its books in EUR"
    assert lines["control total"].finding == "documents in EUR: 59.90 EUR up to 2026-01-10"
    assert odoo.landing.manifests() == []


def test_a_company_in_another_currency_is_refused(odoo: Odoo) -> None:
    words = r"company 1 \('Main'\) keeps its books in EUR, but client\.yaml says home_currency: USD"
    with pytest.raises(SourceError, match=words):
        odoo.load(currency="USD")
    line = odoo.check(currency="USD")["company"]
    assert not line.ok
    assert "home_currency: USD" in line.finding


def test_an_unknown_company_is_told_with_those_there_are(odoo: Odoo) -> None:
    with pytest.raises(SourceError, match=r"there is no company 7; the database has: 1 \(Main\), 2 \(Sister\)"):
        odoo.load(company=7)
    lines = odoo.check(company=7)
    assert not lines["company"].ok
    assert lines["account_account"].ok


def test_another_company_configured_later_replaces_the_first(odoo: Odoo) -> None:
    odoo.load()
    odoo.load(company=2, currency="USD")
    assert odoo.ids("account_move_line") == [4]
    assert odoo.ids("account_partial_reconcile") == [3]
    assert odoo.ids("res_partner") == [1, 3, 4]


@pytest.fixture
def reader(pg: Odoo, monkeypatch: pytest.MonkeyPatch) -> Odoo:
    """The same database through a user who may read everything but the journal entries."""
    pg.run(
        "do $$ begin create role odoo_reader login; exception when duplicate_object then null; end $$",
        "grant select on all tables in schema public to odoo_reader",
        "revoke select on account_move from odoo_reader",
    )
    url = sa.make_url(pg.url).set(username="odoo_reader").render_as_string(hide_password=False)
    monkeypatch.setenv("ODOO_URL", url)
    return pg


def test_check_names_the_right_to_grant_and_goes_on_with_the_other_tables(reader: Odoo) -> None:
    lines = reader.check()
    assert [subject for subject, line in lines.items() if not line.ok] == ["account_move"]
    assert "GRANT SELECT ON account_move TO odoo_reader" in lines["account_move"].finding
    assert lines["account_partial_reconcile"].finding == "2 records to read"


def test_a_load_without_a_right_fails_plainly_and_is_not_tried_again(reader: Odoo) -> None:
    with pytest.raises(SourceError, match="GRANT SELECT ON account_move TO odoo_reader") as caught:
        reader.load()
    assert not caught.value.is_worth_retrying
    assert "\n" not in str(caught.value)
    assert reader.landing.manifests() == []


def test_a_read_only_user_with_all_rights_is_enough(reader: Odoo) -> None:
    reader.run("grant select on account_move to odoo_reader")
    reader.load()
    assert reader.ids("account_move") == [1, 2, 5]


def test_a_booking_made_during_the_load_is_seen_whole_by_the_next_and_not_at_all_by_this(pg: Odoo) -> None:
    connector = pg.connector()

    class Interrupted(Load):
        """A load during which somebody books, after the journal entries were read and before their lines are."""

        booked = False

        def write(self, entity: str, rows: Any) -> int:
            if entity == "account_move" and not self.booked:
                self.booked = True
                pg.add("account_move", {"id": 6, "state": "posted", "company_id": 1, "write_date": NEWEST})
                pg.add("account_move_line", LINE | {"id": 60, "move_id": 6, "account_id": 10, "company_id": 1})
            return super().write(entity, rows)

    load = Interrupted(pg.landing, "odoo", {entity.name: entity for entity in connector.entities}, None, full=False)
    connector.extract(load)
    load.commit()
    assert load.booked
    assert (pg.ids("account_move"), pg.ids("account_move_line")) == ([1, 2, 5], [1, 3, 5])
    pg.load()
    assert (pg.ids("account_move"), pg.ids("account_move_line")) == ([1, 2, 5, 6], [1, 3, 5, 60])
