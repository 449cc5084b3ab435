"""Reading relational databases: one consistent read-only snapshot, streamed into Arrow in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from connectors.base import ColumnType, Entity
from duebook.errors import ConfigError, SourceError, SourceUnavailableError

BATCH_ROWS = 20_000
CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_SECONDS = 600

_SQL_TYPES: dict[ColumnType, sa.types.TypeEngine[Any]] = {
    ColumnType.TEXT: sa.String(),
    ColumnType.INTEGER: sa.BigInteger(),
    ColumnType.MONEY: sa.Numeric(20, 4),
    ColumnType.RATE: sa.Numeric(38, 12),
    ColumnType.DATE: sa.Date(),
    ColumnType.TIMESTAMP: sa.DateTime(),
    ColumnType.BOOLEAN: sa.Boolean(),
    ColumnType.JSON: sa.String(),
}
# Rounded by the database, so that float noise or extra decimals never reach Arrow's exact decimals;
# JSON becomes text there too, whatever the driver would make of it.
_CAST_IN_DATABASE = {ColumnType.MONEY, ColumnType.RATE, ColumnType.JSON}

_POSTGRES_REASONS = {
    "28P01": "the user name or password is wrong",
    "28000": "the server does not let this user in",
    "3D000": "there is no database of that name",
    "57014": f"the server took longer than {STATEMENT_TIMEOUT_SECONDS} s for one statement",
    "53300": "the server has no free connection",
}
# A refused connection carries no SQLSTATE, only the server's words.
_REFUSED_CONNECTIONS = {
    r"password authentication failed|no password supplied": _POSTGRES_REASONS["28P01"],
    r"role .* does not exist|no pg_hba\.conf entry|permission denied for database": _POSTGRES_REASONS["28000"],
    r"database .* does not exist": _POSTGRES_REASONS["3D000"],
}
_SECRET_PARAMETERS = ("password", "sslpassword")


class SqlTransport:
    """A database, by its SQLAlchemy URL.

    Raises:
        ConfigError: the URL cannot be read, or its driver is not one that is installed.
    """

    def __init__(self, url: str, where: str, folder: Path) -> None:
        self.where = where
        try:
            given = sa.make_url(url)
            self.url = _prepared(given, folder)
            self._name = _shown(given, folder)
            self._engine = sa.create_engine(self.url, poolclass=sa.NullPool, connect_args=_connect_args(self.url))
        except (SQLAlchemyError, NoSuchModuleError, ImportError, ValueError):
            raise ConfigError(
                f"{where}: the url is not one SQLAlchemy can use here. "
                "It looks like postgresql://user:password@host:5432/database"
            ) from None

    @contextmanager
    def snapshot(self) -> Iterator[SqlSnapshot]:
        """One read-only transaction that sees one state of the database throughout.

        Raises:
            SourceError: the database cannot be reached or refuses; never repeats the password.
        """
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                else:
                    connection.exec_driver_sql("begin")
                yield SqlSnapshot(connection, self.reason)
        except DBAPIError as error:
            kind = SourceUnavailableError if _may_pass(error) else SourceError
            raise kind(f"{self.where}: {self.reason(error)}") from None

    def reason(self, error: DBAPIError) -> str:
        """Why the database refused, in plain words and without the password."""
        state = getattr(error.orig, "sqlstate", None)
        text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        if denied := re.match(r"permission denied for (?:table|relation|view) \"?(\w+)", text):
            user = self.url.username or "the user"
            return f"no right to read {denied[1]}. Grant it: GRANT SELECT ON {denied[1]} TO {user};"
        if plain := _POSTGRES_REASONS.get(state or "") or _refused(error):
            return f"{plain} ({self._name})."
        if self.url.get_backend_name() == "sqlite" and "unable to open" in text:
            return f"the database file {self._name} does not exist or cannot be read."
        for secret in (self.url.password, *(self.url.query.get(name) for name in _SECRET_PARAMETERS)):
            if secret:
                text = text.replace(str(secret), "***")
        return f"cannot read {self._name}: {text}"


def _refused(error: DBAPIError) -> str | None:
    """Why a server that was reached let nobody in; None when it was for another reason."""
    words = str(error.orig)
    return next((reason for pattern, reason in _REFUSED_CONNECTIONS.items() if re.search(pattern, words)), None)


def _may_pass(error: DBAPIError) -> bool:
    """True for a server that is away, busy or cut the line: SQLSTATE classes 08, 40, 53 and 57, or no SQLSTATE at all.

    Class 40 is what a replica answers that had to apply changes meanwhile.
    """
    if not isinstance(error, OperationalError):
        return False
    if error.orig.__class__.__module__ == "sqlite3":
        return "locked" in str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    return state[:2] in ("08", "40", "53", "57") if state else _refused(error) is None


def _shown(url: sa.URL, folder: Path) -> str:
    """How the database is called in messages: without the password, nor parameters that may hold one."""
    if url.get_backend_name() == "sqlite":
        return str((folder / (url.database or "")).resolve())
    return url.set(query={}).render_as_string(hide_password=True)


def _prepared(url: sa.URL, folder: Path) -> sa.URL:
    if url.get_backend_name() in ("postgresql", "postgres"):
        # Whatever driver other tools of the client name, this is the one that is here.
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        # Quoted: a # or ? in a folder's name would end the path, and what is left be opened for writing.
        file = quote(str((folder / url.database).resolve()))
        return url.set(database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    return url


def _connect_args(url: sa.URL) -> dict[str, Any]:
    if url.get_backend_name() == "postgresql":
        milliseconds = STATEMENT_TIMEOUT_SECONDS * 1000
        return {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": f"-c statement_timeout={milliseconds} -c timezone=UTC",
        }
    return {}


class SqlSnapshot:
    """An open read-only transaction."""

    def __init__(self, connection: sa.Connection, reason: Callable[[DBAPIError], str]) -> None:
        self._connection = connection
        self._inspector = sa.inspect(connection)
        self._reason = reason

    def columns_of(self, table: str) -> set[str] | None:
        """Names of a table's columns; None when there is no such table (or no right to see it)."""
        if not self._inspector.has_table(table):
            return None
        return {column["name"] for column in self._inspector.get_columns(table)}

    def one(self, statement: sa.Select[Any]) -> Any:
        """The single value or row of a statement; None when it gives none."""
        return self._connection.execute(statement).first()

    def count(self, statement: sa.Select[Any]) -> int:
        """The number of rows of a statement; a refusal leaves the transaction usable.

        Raises:
            SourceError: the database refuses, with the right to grant.
        """
        try:
            with self._connection.begin_nested():
                counted = self._connection.execute(sa.select(sa.func.count()).select_from(statement.subquery()))
                return int(counted.scalar_one())
        except DBAPIError as error:
            raise SourceError(self._reason(error)) from None

    def all(self, statement: sa.Select[Any]) -> Sequence[Any]:
        """All rows of a small result."""
        return self._connection.execute(statement).all()

    def stream(self, statement: sa.Select[Any], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Run a statement and give its rows as record batches of ``schema``, column by position."""
        result = self._connection.execution_options(yield_per=BATCH_ROWS).execute(statement)
        for rows in result.partitions():
            columns = zip(*rows, strict=True)
            yield pa.record_batch(
                [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
            )


def table_clause(entity: Entity) -> sa.TableClause:
    """An entity as a table of SQLAlchemy, typed as declared rather than as reflected."""
    return sa.table(entity.name, *(sa.column(column.name, _SQL_TYPES[column.type]) for column in entity.columns))


def selected_columns(
    entity: Entity, table: sa.TableClause, present: set[str]
) -> tuple[list[sa.ColumnElement[Any]], pa.Schema]:
    """What to select of an entity, given the columns its table really has, and the schema that comes back."""
    there = [column for column in entity.columns if column.name in present]
    selected: list[sa.ColumnElement[Any]] = [
        sa.cast(table.c[column.name], _SQL_TYPES[column.type]).label(column.name)
        if column.type in _CAST_IN_DATABASE
        else table.c[column.name]
        for column in there
    ]
    return selected, pa.schema([(column.name, column.type.arrow) for column in there])


def missing_columns(entity: Entity, present: set[str]) -> list[str]:
    """Columns that are needed and that the table does not have."""
    return [column.name for column in entity.columns if column.required and column.name not in present]
