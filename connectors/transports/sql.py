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
_MYSQL_REASONS = {
    1040: _POSTGRES_REASONS["53300"],
    1044: "the user has no right to this database",
    1045: _POSTGRES_REASONS["28P01"],
    1049: _POSTGRES_REASONS["3D000"],
    1412: "a table was altered while it was read",
    1698: _POSTGRES_REASONS["28P01"],
    1969: _POSTGRES_REASONS["57014"],
    2003: "the server does not answer",
    2006: "the server closed the connection",
    2013: "the server broke the connection off",
    3024: _POSTGRES_REASONS["57014"],
}
# Away, full, shutting down, restoring, deadlocked, or altered by an update of the ERP: a moment later it may be well.
_MYSQL_MAY_PASS = {1040, 1053, 1158, 1159, 1160, 1161, 1205, 1213, 1412, 1927, 1969, 2003, 2006, 2013, 3024}
_MYSQL_DENIED = (1142, 1143)
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
                "It looks like postgresql://user:password@host:5432/database "
                "or mariadb://user:password@host:3306/database"
            ) from None

    @contextmanager
    def snapshot(self) -> Iterator[SqlSnapshot]:
        """One read-only transaction that sees one state of the database throughout.

        Raises:
            SourceError: the database cannot be reached or refuses; never repeats the password.
        """
        try:
            with self._engine.connect() as connection:
                _begin(connection)
                yield SqlSnapshot(connection, self.reason)
        except DBAPIError as error:
            kind = SourceUnavailableError if _may_pass(error) else SourceError
            raise kind(f"{self.where}: {self.reason(error)}") from None

    def reason(self, error: DBAPIError) -> str:
        """Why the database refused, in plain words and without the password."""
        state = getattr(error.orig, "sqlstate", None)
        code = _mysql_code(error)
        text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        if code in _MYSQL_DENIED and (grant := self._mysql_grant(text)):
            return grant
        if plain := _MYSQL_REASONS.get(code):
            return f"{plain} ({self._name})."
        if denied := re.match(r"permission denied for (?:table|relation|view) \"?([^\"\s]+)", text):
            user = self.url.username or "the user"
            table = denied[1] if denied[1].isidentifier() else f'"{denied[1]}"'
            return f"no right to read {denied[1]}. Grant it: GRANT SELECT ON {table} TO {user};"
        if plain := _POSTGRES_REASONS.get(state or "") or _refused(error):
            return f"{plain} ({self._name})."
        if self.url.get_backend_name() == "sqlite" and "unable to open" in text:
            return f"the database file {self._name} does not exist or cannot be read."
        for secret in (self.url.password, *(self.url.query.get(name) for name in _SECRET_PARAMETERS)):
            if secret:
                text = text.replace(str(secret), "***")
        return f"cannot read {self._name}: {text}"

    def _mysql_grant(self, text: str) -> str | None:
        """The right that is missing, said as the statement that gives it."""
        denied = re.search(r"to user '([^']*)'@'([^']*)' .*for table [`']?(?:[^`'.]+[`']?\.)?[`']?([^`'\"]+)[`']", text)
        if denied is None:
            return None
        user, host, table = denied.groups()
        grant = f"GRANT SELECT ON `{self.url.database}`.`{table}` TO '{user}'@'{host}';"
        return f"no right to read {table}. Grant it: {grant}"


def _begin(connection: sa.Connection) -> None:
    """Open the one read-only transaction of a snapshot; later statements join it."""
    match connection.dialect.name:
        case "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        case "mysql":
            # Only repeatable read keeps the snapshot. Rows wait on the server while a batch is written to disk.
            connection.execution_options(isolation_level="REPEATABLE READ")
            limit = (
                f"max_statement_time = {STATEMENT_TIMEOUT_SECONDS}"
                if getattr(connection.dialect, "is_mariadb", False)
                else f"max_execution_time = {STATEMENT_TIMEOUT_SECONDS * 1000}"
            )
            connection.exec_driver_sql(f"set session net_write_timeout = {STATEMENT_TIMEOUT_SECONDS}, session {limit}")
            connection.exec_driver_sql("start transaction with consistent snapshot, read only")
        case _:
            connection.exec_driver_sql("begin")


def _mysql_code(error: DBAPIError) -> int:
    """The error number of MariaDB or MySQL; 0 where the error comes from another database."""
    if not type(error.orig).__module__.startswith("pymysql") or not error.orig or not error.orig.args:
        return 0
    return error.orig.args[0] if isinstance(error.orig.args[0], int) else 0


def _refused(error: DBAPIError) -> str | None:
    """Why a server that was reached let nobody in; None when it was for another reason."""
    words = str(error.orig)
    return next((reason for pattern, reason in _REFUSED_CONNECTIONS.items() if re.search(pattern, words)), None)


def _may_pass(error: DBAPIError) -> bool:
    """True for a server that is away, busy or cut the line: SQLSTATE classes 08, 40, 53 and 57, or no SQLSTATE at all.

    Class 40 is what a replica answers that had to apply changes meanwhile.
    """
    if code := _mysql_code(error):
        return code in _MYSQL_MAY_PASS
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
    if url.get_backend_name() in ("mysql", "mariadb"):
        return url.set(drivername="mysql+pymysql")
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
    if url.get_backend_name() == "mysql":
        # The server ends a statement that takes too long; the client waits a little longer to hear of it.
        return {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "read_timeout": STATEMENT_TIMEOUT_SECONDS + 60}
    return {}


class SqlSnapshot:
    """An open read-only transaction."""

    def __init__(self, connection: sa.Connection, reason: Callable[[DBAPIError], str]) -> None:
        self._connection = connection
        self._inspector = sa.inspect(connection)
        self._reason = reason

    def columns_of(self, table: str) -> set[str] | None:
        """Names of a table's columns; None when there is no such table (or no right to see it).

        Raises:
            SourceError: the user may not read it, with the right to grant.
        """
        try:
            if not self._inspector.has_table(table):
                return None
            return {column["name"] for column in self._inspector.get_columns(table)}
        except DBAPIError as error:
            # MariaDB does not even describe a table that may not be read.
            if _mysql_code(error) not in _MYSQL_DENIED:
                raise
            raise SourceError(self._reason(error)) from None

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
