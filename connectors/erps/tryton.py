"""Tryton 8.2, read from its database (PostgreSQL or SQLite).

The receivable is read from the posted move lines on accounts whose type is marked receivable, not from invoices:
payments on account have no invoice at all, and an invoice's state is set by a queue and late for a while. What
settles what is a reconciliation, a group of lines; a partial payment is in no group until its invoice is paid in
full, and is linked to it by the table ``account_invoice-account_move_line``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connectors.base import Column, ColumnType, Entity
from connectors.transports.company_books import CompanyBooks
from connectors.transports.sql import table_clause

INTEGER, MONEY, RATE = ColumnType.INTEGER, ColumnType.MONEY, ColumnType.RATE
DATE, TIMESTAMP, BOOLEAN = ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.BOOLEAN


def _changing(name: str, *columns: Column) -> Entity:
    """A table of which only changes are read."""
    stamps = (Column("create_date", TIMESTAMP), Column("write_date", TIMESTAMP))
    return Entity(name, (Column("id", INTEGER), *columns, *stamps), cursor="write_date")


def _small(name: str, *columns: Column) -> Entity:
    """A table that is read whole each time."""
    return Entity(name, (Column("id", INTEGER), *columns))


COMPANY = _small(
    "company_company", Column("party", INTEGER), Column("currency", INTEGER), Column("timezone", required=False)
)
CURRENCY = _small("currency_currency", Column("code"), Column("digits", INTEGER))
CURRENCY_RATE = _changing(
    "currency_currency_rate", Column("currency", INTEGER), Column("date", DATE), Column("rate", RATE)
)
COUNTRY = _small("country_country", Column("code"))
LANGUAGE = _small("ir_lang", Column("code"))
PAYMENT_TERM = _small("account_invoice_payment_term", Column("name"))
PARTY = _changing(
    "party_party",
    Column("name"),
    Column("code", required=False),
    Column("active", BOOLEAN),
)
PARTY_LANGUAGE = _changing(
    "party_party_lang",
    Column("party", INTEGER),
    Column("lang", INTEGER),
    Column("company", INTEGER),
)
PARTY_TERM = _changing(
    "party_party_payment_term",
    Column("party", INTEGER),
    Column("customer_payment_term", INTEGER),
)
PARTY_CREDIT_LIMIT = _changing(
    "party_party_credit_limit_amount",
    Column("party", INTEGER),
    Column("credit_limit_amount", MONEY),
    Column("company", INTEGER),
)
PARTY_IDENTIFIER = _changing(
    "party_identifier",
    Column("party", INTEGER),
    Column("type"),
    Column("code"),
    Column("sequence", INTEGER, required=False),
    Column("active", BOOLEAN, required=False),
)
PARTY_ADDRESS = _changing(
    "party_address",
    Column("party", INTEGER),
    Column("sequence", INTEGER),
    Column("active", BOOLEAN),
    Column("invoice", BOOLEAN, required=False),
    Column("street", required=False),
    Column("street_unstructured", required=False),
    Column("street_name", required=False),
    Column("building_number", required=False),
    Column("postal_code"),
    Column("city"),
    Column("country", INTEGER),
)
CONTACT_MECHANISM = _changing(
    "party_contact_mechanism",
    Column("party", INTEGER),
    Column("type"),
    Column("name", required=False),
    Column("value"),
    Column("value_compact", required=False),
    Column("sequence", INTEGER, required=False),
    Column("active", BOOLEAN),
    Column("invoice", BOOLEAN, required=False),
)
ACCOUNT_TYPE = _small("account_account_type", Column("receivable", BOOLEAN))
ACCOUNT = _small(
    "account_account",
    Column("company", INTEGER),
    Column("type", INTEGER),
    Column("code", required=False),
    Column("name"),
)
JOURNAL = _small("account_journal", Column("code", required=False), Column("type"))
JOURNAL_CONFIGURATION = _small(
    "account_configuration_journal",
    Column("company", INTEGER),
    Column("currency_exchange_journal", INTEGER),
)
MOVE = _changing(
    "account_move",
    Column("company", INTEGER),
    Column("journal", INTEGER),
    Column("date", DATE),
    Column("state"),
    Column("number", required=False),
    Column("origin"),
)
MOVE_LINE = _changing(
    "account_move_line",
    Column("move", INTEGER),
    Column("account", INTEGER),
    Column("party", INTEGER),
    Column("debit", MONEY),
    Column("credit", MONEY),
    Column("second_currency", INTEGER),
    Column("amount_second_currency", MONEY),
    Column("maturity_date", DATE),
    Column("reconciliation", INTEGER),
)
RECONCILIATION = _changing("account_move_reconciliation", Column("company", INTEGER), Column("date", DATE))
INVOICE = _changing(
    "account_invoice",
    Column("company", INTEGER),
    Column("type"),
    Column("number"),
    Column("invoice_date", DATE),
    Column("account", INTEGER),
    Column("move", INTEGER),
    Column("cancel_move", INTEGER, required=False),
)
INVOICE_ADDITIONAL_MOVE = _changing(
    "account_invoice-additional-account_move", Column("invoice", INTEGER), Column("move", INTEGER)
)
INVOICE_PAYMENT_LINE = _changing(
    "account_invoice-account_move_line", Column("invoice", INTEGER), Column("line", INTEGER)
)
DUNNING = _changing("account_dunning", Column("company", INTEGER), Column("line", INTEGER), Column("blocked", BOOLEAN))
ACCOUNT_MOVEMENT = Entity(
    "receivable_account_movement",
    (
        Column("account", INTEGER),
        Column("currency", INTEGER),
        Column("date", DATE),
        Column("balance", MONEY),
        Column("amount_currency", MONEY),
    ),
    key=("account", "currency", "date"),
)

LINE, ENTRY, BOOKS, MONEY_OF = (table_clause(entity) for entity in (MOVE_LINE, MOVE, COMPANY, CURRENCY))
BALANCE = LINE.c.debit - LINE.c.credit


class TrytonConnector(CompanyBooks):
    """One company of one Tryton database; ``company`` is its id in company_company."""

    erp = "tryton"
    needed_version = "Tryton 8.2 is needed"
    tables = (
        COMPANY,
        CURRENCY,
        CURRENCY_RATE,
        COUNTRY,
        LANGUAGE,
        PAYMENT_TERM,
        PARTY,
        PARTY_LANGUAGE,
        PARTY_TERM,
        PARTY_CREDIT_LIMIT,
        PARTY_IDENTIFIER,
        PARTY_ADDRESS,
        CONTACT_MECHANISM,
        ACCOUNT_TYPE,
        ACCOUNT,
        JOURNAL,
        JOURNAL_CONFIGURATION,
        MOVE,
        MOVE_LINE,
        RECONCILIATION,
        INVOICE,
        INVOICE_ADDITIONAL_MOVE,
        INVOICE_PAYMENT_LINE,
        DUNNING,
    )
    optional_tables = (PARTY_CREDIT_LIMIT, INVOICE_ADDITIONAL_MOVE, DUNNING)
    account_movement = ACCOUNT_MOVEMENT
    entities = (*tables, ACCOUNT_MOVEMENT)

    def changed_at(self, entity: Entity, table: sa.TableClause) -> sa.ColumnElement[Any] | None:
        # Tryton leaves write_date empty until the first change after the row was made.
        return sa.func.coalesce(table.c.write_date, table.c.create_date) if entity.cursor else None

    def companies(self) -> sa.Select[Any]:
        company, party, currency = table_clause(COMPANY), table_clause(PARTY), table_clause(CURRENCY)
        return sa.select(company.c.id, party.c.name, currency.c.code).select_from(
            company.join(party, party.c.id == company.c.party).join(currency, currency.c.id == company.c.currency)
        )

    def receivable_accounts(self) -> sa.Select[Any]:
        account, kind = table_clause(ACCOUNT), table_clause(ACCOUNT_TYPE)
        return (
            sa.select(account.c.id)
            .select_from(account.join(kind, kind.c.id == account.c.type))
            .where(account.c.company == self.company, kind.c.receivable.is_(True))
        )

    def scoped(self, entity: Entity, statement: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
        conditions: list[sa.ColumnElement[bool]] = []
        if entity in (PARTY_LANGUAGE, PARTY_CREDIT_LIMIT):
            # A setting of all companies where none is named.
            conditions.append(sa.or_(table.c.company == self.company, table.c.company.is_(None)))
        elif "company" in table.c:
            conditions.append(table.c.company == self.company)
        if entity is COMPANY:
            conditions.append(table.c.id == self.company)
        elif entity is MOVE_LINE:
            conditions.append(table.c.account.in_(self.receivable_accounts()))
        elif entity is MOVE:
            receivable = sa.select(LINE.c.move).where(LINE.c.account.in_(self.receivable_accounts()))
            conditions.append(table.c.id.in_(receivable))
        elif entity is INVOICE:
            conditions.append(table.c.type == "out")
        elif entity in (INVOICE_ADDITIONAL_MOVE, INVOICE_PAYMENT_LINE):
            invoice = table_clause(INVOICE)
            conditions.append(table.c.invoice.in_(self.scoped(INVOICE, sa.select(invoice.c.id), invoice)))
        return statement.where(*conditions)

    def _posted(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Of the posted lines on the receivable accounts, each with its entry and its document currency."""
        return (
            sa.select(*columns)
            .select_from(
                LINE.join(ENTRY, ENTRY.c.id == LINE.c.move)
                .join(BOOKS, BOOKS.c.id == ENTRY.c.company)
                .join(MONEY_OF, MONEY_OF.c.id == sa.func.coalesce(LINE.c.second_currency, BOOKS.c.currency))
            )
            .where(
                ENTRY.c.state == "posted",
                ENTRY.c.company == self.company,
                LINE.c.account.in_(self.receivable_accounts()),
            )
        )

    def posted_by_currency(self) -> sa.Select[Any]:
        newest = sa.func.max(ENTRY.c.date)
        return (
            self._posted(MONEY_OF.c.code, sa.func.sum(BALANCE), newest)
            .group_by(MONEY_OF.c.code)
            .order_by(MONEY_OF.c.code)
        )

    def movements(self) -> sa.Select[Any]:
        amount = sa.case((LINE.c.second_currency.is_not(None), LINE.c.amount_second_currency), else_=BALANCE)
        return self._posted(
            LINE.c.account,
            MONEY_OF.c.id,
            ENTRY.c.date,
            sa.cast(sa.func.sum(BALANCE), sa.Numeric(20, 4)),
            sa.cast(sa.func.sum(amount), sa.Numeric(20, 4)),
        ).group_by(LINE.c.account, MONEY_OF.c.id, ENTRY.c.date)
