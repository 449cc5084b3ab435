"""Reading a database: one state throughout, never written to, and refusals told plainly and without the password."""

from __future__ import annotations

import sqlite3
import traceback
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pytest
import sqlalchemy as sa

from connectors.base import Column, ColumnType, Entity
from connectors.transports.sql import BATCH_ROWS, SqlTransport, missing_columns, selected_columns, table_clause
from duebook.errors import ConfigError, DuebookError, SourceError, SourceUnavailableError

SECRET = "hunter2-geheim"  # noqa: S105
AMOUNT = Entity("amount", (Column("id", ColumnType.INTEGER), Column("value", ColumnType.MONEY)))


class Postgres(Protocol):
    def create(self, name: str) -> str: ...
    def psql(self, name: str, sql: str) -> str: ...


def transport(url: str, folder: Path = Path()) -> SqlTransport:
    return SqlTransport(url, "client 'x', source 'erp' (odoo)", folder)


def connect(url: str, folder: Path = Path()) -> None:
    with transport(url, folder).snapshot() as database:
        database.all(sa.select(sa.literal(1)))


def count(database: Any, table: str) -> int:
    return int(database.one(sa.select(sa.func.count()).select_from(sa.table(table)))[0])


def refusal(url: str, folder: Path = Path()) -> DuebookError:
    with pytest.raises(DuebookError) as caught:
        connect(url, folder)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in told
    assert "\n" not in str(caught.value)
    return caught.value


def test_postgresql_is_seen_in_one_state_throughout(postgres: Postgres) -> None:
    url = postgres.create("one_state")
    postgres.psql("one_state", "create table a (id int); create table b (id int)")
    with transport(url).snapshot() as database:
        assert count(database, "a") == 0
        postgres.psql("one_state", "insert into a values (1); insert into b values (1)")
        assert count(database, "a") == 0
        assert count(database, "b") == 0
    with transport(url).snapshot() as database:
        assert count(database, "b") == 1


def test_sqlite_is_seen_in_one_state_throughout(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.sqlite", isolation_level=None) as writer:
        writer.executescript("pragma journal_mode = wal; create table a (id int); create table b (id int)")
        with transport("sqlite:///erp.sqlite", tmp_path).snapshot() as database:
            assert count(database, "a") == 0
            writer.execute("insert into b values (1)")
            assert count(database, "b") == 0
        with transport("sqlite:///erp.sqlite", tmp_path).snapshot() as database:
            assert count(database, "b") == 1
    writer.close()


@pytest.mark.parametrize("backend", ["postgresql", "sqlite"])
def test_nothing_can_be_written(postgres: Postgres, tmp_path: Path, backend: str) -> None:
    if backend == "postgresql":
        url = postgres.create("read_only")
        postgres.psql("read_only", "create table a (id int)")
    else:
        url = "sqlite:///erp.sqlite"
        sqlite3.connect(tmp_path / "erp.sqlite").execute("create table a (id int)").connection.close()
    table = sa.table("a", sa.column("id"))
    with pytest.raises(SourceError, match=r"read-?only"), transport(url, tmp_path).snapshot() as database:
        database.all(sa.insert(table).values(id=1).returning(table.c.id))  # type: ignore[arg-type]
    with transport(url, tmp_path).snapshot() as database:
        assert count(database, "a") == 0


def test_many_rows_come_in_batches_of_the_declared_types(postgres: Postgres) -> None:
    rows = 2 * BATCH_ROWS + 5
    url = postgres.create("many_rows")
    postgres.psql(
        "many_rows",
        f"create table amount as select i as id, i * 1.00000000000001 as value from generate_series(1, {rows}) as g(i)",
    )
    with transport(url).snapshot() as database:
        columns, schema = selected_columns(AMOUNT, table_clause(AMOUNT), {"id", "value"})
        batches = list(database.stream(sa.select(*columns).order_by(columns[0]), schema))
    table = pa.Table.from_batches(batches)
    assert max(batch.num_rows for batch in batches) <= BATCH_ROWS
    assert table.num_rows == rows
    assert table.schema.field("value").type == pa.decimal128(20, 4)
    assert table["value"][-1].as_py() == Decimal(rows)


def test_a_table_a_column_and_what_is_missing_are_found(postgres: Postgres) -> None:
    url = postgres.create("shapes")
    postgres.psql("shapes", "create table amount (id int, extra text)")
    with transport(url).snapshot() as database:
        assert database.columns_of("absent") is None
        present = database.columns_of("amount")
    assert present == {"id", "extra"}
    assert missing_columns(AMOUNT, present) == ["value"]
    _, schema = selected_columns(AMOUNT, table_clause(AMOUNT), present)
    assert schema.names == ["id"]


@pytest.fixture
def guarded(postgres: Postgres) -> sa.URL:
    """A database whose user has to give a password."""
    url = sa.make_url(postgres.create("guarded"))
    file = Path(postgres.psql("guarded", "\\t on\n\\a\nshow hba_file;").strip())
    rule = "local all guarded_reader scram-sha-256\n"
    if not file.read_text(encoding="utf-8").startswith(rule):
        file.write_text(rule + file.read_text(encoding="utf-8"), encoding="utf-8")
        postgres.psql("guarded", f"create role guarded_reader login password '{SECRET}'")
        postgres.psql("guarded", "select pg_reload_conf(); select pg_sleep(0.5)")
    return url.set(username="guarded_reader", password=SECRET)


def text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def test_the_right_password_opens_the_database(guarded: sa.URL) -> None:
    connect(text(guarded))


def test_a_wrong_password_is_told_and_not_tried_again(guarded: sa.URL) -> None:
    error = refusal(text(guarded.set(password=SECRET + "x")))
    assert "the user name or password is wrong" in str(error)
    assert isinstance(error, SourceError)
    assert not error.is_worth_retrying


def test_a_missing_password_or_unknown_user_is_not_tried_again(guarded: sa.URL) -> None:
    for given in (text(guarded).replace(f":{SECRET}", ""), text(guarded.set(username="nobody_of_that_name"))):
        error = refusal(given)
        assert isinstance(error, SourceError)
        assert not error.is_worth_retrying


def test_a_database_that_does_not_exist_is_told_and_not_tried_again(guarded: sa.URL) -> None:
    error = refusal(text(guarded.set(database="absent")))
    assert "there is no database of that name" in str(error)
    assert "/absent" in str(error)
    assert isinstance(error, SourceError)
    assert not error.is_worth_retrying


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://reader:{SECRET}@127.0.0.1:1/odoo",
        f"postgresql://reader@127.0.0.1:1/odoo?password={SECRET}",
        f"postgresql://reader:{SECRET}@no.such.host.invalid/odoo",
    ],
)
def test_a_server_that_does_not_answer_is_worth_another_try(url: str) -> None:
    error = refusal(url)
    assert isinstance(error, SourceUnavailableError)
    assert error.is_worth_retrying
    assert "client 'x', source 'erp' (odoo)" in str(error)


def test_a_server_that_breaks_off_is_worth_another_try(postgres: Postgres) -> None:
    url = postgres.create("broken_off")

    def read() -> None:
        with transport(url).snapshot() as database:
            (process,) = database.one(sa.select(sa.func.pg_backend_pid()))
            postgres.psql("broken_off", f"select pg_terminate_backend({process})")
            database.all(sa.select(sa.literal(1)))

    with pytest.raises(SourceUnavailableError) as caught:
        read()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        SECRET,
        "",
        f"oracle://reader:{SECRET}@db.example/odoo",
        f"nosuchdialect://reader:{SECRET}@db.example/odoo",
        f"postgresql://reader:{SECRET}@db.example:{SECRET}/odoo",
        f"postgresql://reader:a@b:{SECRET}@db.example/odoo",
    ],
)
def test_an_unusable_url_is_told_without_repeating_it(url: str) -> None:
    error = refusal(url)
    assert isinstance(error, ConfigError)
    assert "postgresql://user:password@host:5432/database" in str(error)


def test_a_missing_sqlite_file_is_told_with_its_place_and_not_made(tmp_path: Path) -> None:
    error = refusal("sqlite:///absent.sqlite", tmp_path)
    assert f"the database file {tmp_path / 'absent.sqlite'} does not exist" in str(error)
    assert isinstance(error, SourceError)
    assert not error.is_worth_retrying
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%20b", "a b", "Büro & Söhne"])
def test_a_folder_with_an_odd_name_is_read_and_nothing_is_made_beside_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    sqlite3.connect(folder / "erp.sqlite").execute("create table a (id int)").connection.close()
    with transport("sqlite:///erp.sqlite", folder).snapshot() as database:
        assert database.columns_of("a") == {"id"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_that_is_no_database_is_not_tried_again_but_a_locked_one_is(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be read as one" * 50, encoding="utf-8")
    with pytest.raises(SourceError) as caught, transport("sqlite:///text.sqlite", tmp_path).snapshot() as database:
        database.columns_of("a")
    assert not caught.value.is_worth_retrying
    writer = sqlite3.connect(tmp_path / "locked.sqlite")
    writer.executescript("create table a (id int); begin exclusive")
    with pytest.raises(SourceUnavailableError), transport("sqlite:///locked.sqlite", tmp_path).snapshot() as database:
        database.columns_of("a")
    writer.close()
