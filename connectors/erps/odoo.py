"""Odoo 17 and newer, read from its database (PostgreSQL; or SQLite with the same tables, as the demo has it).

The receivable is read from the posted lines on accounts of type ``asset_receivable``, not from invoices: journal
entries on those accounts count too, and instalments are lines. What settles what is ``account_partial_reconcile``.
Unreconciling and deleting leave no trace in the database, so every load compares the ids that exist with those
landed before and lands tombstones for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from pydantic import Field

from connectors.base import CheckLine, Column, ColumnType, Connector, Entity, Options
from connectors.landing import Load
from connectors.transports.sql import SqlSnapshot, SqlTransport, missing_columns, selected_columns, table_clause
from duebook.clients import resolve_environment
from duebook.errors import SourceError

# write_date is the start of the writing transaction: one that committed late carries an older stamp than rows
# already read. The window has to be longer than the longest transaction.
LATE_COMMIT_WINDOW = timedelta(minutes=30)

# Databases limit the parameters of a statement.
IDS_A_STATEMENT = 10_000

INTEGER, MONEY, RATE = ColumnType.INTEGER, ColumnType.MONEY, ColumnType.RATE
DATE, TIMESTAMP, BOOLEAN, JSON = ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.BOOLEAN, ColumnType.JSON

COMPANY = Entity(
    "res_company",
    (
        Column("id", INTEGER),
        Column("name"),
        Column("currency_id", INTEGER),
        Column("currency_exchange_journal_id", INTEGER, required=False),
        Column("account_opening_move_id", INTEGER, required=False),
    ),
)
CURRENCY = Entity("res_currency", (Column("id", INTEGER), Column("name"), Column("decimal_places", INTEGER)))
CURRENCY_RATE = Entity(
    "res_currency_rate",
    (
        Column("id", INTEGER),
        Column("currency_id", INTEGER),
        Column("company_id", INTEGER),
        Column("name", DATE),
        Column("rate", RATE),
        Column("write_date", TIMESTAMP),
    ),
    cursor="write_date",
)
COUNTRY = Entity("res_country", (Column("id", INTEGER), Column("code")))
PAYMENT_TERM = Entity("account_payment_term", (Column("id", INTEGER), Column("name", JSON)))
PARTNER = Entity(
    "res_partner",
    (
        Column("id", INTEGER),
        Column("name"),
        Column("complete_name", required=False),
        Column("parent_id", INTEGER),
        Column("commercial_partner_id", INTEGER),
        Column("company_id", INTEGER),
        Column("is_company", BOOLEAN),
        Column("active", BOOLEAN),
        Column("type"),
        Column("function", required=False),
        Column("lang"),
        Column("tz", required=False),
        Column("country_id", INTEGER),
        Column("vat", required=False),
        Column("ref", required=False),
        Column("email"),
        Column("phone", required=False),
        Column("mobile", required=False),
        Column("phone_sanitized", required=False),
        Column("street", required=False),
        Column("street2", required=False),
        Column("zip", required=False),
        Column("city", required=False),
        Column("credit_limit", JSON, required=False),
        Column("property_payment_term_id", JSON, required=False),
        Column("write_date", TIMESTAMP),
    ),
    cursor="write_date",
)
ACCOUNT = Entity(
    "account_account",
    (
        Column("id", INTEGER),
        Column("account_type"),
        Column("name", JSON),
        Column("code_store", JSON, required=False),
        Column("code", required=False),
    ),
)
JOURNAL = Entity(
    "account_journal", (Column("id", INTEGER), Column("code"), Column("type"), Column("company_id", INTEGER))
)
MOVE = Entity(
    "account_move",
    (
        Column("id", INTEGER),
        Column("name"),
        Column("ref", required=False),
        Column("state"),
        Column("move_type"),
        Column("journal_id", INTEGER),
        Column("company_id", INTEGER),
        Column("partner_id", INTEGER),
        Column("commercial_partner_id", INTEGER),
        Column("currency_id", INTEGER),
        Column("date", DATE),
        Column("invoice_date", DATE),
        Column("invoice_date_due", DATE),
        Column("origin_payment_id", INTEGER, required=False),
        Column("debit_origin_id", INTEGER, required=False),
        Column("write_date", TIMESTAMP),
    ),
    cursor="write_date",
)
MOVE_LINE = Entity(
    "account_move_line",
    (
        Column("id", INTEGER),
        Column("move_id", INTEGER),
        Column("account_id", INTEGER),
        Column("journal_id", INTEGER),
        Column("company_id", INTEGER),
        Column("partner_id", INTEGER),
        Column("currency_id", INTEGER),
        Column("payment_id", INTEGER, required=False),
        Column("display_type"),
        Column("name", required=False),
        Column("date", DATE),
        Column("date_maturity", DATE),
        Column("balance", MONEY),
        Column("amount_currency", MONEY),
        Column("write_date", TIMESTAMP),
    ),
    cursor="write_date",
)
PARTIAL_RECONCILE = Entity(
    "account_partial_reconcile",
    (
        Column("id", INTEGER),
        Column("debit_move_id", INTEGER),
        Column("credit_move_id", INTEGER),
        Column("company_id", INTEGER),
        Column("amount", MONEY),
        Column("debit_amount_currency", MONEY),
        Column("credit_amount_currency", MONEY),
        Column("max_date", DATE),
        Column("write_date", TIMESTAMP),
    ),
    cursor="write_date",
)
ACCOUNT_MOVEMENT = Entity(
    "receivable_account_movement",
    (
        Column("account_id", INTEGER),
        Column("currency_id", INTEGER),
        Column("date", DATE),
        Column("balance", MONEY),
        Column("amount_currency", MONEY),
    ),
    key=("account_id", "currency_id", "date"),
)


class OdooOptions(Options):
    """``url``: a SQLAlchemy URL, normally ``${VARIABLE}``. ``company``: the id of the company in res_company."""

    url: str = Field(min_length=1)
    company: int = Field(default=1, ge=1)


class OdooConnector(Connector):
    """One company of one Odoo database."""

    erp = "odoo"
    options_model = OdooOptions
    tables = (
        COMPANY,
        CURRENCY,
        CURRENCY_RATE,
        COUNTRY,
        PAYMENT_TERM,
        PARTNER,
        ACCOUNT,
        JOURNAL,
        MOVE,
        MOVE_LINE,
        PARTIAL_RECONCILE,
    )
    entities = (*tables, ACCOUNT_MOVEMENT)

    def configure(self, options: Options) -> None:
        assert isinstance(options, OdooOptions)
        self._url = options.url
        self.company = options.company

    def _transport(self) -> SqlTransport:
        key = f"{self.client_folder / 'client.yaml'}: source '{self.source.name}': url"
        return SqlTransport(resolve_environment(self._url, key), self.where, self.client_folder)

    def check(self) -> Sequence[CheckLine]:
        lines: list[CheckLine] = []
        with self._transport().snapshot() as database:
            readable = True
            for entity in self.tables:
                line = self._check_table(database, entity)
                readable = readable and line.ok
                lines.append(line)
            if readable:
                company = self._check_company(database)
                lines.append(company)
                if company.ok:
                    lines += self._check_control_total(database)
        return lines

    def _check_table(self, database: SqlSnapshot, entity: Entity) -> CheckLine:
        present = database.columns_of(entity.name)
        if present is None:
            return CheckLine(entity.name, False, "the table does not exist in this database, or cannot be seen")
        if missing := missing_columns(entity, present):
            return CheckLine(entity.name, False, f"lacks the columns {', '.join(missing)}; Odoo 17 or newer is needed")
        table = table_clause(entity)
        try:
            count = database.count(self._scoped(entity, sa.select(table.c.id), table))
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
        lines_table, currency = table_clause(MOVE_LINE), table_clause(CURRENCY)
        total = sa.func.sum(lines_table.c.balance)
        statement = self._scoped(
            MOVE_LINE,
            sa.select(currency.c.name, total, sa.func.max(lines_table.c.date))
            .select_from(lines_table.join(currency, currency.c.id == lines_table.c.currency_id))
            .where(self._posted(lines_table))
            .group_by(currency.c.name)
            .order_by(currency.c.name),
            lines_table,
        )
        _, home = self._company(database)
        return [
            CheckLine("control total", True, f"documents in {row[0]}: {row[1]:,.2f} {home} up to {row[2]}")
            for row in database.all(statement)
        ]

    def extract(self, load: Load) -> None:
        with self._transport().snapshot() as database:
            columns = {entity: self._columns_of(database, entity) for entity in self.tables}
            self._company(database)
            self._reread_when_accounts_changed(database, load)
            for entity, present in columns.items():
                self._extract_table(database, entity, present, load)
            self._extract_account_movement(database, load)

    def _company(self, database: SqlSnapshot) -> tuple[str, str]:
        """The company's name and currency, which must be the client's home currency."""
        company, currency = table_clause(COMPANY), table_clause(CURRENCY)
        found = database.one(
            sa.select(company.c.name, currency.c.name)
            .select_from(company.join(currency, currency.c.id == company.c.currency_id))
            .where(company.c.id == self.company)
        )
        if found is None:
            known = database.all(sa.select(company.c.id, company.c.name).order_by(company.c.id))
            listed = ", ".join(f"{row[0]} ({row[1]})" for row in known)
            raise SourceError(f"{self.where}: there is no company {self.company}; the database has: {listed}.")
        name, code = found
        if code != self.client.home_currency:
            raise SourceError(
                f"{self.where}: company {self.company} ('{name}') keeps its books in {code}, "
                f"but client.yaml says home_currency: {self.client.home_currency}. They must be the same."
            )
        return name, code

    def _receivable_accounts(self) -> sa.Select[Any]:
        account = table_clause(ACCOUNT)
        return sa.select(account.c.id).where(account.c.account_type == "asset_receivable")

    def _reread_when_accounts_changed(self, database: SqlSnapshot, load: Load) -> None:
        """An account that becomes a receivable account brings lines whose write_date is long past."""
        accounts = sorted(row[0] for row in database.all(self._receivable_accounts()))
        scope = [self.company, *accounts]
        if load.state.get("scope") != scope:
            load.full = True
        load.state["scope"] = scope

    def _scoped(self, entity: Entity, statement: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
        """Keep to the configured company and to its receivable accounts."""
        lines = table_clause(MOVE_LINE)
        receivable = lines.c.account_id.in_(self._receivable_accounts()) & (lines.c.company_id == self.company)
        conditions: dict[str, sa.ColumnElement[bool]] = {}
        if "company_id" in table.c:
            conditions["company_id"] = table.c.company_id == self.company
        match entity.name:
            case "res_company":
                conditions["id"] = table.c.id == self.company
            case "res_partner" | "res_currency_rate":
                # Shared between companies where no company is named.
                conditions["company_id"] |= table.c.company_id.is_(None)
            case "account_move_line":
                conditions["account_id"] = table.c.account_id.in_(self._receivable_accounts())
            case "account_move":
                conditions["id"] = table.c.id.in_(sa.select(lines.c.move_id).where(receivable))
            case "account_partial_reconcile":
                conditions["debit_move_id"] = table.c.debit_move_id.in_(sa.select(lines.c.id).where(receivable))
        return statement.where(*conditions.values())

    def _posted(self, lines: sa.TableClause) -> sa.ColumnElement[bool]:
        move = table_clause(MOVE)
        return lines.c.move_id.in_(sa.select(move.c.id).where(move.c.state == "posted"))

    def _columns_of(self, database: SqlSnapshot, entity: Entity) -> set[str]:
        present = database.columns_of(entity.name)
        if present is None:
            raise SourceError(f"{self.where}: the table {entity.name} does not exist, or the user may not see it.")
        if missing := missing_columns(entity, present):
            raise SourceError(
                f"{self.where}: the table {entity.name} lacks {', '.join(missing)}. Odoo 17 or newer is needed."
            )
        return present

    def _extract_table(self, database: SqlSnapshot, entity: Entity, present: set[str], load: Load) -> None:
        table = table_clause(entity)
        columns, schema = selected_columns(entity, table, present)
        everything = self._scoped(entity, sa.select(*columns).order_by(table.c.id), table)
        previous = load.previous_cursor(entity.name)
        newest = datetime.fromisoformat(previous) if previous else None
        statement = everything
        if entity.cursor and newest:
            changed = table.c[entity.cursor]
            statement = everything.where(sa.or_(changed >= newest - LATE_COMMIT_WINDOW, changed.is_(None)))
        read: set[int] = set()
        for batch in database.stream(statement, schema):
            load.write(entity.name, batch)
            if entity.cursor:
                seen = max((stamp for stamp in batch.column(entity.cursor).to_pylist() if stamp), default=None)
                newest = max((stamp for stamp in (newest, seen) if stamp), default=None)
            if statement is not everything:
                read.update(_numbers(batch.column("id")))
        if newest:
            load.set_cursor(entity.name, newest.isoformat())
        ids = self._scoped(entity, sa.select(table.c.id), table)
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
        """The control total: what Odoo itself has posted on its receivable accounts, by currency and day."""
        lines = table_clause(MOVE_LINE)
        statement = self._scoped(
            MOVE_LINE,
            sa.select(
                lines.c.account_id,
                lines.c.currency_id,
                lines.c.date,
                sa.cast(sa.func.sum(lines.c.balance), sa.Numeric(20, 4)),
                sa.cast(sa.func.sum(lines.c.amount_currency), sa.Numeric(20, 4)),
            )
            .where(self._posted(lines))
            .group_by(lines.c.account_id, lines.c.currency_id, lines.c.date),
            lines,
        )
        batches = list(database.stream(statement, ACCOUNT_MOVEMENT.schema))
        for batch in batches:
            load.write(ACCOUNT_MOVEMENT.name, batch)
        self._land_deletions(ACCOUNT_MOVEMENT, load, [batch.select(list(ACCOUNT_MOVEMENT.key)) for batch in batches])

    def _land_deletions(self, entity: Entity, load: Load, keys: list[pa.RecordBatch]) -> None:
        live = load.live(entity.name, entity.key)
        if live.num_rows == 0:
            return
        existing = pa.Table.from_batches(keys, schema=live.schema)
        names = list(entity.key)
        load.write_deleted(entity.name, live.join(existing, keys=names, join_type="left anti"))


def _numbers(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> set[int]:
    return {number for number in column.to_pylist() if number is not None}
