"""One company's books in an ERP's own database: what changed since the last load, what is gone, the control total.

The databases read here tell when a row was last written, but keep no trace of what was deleted. A load therefore
reads what was written since the last one, and compares the ids that exist with those landed before.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pyarrow as pa
import sqlalchemy as sa
from pydantic import Field

from connectors.base import CheckLine, ColumnType, Connector, Entity, Options
from connectors.landing import Load
from connectors.transports.sql import SqlSnapshot, SqlTransport, missing_columns, selected_columns, table_clause
from duebook.clients import resolve_environment
from duebook.currencies import amount_in_words
from duebook.errors import SourceError

# The time stamps are the start of the writing transaction: one that committed late carries an older stamp than rows
# already read. The window has to be longer than the longest transaction.
LATE_COMMIT_WINDOW = timedelta(minutes=30)

# Databases limit the parameters of a statement.
IDS_A_STATEMENT = 10_000

_STAMP = "_changed_at"


class CompanyOptions(Options):
    """``url``: a SQLAlchemy URL, normally ``${VARIABLE}``. ``company``: the company's id in the ERP."""

    url: str = Field(min_length=1)
    company: int = Field(default=1, ge=1)


class CompanyBooks(Connector):
    """One company of one database; an ERP tells its tables, and what of them belongs to the company.

    Attributes:
        tables: what is landed as it stands, each with a numeric ``id``.
        optional_tables: those of them that a database need not have.
        account_movement: the control total: what the ERP has posted on its receivable accounts, by currency and day.
        needed_version: what to tell when a table lacks columns.
    """

    options_model = CompanyOptions
    tables: ClassVar[tuple[Entity, ...]]
    optional_tables: ClassVar[tuple[Entity, ...]] = ()
    account_movement: ClassVar[Entity]
    needed_version: ClassVar[str]

    @abstractmethod
    def companies(self) -> sa.Select[Any]:
        """All companies of the database: id, name and currency code."""

    @abstractmethod
    def receivable_accounts(self) -> sa.Select[Any]:
        """The ids of the receivable accounts."""

    @abstractmethod
    def scoped(self, entity: Entity, statement: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
        """Keep a statement to the configured company and to its receivable accounts."""

    @abstractmethod
    def movements(self) -> sa.Select[Any]:
        """The rows of ``account_movement``, its columns in order, summed by the database."""

    @abstractmethod
    def posted_by_currency(self) -> sa.Select[Any]:
        """Currency code, what is posted in home currency, and the newest date; one row a document currency."""

    def changed_at(self, entity: Entity, table: sa.TableClause) -> sa.ColumnElement[Any] | None:
        """When a row was last written; None where the table is read whole each time."""
        return table.c[entity.cursor] if entity.cursor else None

    def configure(self, options: Options) -> None:
        assert isinstance(options, CompanyOptions)
        self._url = options.url
        self.company = options.company

    def _transport(self) -> SqlTransport:
        key = f"{self.client_folder / 'client.yaml'}: source '{self.source.name}': url"
        return SqlTransport(resolve_environment(self._url, key), self.where, self.client_folder)

    def check(self) -> Sequence[CheckLine]:
        lines: list[CheckLine] = []
        with self._transport().snapshot() as database:
            for entity in self.tables:
                lines.append(self._check_table(database, entity))
            if all(line.ok for line in lines):
                company = self._check_company(database)
                lines.append(company)
                if company.ok:
                    lines += self._check_control_total(database)
        return lines

    def _check_table(self, database: SqlSnapshot, entity: Entity) -> CheckLine:
        present = database.columns_of(entity.name)
        if present is None and entity in self.optional_tables:
            return CheckLine(entity.name, True, "not in this database; nothing of it is read")
        if present is None:
            return CheckLine(entity.name, False, "the table does not exist in this database, or cannot be seen")
        if missing := missing_columns(entity, present):
            return CheckLine(entity.name, False, f"lacks the columns {', '.join(missing)}; {self.needed_version}")
        table = table_clause(entity)
        try:
            count = database.count(self.scoped(entity, sa.select(table.c.id), table))
        except SourceError as error:
            return CheckLine(entity.name, False, str(error))
        return CheckLine(entity.name, True, f"{count:,} records to read")

    def _check_company(self, database: SqlSnapshot) -> CheckLine:
        try:
            name, currency = self._company(database)
        except SourceError as error:
            return CheckLine("company", False, str(error).removeprefix(f"{self.where}: "))
        return CheckLine("company", True, f"{self.company} is '{name}', keeps its books in {currency}")

    def _check_control_total(self, database: SqlSnapshot) -> list[CheckLine]:
        home = self.client.home_currency
        return [
            CheckLine("control total", True, f"documents in {row[0]}: {amount_in_words(row[1], home)} up to {row[2]}")
            for row in database.all(self.posted_by_currency())
        ]

    def extract(self, load: Load) -> None:
        with self._transport().snapshot() as database:
            columns = {entity: self._columns_of(database, entity) for entity in self.tables}
            self._company(database)
            self._reread_when_accounts_changed(database, load)
            for entity, present in columns.items():
                if present is None:
                    self._land_deletions(entity, load, [])
                else:
                    self._extract_table(database, entity, present, load)
            self._extract_account_movement(database, load)

    def _company(self, database: SqlSnapshot) -> tuple[str, str]:
        """The company's name and currency, which must be the client's home currency."""
        known = {row[0]: (row[1], row[2]) for row in database.all(self.companies())}
        if self.company not in known:
            listed = ", ".join(f"{number} ({known[number][0]})" for number in sorted(known))
            raise SourceError(f"{self.where}: there is no company {self.company}; the database has: {listed}.")
        name, code = known[self.company]
        if code != self.client.home_currency:
            raise SourceError(
                f"{self.where}: company {self.company} ('{name}') keeps its books in {code}, "
                f"but client.yaml says home_currency: {self.client.home_currency}. They must be the same."
            )
        return name, code

    def _reread_when_accounts_changed(self, database: SqlSnapshot, load: Load) -> None:
        """An account that becomes a receivable account brings lines that were written long ago."""
        accounts = sorted(row[0] for row in database.all(self.receivable_accounts()))
        scope = [self.company, *accounts]
        if load.state.get("scope") != scope:
            load.full = True
        load.state["scope"] = scope

    def _columns_of(self, database: SqlSnapshot, entity: Entity) -> set[str] | None:
        present = database.columns_of(entity.name)
        if present is None:
            if entity in self.optional_tables:
                return None
            raise SourceError(f"{self.where}: the table {entity.name} does not exist, or the user may not see it.")
        if missing := missing_columns(entity, present):
            raise SourceError(
                f"{self.where}: the table {entity.name} lacks {', '.join(missing)}. "
                f"{self.needed_version[0].upper()}{self.needed_version[1:]}."
            )
        return present

    def _extract_table(self, database: SqlSnapshot, entity: Entity, present: set[str], load: Load) -> None:
        table = table_clause(entity)
        columns, schema = selected_columns(entity, table, present)
        changed_at = self.changed_at(entity, table)
        if changed_at is not None:
            columns.append(changed_at.label(_STAMP))
            schema = schema.append(pa.field(_STAMP, ColumnType.TIMESTAMP.arrow))
        everything = self.scoped(entity, sa.select(*columns).order_by(table.c.id), table)
        previous = load.previous_cursor(entity.name)
        newest = datetime.fromisoformat(previous) if previous else None
        statement = everything
        if changed_at is not None and newest:
            statement = everything.where(sa.or_(changed_at >= newest - LATE_COMMIT_WINDOW, changed_at.is_(None)))
        read: set[int] = set()
        for batch in database.stream(statement, schema):
            load.write(entity.name, batch)
            if changed_at is not None:
                seen = max((stamp for stamp in batch.column(_STAMP).to_pylist() if stamp), default=None)
                newest = max((stamp for stamp in (newest, seen) if stamp), default=None)
            if statement is not everything:
                read.update(_numbers(batch.column("id")))
        if newest:
            load.set_cursor(entity.name, newest.isoformat())
        ids = self.scoped(entity, sa.select(table.c.id), table)
        existing = list(database.stream(ids, pa.schema([("id", pa.int64())])))
        if statement is not everything:
            for some in self._never_landed(entity, load, existing, read):
                for batch in database.stream(everything.where(table.c.id.in_(some)), schema):
                    load.write(entity.name, batch)
        self._land_deletions(entity, load, existing)

    def _never_landed(
        self, entity: Entity, load: Load, existing: list[pa.RecordBatch], read: set[int]
    ) -> Iterator[list[int]]:
        """Ids that belong to the company now though nothing was written to them lately.

        The line of an entry was moved to a receivable account, or a transaction outlasted the late-commit window.
        """
        live = load.live(entity.name, entity.key)
        new = pa.Table.from_batches(existing, schema=live.schema).join(live, keys="id", join_type="left anti")
        unread = sorted(_numbers(new.column("id")) - read)
        for start in range(0, len(unread), IDS_A_STATEMENT):
            yield unread[start : start + IDS_A_STATEMENT]

    def _extract_account_movement(self, database: SqlSnapshot, load: Load) -> None:
        entity = self.account_movement
        batches = list(database.stream(self.movements(), entity.schema))
        for batch in batches:
            load.write(entity.name, batch)
        self._land_deletions(entity, load, [batch.select(list(entity.key)) for batch in batches])

    def _land_deletions(self, entity: Entity, load: Load, keys: list[pa.RecordBatch]) -> None:
        live = load.live(entity.name, entity.key)
        if live.num_rows == 0:
            return
        existing = pa.Table.from_batches(keys, schema=live.schema)
        names = list(entity.key)
        load.write_deleted(entity.name, live.join(existing, keys=names, join_type="left anti"))


def _numbers(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> set[int]:
    return {number for number in column.to_pylist() if number is not None}
