"""ERPNext 14 and newer, read from its MariaDB database.

The receivable is read from the payment ledger, not from invoices: each of its rows is what one document adds to or
takes off the balance of itself or of another. Cancelling and unreconciling mark rows as delinked; deleting leaves
nothing that can be relied on, so every load compares the names that exist with those landed before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from pydantic import Field

from connectors.base import CheckLine, Connector, Entity, Options
from connectors.erps._erpnext_tables import (
    ACCOUNT,
    ACCOUNT_MOVEMENT,
    COMPANY,
    CUSTOMER,
    CUSTOMER_LINK,
    GL_ENTRY,
    INVOICE,
    PAYMENT_LEDGER_ENTRY,
    SCOPE,
    SETTINGS,
    TABLES,
)
from connectors.landing import Load
from connectors.transports.sql import SqlSnapshot, SqlTransport, missing_columns, selected_columns, table_clause
from duebook.clients import resolve_environment
from duebook.currencies import amount_in_words
from duebook.errors import SourceError

# `modified` is the wall clock of the site, which goes back an hour each autumn, and is set before the commit.
CLOCK_WINDOW = timedelta(hours=2)
NAMES_A_STATEMENT = 10_000
OLDEST = "ERPNext 14 or newer is needed"


class ErpnextOptions(Options):
    """``url``: a SQLAlchemy URL, normally ``${VARIABLE}``. ``company``: its name in ERPNext."""

    url: str = Field(min_length=1)
    company: str = Field(min_length=1)


class ErpnextConnector(Connector):
    """One company of one ERPNext site."""

    erp = "erpnext"
    options_model = ErpnextOptions
    entities = (*TABLES, ACCOUNT_MOVEMENT)

    def configure(self, options: Options) -> None:
        assert isinstance(options, ErpnextOptions)
        self._url = options.url
        self.company = options.company

    def _transport(self) -> SqlTransport:
        key = f"{self.client_folder / 'client.yaml'}: source '{self.source.name}': url"
        return SqlTransport(resolve_environment(self._url, key), self.where, self.client_folder)

    def check(self) -> Sequence[CheckLine]:
        with self._transport().snapshot() as database:
            lines = [self._check_table(database, entity) for entity in (*TABLES, GL_ENTRY)]
            if all(line.ok for line in lines):
                try:
                    currency = self._currency(database)
                except SourceError as error:
                    return [*lines, CheckLine("company", False, str(error).removeprefix(f"{self.where}: "))]
                lines.append(CheckLine("company", True, f"'{self.company}' keeps its books in {currency}"))
                movements = self._movements(table_clause(GL_ENTRY)).subquery()
                account = movements.c.account_currency
                total = sa.func.sum(movements.c.balance)
                totals = sa.select(account, total, sa.func.max(movements.c.posting_date)).group_by(account)
                lines += [
                    CheckLine(
                        "control total",
                        True,
                        f"accounts in {row[0]}: {amount_in_words(row[1], currency)} up to {row[2]}",
                    )
                    for row in database.all(totals.order_by(account))
                ]
        return lines

    def _check_table(self, database: SqlSnapshot, entity: Entity) -> CheckLine:
        table = table_clause(entity)
        try:
            self._columns_of(database, entity)
            count = database.count(self._scoped(entity, sa.select(table.c[entity.key[0]]), table))
        except SourceError as error:
            return CheckLine(entity.name, False, str(error).removeprefix(f"{self.where}: "))
        return CheckLine(entity.name, True, f"{count:,} records to read")

    def extract(self, load: Load) -> None:
        with self._transport().snapshot() as database:
            columns = {entity: self._columns_of(database, entity) for entity in (*TABLES, GL_ENTRY)}
            self._currency(database)
            self._reread_when_names_changed(database, load)
            for entity in TABLES:
                if entity.cursor:
                    self._extract_changes(database, entity, columns[entity], load)
                    continue
                table = table_clause(entity)
                selected, schema = selected_columns(entity, table, columns[entity])
                self._extract_all(database, entity, self._scoped(entity, sa.select(*selected), table), schema, load)
            movements = self._movements(table_clause(GL_ENTRY))
            self._extract_all(database, ACCOUNT_MOVEMENT, movements, ACCOUNT_MOVEMENT.schema, load)

    def _columns_of(self, database: SqlSnapshot, entity: Entity) -> set[str]:
        try:
            present = database.columns_of(entity.name)
        except SourceError as error:
            raise SourceError(f"{self.where}: {error}") from None
        if present is None:
            raise SourceError(f"{self.where}: the table {entity.name} does not exist. {OLDEST}.")
        if missing := missing_columns(entity, present):
            raise SourceError(f"{self.where}: the table {entity.name} lacks {', '.join(missing)}. {OLDEST}.")
        return present

    def _currency(self, database: SqlSnapshot) -> str:
        """The company's currency, which must be the client's home currency."""
        company = table_clause(COMPANY)
        known = {row[0]: row[1] for row in database.all(sa.select(company.c.name, company.c.default_currency))}
        if self.company not in known:
            listed = ", ".join(f"'{name}'" for name in sorted(known))
            raise SourceError(f"{self.where}: there is no company '{self.company}'; the database has: {listed}.")
        if (code := known[self.company]) != self.client.home_currency:
            raise SourceError(
                f"{self.where}: company '{self.company}' keeps its books in {code}, "
                f"but client.yaml says home_currency: {self.client.home_currency}. They must be the same."
            )
        return str(code)

    def _receivable_accounts(self) -> sa.Select[Any]:
        account = table_clause(ACCOUNT)
        return sa.select(account.c.name).where(
            account.c.account_type == "Receivable", account.c.company == self.company
        )

    def _reread_when_names_changed(self, database: SqlSnapshot, load: Load) -> None:
        """Renaming an account or customer rewrites every row that names it, without setting ``modified``.

        So does what moves the site's clock: another time zone in its settings.
        """
        accounts = sorted(row[0] for row in database.all(self._receivable_accounts()))
        settings, customer = table_clause(SETTINGS), table_clause(CUSTOMER)
        zone = database.one(self._scoped(SETTINGS, sa.select(settings.c.value), settings))
        scope = [self.company, zone[0] if zone else None, *accounts]
        existing = {row[0] for row in database.all(sa.select(customer.c.name))}
        landed = _names(load.live(CUSTOMER.name, CUSTOMER.key))
        if load.state.get("scope") != scope or landed - existing:
            load.full = True
        load.state["scope"] = scope

    def _scoped(self, entity: Entity, statement: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
        """Keep to the configured company, its receivable accounts and its customers."""
        conditions = [table.c[column] == value for column, value in SCOPE.get(entity.name, {}).items()]
        if "company" in table.c:
            conditions.append(table.c.company == self.company)
        match entity.name:
            case "tabCompany":
                conditions.append(table.c.name == self.company)
            case "tabContact" | "tabAddress":
                conditions.append(table.c.name.in_(_linked_to_customers(entity.name)))
            case "tabContact Email" | "tabContact Phone":
                conditions.append(table.c.parent.in_(_linked_to_customers("tabContact")))
            case "tabPayment Schedule":
                invoice = table_clause(INVOICE)
                conditions.append(table.c.parent.in_(self._scoped(INVOICE, sa.select(invoice.c.name), invoice)))
            case "tabJournal Entry":
                ledger = table_clause(PAYMENT_LEDGER_ENTRY)
                vouchers = sa.select(ledger.c.voucher_no).where(ledger.c.voucher_type == "Journal Entry")
                conditions.append(table.c.name.in_(self._scoped(PAYMENT_LEDGER_ENTRY, vouchers, ledger)))
            case "tabPayment Ledger Entry" | "tabGL Entry":
                conditions.append(table.c.account.in_(self._receivable_accounts()))
        return statement.where(*conditions)

    def _movements(self, gl: sa.TableClause) -> sa.Select[Any]:
        """What ERPNext has posted on its receivable accounts by account, currency and day."""
        home, foreign = gl.c.debit - gl.c.credit, gl.c.debit_in_account_currency - gl.c.credit_in_account_currency
        grain = (gl.c.account, gl.c.account_currency, gl.c.posting_date)
        sums = (sa.cast(sa.func.sum(home), sa.Numeric(20, 4)), sa.cast(sa.func.sum(foreign), sa.Numeric(20, 4)))
        statement = sa.select(*grain, sums[0].label("balance"), sums[1].label("amount_in_account_currency"))
        return self._scoped(GL_ENTRY, statement, gl).where(gl.c.is_cancelled == sa.false()).group_by(*grain)

    def _extract_all(
        self, database: SqlSnapshot, entity: Entity, statement: sa.Select[Any], schema: pa.Schema, load: Load
    ) -> None:
        keys = []
        for batch in database.stream(statement, schema):
            load.write(entity.name, batch)
            keys.append(batch.select(list(entity.key)))
        _land_deletions(entity, load, keys)

    def _extract_changes(self, database: SqlSnapshot, entity: Entity, present: set[str], load: Load) -> None:
        table = table_clause(entity)
        selected, schema = selected_columns(entity, table, present)
        everything = self._scoped(entity, sa.select(*selected).order_by(table.c.name), table)
        previous = load.previous_cursor(entity.name)
        newest = datetime.fromisoformat(previous) if previous else None
        changed = table.c.modified
        statement = everything.where((changed >= newest - CLOCK_WINDOW) | changed.is_(None)) if newest else everything
        read: set[str] = set()
        for batch in database.stream(statement, schema):
            load.write(entity.name, batch)
            stamps = [newest, *batch.column("modified").to_pylist()]
            newest = max((stamp for stamp in stamps if stamp), default=None)
            if previous:
                read |= _names(batch)
        load.set_cursor(entity.name, newest.isoformat() if newest else None)
        names = self._scoped(entity, sa.select(table.c.name), table)
        existing = list(database.stream(names, pa.schema([("name", pa.string())])))
        if previous:
            # What belongs to the company now, or was committed late, though nothing was written to it lately.
            unread = set[str]().union(*map(_names, existing)) - read - _names(load.live(entity.name, entity.key))
            for some in _chunks(sorted(unread)):
                for batch in database.stream(everything.where(table.c.name.in_(some)), schema):
                    load.write(entity.name, batch)
        _land_deletions(entity, load, existing)


def _linked_to_customers(table: str) -> sa.Select[Any]:
    link = table_clause(CUSTOMER_LINK)
    parents = sa.select(link.c.parent).where(link.c.parenttype == table.removeprefix("tab"))
    return parents.where(link.c.link_doctype == "Customer")


def _names(rows: pa.Table | pa.RecordBatch) -> set[str]:
    return {str(name) for name in rows.column("name").to_pylist()}


def _chunks(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + NAMES_A_STATEMENT] for start in range(0, len(names), NAMES_A_STATEMENT))


def _land_deletions(entity: Entity, load: Load, keys: list[pa.RecordBatch]) -> None:
    live = load.live(entity.name, entity.key)
    if live.num_rows:
        existing = pa.Table.from_batches(keys, schema=live.schema)
        load.write_deleted(entity.name, live.join(existing, keys=list(entity.key), join_type="left anti"))
