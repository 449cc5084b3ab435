"""What is read of an ERPNext database: one company's receivables, what changed since, what is gone, what is refused."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import DATETIME

from connectors.base import CheckLine, ColumnType
from connectors.erps._erpnext_tables import GL_ENTRY, TABLES
from connectors.erps.erpnext import ErpnextConnector
from connectors.landing import Landing, Load
from connectors.registry import connectors_of
from duebook.clients import Agency, Client, Sender, Source
from duebook.errors import ConfigError, DuebookError, SourceError, SourceUnavailableError

SECRET = "hunter2-geheim"  # noqa: S105
LONG_AGO = datetime(2025, 6, 1, 8)
NEWEST = datetime(2026, 1, 15, 12)
TYPES: dict[ColumnType, Any] = {
    ColumnType.TEXT: sa.String(140),
    ColumnType.INTEGER: sa.Integer(),
    ColumnType.MONEY: sa.Numeric(21, 9),
    ColumnType.RATE: sa.Numeric(21, 9),
    ColumnType.DATE: sa.Date(),
    ColumnType.TIMESTAMP: DATETIME(fsp=6),
    ColumnType.BOOLEAN: sa.Integer(),
}
METADATA = sa.MetaData()
DOCTYPES = {
    entity.name: sa.Table(
        entity.name,
        METADATA,
        *(
            sa.Column(column.name, TYPES[column.type], primary_key=column.name in entity.key)
            for column in entity.columns
        ),
    )
    for entity in (*TABLES, GL_ENTRY)
}
MAIN = {"company": "Main", "modified": LONG_AGO}
SUBMITTED = MAIN | {"docstatus": 1}
OWED = SUBMITTED | {
    "account": "Debtors - M",
    "account_currency": "EUR",
    "party_type": "Customer",
    "party": "Acme",
    "posting_date": date(2026, 1, 10),
    "delinked": 0,
    "is_cancelled": 0,
}
POSTED = {key: value for key, value in OWED.items() if key in DOCTYPES["tabGL Entry"].c}

# Main keeps its books in euros; Sister and everything of it must stay unread. "Debtors - M" is Main's receivable.
ROWS: dict[str, list[dict[str, Any]]] = {
    "tabCompany": [{"name": "Main", "default_currency": "EUR"}, {"name": "Sister", "default_currency": "USD"}],
    "tabAccount": [
        {"name": "Debtors - M", "account_type": "Receivable", "company": "Main"},
        {"name": "Staff - M", "account_type": "", "company": "Main"},
        {"name": "Debtors - S", "account_type": "Receivable", "company": "Sister"},
    ],
    "tabSingles": [
        {"doctype": "System Settings", "field": "time_zone", "value": "Europe/Brussels"},
        {"doctype": "System Settings", "field": "secret", "value": SECRET},
    ],
    "tabCustomer": [{"name": "Acme", "modified": LONG_AGO}, {"name": "Zeta", "modified": NEWEST}],
    "tabCustomer Credit Limit": [
        {"name": "1", "parent": "Acme", "parenttype": "Customer", "company": "Main", "credit_limit": 500},
        {"name": "2", "parent": "Acme", "parenttype": "Customer", "company": "Sister", "credit_limit": 9},
    ],
    "tabDynamic Link": [
        {"name": "1", "link_doctype": "Customer", "link_name": "Acme", "parenttype": "Contact", "parent": "Ann"},
        {"name": "2", "link_doctype": "Supplier", "link_name": "Acme", "parenttype": "Contact", "parent": "Bob"},
    ],
    "tabContact": [{"name": "Ann"}, {"name": "Bob"}],
    "tabContact Email": [{"name": "1", "parent": "Ann"}, {"name": "2", "parent": "Bob"}],
    "tabSales Invoice": [
        SUBMITTED | {"name": "INV-1", "is_return": 0},
        SUBMITTED | {"name": "DRAFT", "docstatus": 0},
        SUBMITTED | {"name": "SIS-1", "company": "Sister"},
        SUBMITTED | {"name": "INV-2", "modified": NEWEST},
    ],
    "tabPayment Schedule": [
        {"name": "1", "parenttype": "Sales Invoice", "parent": "INV-1", "payment_amount": 100, "modified": LONG_AGO},
        {"name": "2", "parenttype": "Sales Order", "parent": "INV-1", "modified": LONG_AGO},
        {"name": "3", "parenttype": "Sales Invoice", "parent": "SIS-1", "modified": LONG_AGO},
    ],
    "tabPayment Entry": [
        SUBMITTED | {"name": "PAY-1", "party_type": "Customer"},
        SUBMITTED | {"name": "PAY-2", "party_type": "Supplier"},
    ],
    "tabJournal Entry": [SUBMITTED | {"name": "JV-1"}, SUBMITTED | {"name": "JV-2"}],
    "tabPayment Ledger Entry": [
        OWED
        | {"name": "p1", "voucher_type": "Sales Invoice", "voucher_no": "INV-1", "amount": Decimal("100.000000001")},
        OWED
        | {"name": "p2", "voucher_type": "Payment Entry", "voucher_no": "PAY-1", "amount": -40, "modified": NEWEST},
        OWED | {"name": "p3", "voucher_type": "Journal Entry", "voucher_no": "JV-1", "amount": 1},
        OWED | {"name": "p4", "party_type": "Employee", "amount": 7},
        OWED | {"name": "p5", "account": "Debtors - S", "company": "Sister", "amount": 55},
        OWED | {"name": "p6", "account": "Staff - M", "amount": 3},
    ],
    "tabGL Entry": [
        POSTED | {"name": "g1", "debit": 100, "credit": 0},
        POSTED | {"name": "g2", "debit": 0, "credit": 40, "posting_date": date(2026, 1, 12)},
        POSTED | {"name": "g3", "debit": 1000, "credit": 0, "is_cancelled": 1},
        POSTED | {"name": "g4", "debit": 7, "credit": 0, "party_type": "Employee"},
        POSTED | {"name": "g5", "debit": 55, "credit": 0, "company": "Sister", "account": "Debtors - S"},
    ],
}
LEDGER = "tabPayment Ledger Entry"


class MariaDB(Protocol):
    port: int

    def create(self, name: str) -> str: ...
    def run(self, name: str, sql: str) -> str: ...


@dataclass
class Erpnext:
    """A small ERPNext, and a client whose only source it is."""

    server: MariaDB
    engine: sa.Engine
    folder: Path

    def add(self, table: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(DOCTYPES[table].insert().values(**values))

    def change(self, table: str, name: str, **values: Any) -> None:
        columns = DOCTYPES[table]
        with self.engine.begin() as connection:
            connection.execute(columns.update().where(columns.c.name == name).values(**values))

    def delete(self, table: str, name: str) -> None:
        columns = DOCTYPES[table]
        with self.engine.begin() as connection:
            connection.execute(columns.delete().where(columns.c.name == name))

    @property
    def landing(self) -> Landing:
        return Landing(self.folder / "landing", "erp")

    def connector(self, *, company: str = "Main", currency: str = "EUR") -> ErpnextConnector:
        keys = {"name": "erp", "erp": "erpnext", "url": "${ERPNEXT_URL}", "company": company}
        client = Client(
            id="nordwind",
            name="Nordwind",
            home_currency=currency,
            country="DE",
            timezone="Europe/Berlin",
            languages=("de",),
            sender=Sender(name="N", email="a@b.example"),
            agency=Agency(name="A"),
            sources=(Source.model_validate(keys),),
        )
        (connector,) = connectors_of(client, self.folder)
        assert isinstance(connector, ErpnextConnector)
        return connector

    def load(self, **keys: Any) -> Load:
        connector = self.connector(**keys)
        with self.landing.load(connector.erp, connector.entities) as load:
            connector.extract(load)
        return load

    def check(self, **keys: Any) -> dict[str, CheckLine]:
        return {line.subject: line for line in self.connector(**keys).check()}

    def names(self, entity: str) -> list[str]:
        """Which records exist as far as landed."""
        declared = next(one for one in ErpnextConnector.entities if one.name == entity)
        return sorted(row["name"] for row in self.landing.newest_versions(declared, ["name"]).to_pylist())

    def landed(self, load: Load, entity: str) -> dict[str, dict[str, Any]]:
        """What one load landed of an entity."""
        file = self.landing.folder / entity / f"{load.load_id}.parquet"
        return {row["name"]: row for row in pq.read_table(file).to_pylist()} if file.exists() else {}


@pytest.fixture
def erpnext(mariadb: MariaDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Erpnext]:
    url = mariadb.create("small_erpnext")
    engine = sa.create_engine(url.replace("mariadb://", "mysql+pymysql://"), poolclass=sa.NullPool)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            for row in rows:
                known = {column: value for column, value in row.items() if column in DOCTYPES[table].c}
                connection.execute(DOCTYPES[table].insert().values(**known))
    monkeypatch.setenv("ERPNEXT_URL", url)
    yield Erpnext(mariadb, engine, tmp_path)
    engine.dispose()


def test_only_the_configured_company_its_receivable_accounts_and_customers_are_read(erpnext: Erpnext) -> None:
    load = erpnext.load()
    assert {entity: erpnext.names(entity) for entity in ROWS if entity not in ("tabSingles", "tabGL Entry")} == {
        "tabCompany": ["Main"],
        "tabAccount": ["Debtors - M", "Staff - M"],
        "tabCustomer": ["Acme", "Zeta"],
        "tabCustomer Credit Limit": ["1"],
        "tabDynamic Link": ["1"],
        "tabContact": ["Ann"],
        "tabContact Email": ["1"],
        "tabSales Invoice": ["DRAFT", "INV-1", "INV-2"],
        "tabPayment Schedule": ["1"],
        "tabPayment Entry": ["PAY-1"],
        "tabJournal Entry": ["JV-1"],
        LEDGER: ["p1", "p2", "p3"],
    }
    settings = pq.read_table(erpnext.landing.folder / "tabSingles" / f"{load.load_id}.parquet").to_pylist()
    assert [row["value"] for row in settings] == ["Europe/Brussels"], "settings may hold secrets"


def test_money_and_marks_are_exact(erpnext: Erpnext) -> None:
    rows = erpnext.landed(erpnext.load(), LEDGER)
    assert (rows["p1"]["amount"], rows["p1"]["delinked"]) == (Decimal("100.0000"), False)


def test_the_control_total_is_what_is_posted_for_customers_by_day_and_leaves_with_its_day(erpnext: Erpnext) -> None:
    def balances(load: Load) -> dict[tuple[date, bool], Decimal | None]:
        file = erpnext.landing.folder / "receivable_account_movement" / f"{load.load_id}.parquet"
        return {(row["posting_date"], row["_deleted"]): row["balance"] for row in pq.read_table(file).to_pylist()}

    first, second = date(2026, 1, 10), date(2026, 1, 12)
    assert balances(erpnext.load()) == {(first, False): Decimal(100), (second, False): Decimal(-40)}
    erpnext.change("tabGL Entry", "g2", is_cancelled=1)
    assert balances(erpnext.load()) == {(first, False): Decimal(100), (second, True): None}


def test_a_later_load_reads_what_was_written_since_with_the_hour_that_the_clock_goes_back(erpnext: Erpnext) -> None:
    erpnext.load()
    erpnext.add("tabSales Invoice", **(SUBMITTED | {"name": "INV-3", "modified": datetime(2026, 1, 15, 11, 1)}))
    erpnext.change("tabSales Invoice", "DRAFT", docstatus=1, modified=datetime(2026, 1, 15, 10, 30))
    load = erpnext.load()
    assert set(erpnext.landed(load, "tabSales Invoice")) == {"DRAFT", "INV-2", "INV-3"}
    assert load.manifest.entities["tabSales Invoice"].cursor == NEWEST.isoformat()


@pytest.mark.parametrize("stamp", [NEWEST, LONG_AGO, None], ids=["same time", "long before", "none"])
def test_a_row_that_came_after_the_load_is_read_though_its_time_is_older(
    erpnext: Erpnext, stamp: datetime | None
) -> None:
    erpnext.load()
    erpnext.add(LEDGER, **{key: value for key, value in OWED.items() if key in DOCTYPES[LEDGER].c}, name="late")
    erpnext.change(LEDGER, "late", modified=stamp)
    assert "late" in erpnext.landed(erpnext.load(), LEDGER)
    assert erpnext.names(LEDGER) == ["late", "p1", "p2", "p3"]


def test_a_deleted_document_is_gone_and_told_once(erpnext: Erpnext) -> None:
    erpnext.load()
    erpnext.delete("tabSales Invoice", "DRAFT")
    rows = erpnext.landed(erpnext.load(), "tabSales Invoice")
    assert [name for name, row in rows.items() if row["_deleted"]] == ["DRAFT"]
    assert erpnext.names("tabSales Invoice") == ["INV-1", "INV-2"]
    assert erpnext.load().manifest.entities["tabSales Invoice"].deleted == 0


def test_a_delinked_row_is_landed_as_such(erpnext: Erpnext) -> None:
    erpnext.load()
    erpnext.change(LEDGER, "p1", delinked=1, modified=datetime(2026, 1, 16))
    rows = erpnext.landed(erpnext.load(), LEDGER)
    assert rows["p1"]["delinked"]
    assert set(rows) == {"p1", "p2"}


@pytest.mark.parametrize(
    "change",
    [
        "update `tabCustomer` set name = 'Acme & Co' where name = 'Acme'",
        "update `tabAccount` set name = '1310 - Debtors - M' where name = 'Debtors - M'",
        "update `tabSingles` set value = 'America/Chicago' where field = 'time_zone'",
    ],
    ids=["customer renamed", "account renamed", "clock of the site moved"],
)
def test_what_rewrites_rows_without_a_trace_makes_everything_be_read_again(erpnext: Erpnext, change: str) -> None:
    erpnext.load()
    erpnext.server.run("small_erpnext", change)
    erpnext.server.run("small_erpnext", f"update `{LEDGER}` set party = 'Acme & Co' where party = 'Acme'")
    for table in (LEDGER, "tabGL Entry"):
        if "1310" in change:
            erpnext.server.run("small_erpnext", f"update `{table}` set account = concat('1310 - ', account)")
    rows = erpnext.landed(erpnext.load(), LEDGER)
    assert {row["party"] for row in rows.values()} == {"Acme & Co"}
    assert set(rows) == {"p1", "p2", "p3"}
    assert set(erpnext.landed(erpnext.load(), LEDGER)) == {"p2"}, "once"


def test_a_booking_made_during_the_load_is_seen_whole_by_the_next_and_not_at_all_by_this(erpnext: Erpnext) -> None:
    connector = erpnext.connector()

    class Interrupted(Load):
        """A load during which somebody books, after the invoices were read and before the ledger is."""

        booked = False

        def write(self, entity: str, rows: Any) -> int:
            if entity == "tabSales Invoice" and not self.booked:
                self.booked = True
                erpnext.add("tabSales Invoice", **(SUBMITTED | {"name": "INV-9", "modified": NEWEST}))
                ledger = {key: value for key, value in OWED.items() if key in DOCTYPES[LEDGER].c}
                erpnext.add(LEDGER, **(ledger | {"name": "p9", "modified": NEWEST}))
            return super().write(entity, rows)

    entities = {entity.name: entity for entity in connector.entities}
    load = Interrupted(erpnext.landing, "erpnext", entities, None, full=False)
    connector.extract(load)
    load.commit()
    assert load.booked
    assert ("INV-9" in erpnext.names("tabSales Invoice"), "p9" in erpnext.names(LEDGER)) == (False, False)
    erpnext.load()
    assert ("INV-9" in erpnext.names("tabSales Invoice"), "p9" in erpnext.names(LEDGER)) == (True, True)


def test_check_tells_what_there_is_and_changes_nothing(erpnext: Erpnext) -> None:
    lines = erpnext.check()
    assert all(line.ok for line in lines.values())
    assert lines[LEDGER].finding == "3 records to read"
    assert lines["company"].finding == "'Main' keeps its books in EUR"
    assert lines["control total"].finding == "accounts in EUR: 60.00 EUR up to 2026-01-12"
    assert erpnext.landing.manifests() == []


def test_a_wrong_company_or_currency_is_told(erpnext: Erpnext) -> None:
    with pytest.raises(SourceError, match=r"there is no company 'Min'; the database has: 'Main', 'Sister'"):
        erpnext.load(company="Min")
    assert not erpnext.check(company="Min")["company"].ok
    with pytest.raises(SourceError, match=r"'Main' keeps its books in EUR, but client\.yaml says home_currency: USD"):
        erpnext.load(currency="USD")


def test_a_table_or_column_that_older_versions_lack_is_told(erpnext: Erpnext) -> None:
    erpnext.server.run("small_erpnext", f"alter table `{LEDGER}` drop column delinked")
    assert "lacks delinked. ERPNext 14 or newer is needed" in erpnext.check()[LEDGER].finding
    erpnext.server.run("small_erpnext", f"drop table `{LEDGER}`")
    with pytest.raises(SourceError, match=r"the table tabPayment Ledger Entry does not exist\. ERPNext 14 or newer"):
        erpnext.load()


@pytest.fixture
def reader(erpnext: Erpnext, monkeypatch: pytest.MonkeyPatch) -> Erpnext:
    """The same database through a user who may read everything but the sales invoices, and nothing else."""
    grants = [
        f"grant select on small_erpnext.`{table}` to erp_reader@'127.0.0.1';"
        for table in DOCTYPES
        if table != "tabSales Invoice"
    ]
    user = "erp_reader@'127.0.0.1'"
    erpnext.server.run(
        "", f"drop user if exists {user}; create user {user} identified by '{SECRET}'; {' '.join(grants)}"
    )
    monkeypatch.setenv("ERPNEXT_URL", reader_url(erpnext))
    return erpnext


def reader_url(erpnext: Erpnext, password: str = SECRET, database: str = "small_erpnext") -> str:
    return f"mysql://erp_reader:{password}@127.0.0.1:{erpnext.server.port}/{database}"


def refusal(erpnext: Erpnext) -> DuebookError:
    with pytest.raises(DuebookError) as caught:
        erpnext.load()
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "\n" not in str(caught.value)
    assert "client 'nordwind', source 'erp' (erpnext): " in str(caught.value)
    assert erpnext.landing.manifests() == []
    return caught.value


def test_check_names_the_right_to_grant_and_goes_on_with_the_other_tables(reader: Erpnext) -> None:
    lines = reader.check()
    refused = {subject for subject, line in lines.items() if not line.ok}
    assert refused == {"tabSales Invoice", "tabPayment Schedule"}, "schedules are read by their invoices"
    grant = "GRANT SELECT ON `small_erpnext`.`tabSales Invoice` TO 'erp_reader'@'127.0.0.1';"
    assert grant in lines["tabSales Invoice"].finding
    assert lines[LEDGER].finding == "3 records to read"


def test_a_load_without_a_right_names_the_grant_which_then_is_enough(reader: Erpnext) -> None:
    error = refusal(reader)
    assert isinstance(error, SourceError)
    assert not error.is_worth_retrying
    reader.server.run("", str(error).partition("Grant it: ")[2])
    reader.load()
    assert reader.names("tabSales Invoice") == ["DRAFT", "INV-1", "INV-2"]


def test_a_table_of_which_only_some_columns_may_be_read_is_told_with_the_grant(reader: Erpnext) -> None:
    reader.server.run("", "grant select (name) on small_erpnext.`tabSales Invoice` to erp_reader@'127.0.0.1'")
    assert "GRANT SELECT ON `small_erpnext`.`tabSales Invoice` TO 'erp_reader'@'127.0.0.1';" in str(refusal(reader))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"password": SECRET + "x"}, "the user name or password is wrong"),
        ({"password": ""}, "the user name or password is wrong"),
        ({"database": "erpnext_absent"}, "the user has no right to this database"),
    ],
)
def test_a_refused_connection_is_told_and_not_tried_again(
    reader: Erpnext, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("ERPNEXT_URL", reader_url(reader, **keys))
    error = refusal(reader)
    assert words in str(error)
    assert isinstance(error, SourceError)
    assert not error.is_worth_retrying


def test_a_database_that_does_not_exist_is_told(erpnext: Erpnext, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"mariadb://tester@127.0.0.1:{erpnext.server.port}/absent"
    monkeypatch.setenv("ERPNEXT_URL", url)
    assert "there is no database of that name" in str(refusal(erpnext))


def test_a_server_that_does_not_answer_is_worth_another_try(erpnext: Erpnext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERPNEXT_URL", f"mariadb://reader:{SECRET}@127.0.0.1:1/erpnext")
    error = refusal(erpnext)
    assert "the server does not answer" in str(error)
    assert isinstance(error, SourceUnavailableError)


def test_a_url_that_cannot_be_used_is_told_without_repeating_it(
    erpnext: Erpnext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERPNEXT_URL", f"mariadb://reader:{SECRET}@host:port/erpnext")
    error = refusal(erpnext)
    assert isinstance(error, ConfigError)
    assert "mariadb://user:password@host:3306/database" in str(error)


def test_a_server_that_breaks_off_is_worth_another_try(erpnext: Erpnext) -> None:
    def read() -> None:
        with erpnext.connector()._transport().snapshot() as database:
            (number,) = database.one(sa.select(sa.func.connection_id()))
            erpnext.server.run("", f"kill {number}")
            database.all(sa.select(sa.literal(1)))

    with pytest.raises(SourceUnavailableError) as caught:
        read()
    assert "\n" not in str(caught.value)


def test_nothing_can_be_written(erpnext: Erpnext) -> None:
    table = DOCTYPES["tabCompany"]
    with pytest.raises(SourceError, match="READ ONLY"), erpnext.connector()._transport().snapshot() as database:
        database.all(sa.insert(table).values(name="New"))  # type: ignore[arg-type]
    assert "New" not in erpnext.server.run("small_erpnext", "select name from tabCompany")
