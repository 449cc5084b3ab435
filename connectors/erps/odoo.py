"""Odoo 17 and newer, read from its database (PostgreSQL; or SQLite with the same tables, as the demo has it).

The receivable is read from the posted lines on accounts of type ``asset_receivable``, not from invoices: journal
entries on those accounts count too, and instalments are lines. What settles what is ``account_partial_reconcile``.
Unreconciling and deleting leave no trace in the database; how they are noticed is
``connectors.transports.company_books``'s to tell.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connectors.base import Column, ColumnType, Entity
from connectors.transports.company_books import CompanyBooks
from connectors.transports.sql import table_clause

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


class OdooConnector(CompanyBooks):
    """One company of one Odoo database; ``company`` is its id in res_company."""

    erp = "odoo"
    needed_version = "Odoo 17 or newer is needed"
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
    account_movement = ACCOUNT_MOVEMENT
    entities = (*tables, ACCOUNT_MOVEMENT)

    def companies(self) -> sa.Select[Any]:
        company, currency = table_clause(COMPANY), table_clause(CURRENCY)
        return sa.select(company.c.id, company.c.name, currency.c.name).select_from(
            company.join(currency, currency.c.id == company.c.currency_id)
        )

    def receivable_accounts(self) -> sa.Select[Any]:
        account = table_clause(ACCOUNT)
        return sa.select(account.c.id).where(account.c.account_type == "asset_receivable")

    def scoped(self, entity: Entity, statement: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
        lines = table_clause(MOVE_LINE)
        receivable = lines.c.account_id.in_(self.receivable_accounts()) & (lines.c.company_id == self.company)
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
                conditions["account_id"] = table.c.account_id.in_(self.receivable_accounts())
            case "account_move":
                conditions["id"] = table.c.id.in_(sa.select(lines.c.move_id).where(receivable))
            case "account_partial_reconcile":
                conditions["debit_move_id"] = table.c.debit_move_id.in_(sa.select(lines.c.id).where(receivable))
        return statement.where(*conditions.values())

    def _posted(self, lines: sa.TableClause) -> sa.ColumnElement[bool]:
        move = table_clause(MOVE)
        return lines.c.move_id.in_(sa.select(move.c.id).where(move.c.state == "posted"))

    def posted_by_currency(self) -> sa.Select[Any]:
        lines, currency = table_clause(MOVE_LINE), table_clause(CURRENCY)
        statement = (
            sa.select(currency.c.name, sa.func.sum(lines.c.balance), sa.func.max(lines.c.date))
            .select_from(lines.join(currency, currency.c.id == lines.c.currency_id))
            .where(self._posted(lines))
            .group_by(currency.c.name)
            .order_by(currency.c.name)
        )
        return self.scoped(MOVE_LINE, statement, lines)

    def movements(self) -> sa.Select[Any]:
        lines = table_clause(MOVE_LINE)
        statement = (
            sa.select(
                lines.c.account_id,
                lines.c.currency_id,
                lines.c.date,
                sa.cast(sa.func.sum(lines.c.balance), sa.Numeric(20, 4)),
                sa.cast(sa.func.sum(lines.c.amount_currency), sa.Numeric(20, 4)),
            )
            .where(self._posted(lines))
            .group_by(lines.c.account_id, lines.c.currency_id, lines.c.date)
        )
        return self.scoped(MOVE_LINE, statement, lines)
