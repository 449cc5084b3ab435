"""Duebook's own casebook, read back like one more source: whom we contacted, about what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from connectors.base import CheckLine, Column, ColumnType, Connector, Entity, Options
from connectors.landing import Load
from connectors.transports.sql import SqlTransport, selected_columns, table_clause

OUTBOX_MESSAGE = Entity(
    "outbox_message",
    (
        Column("id", ColumnType.INTEGER),
        Column("client_id"),
        Column("message_key"),
        Column("customer_key"),
        Column("currency"),
        Column("channel"),
        Column("strategy"),
        Column("step"),
        Column("due_cycle", ColumnType.DATE),
        Column("planned_on", ColumnType.DATE),
        Column("state"),
        Column("updated_at", ColumnType.TIMESTAMP),
    ),
    cursor="updated_at",
)


class CasebookOptions(Options):
    """``url``: where the casebook is; None while the client has none."""

    url: str | None = None


class CasebookConnector(Connector):
    """The messages of one client. Rows of the outbox are never deleted, so changes are all there is to read."""

    internal = True
    erp = "casebook"
    entities = (OUTBOX_MESSAGE,)
    options_model = CasebookOptions

    def configure(self, options: Options) -> None:
        assert isinstance(options, CasebookOptions)
        self._url = options.url

    def check(self) -> Sequence[CheckLine]:
        return [CheckLine("casebook", True, "nothing recorded yet" if self._url is None else "readable")]

    def extract(self, load: Load) -> None:
        if self._url is None:
            return
        entity = OUTBOX_MESSAGE
        table = table_clause(entity)
        columns, schema = selected_columns(entity, table, {column.name for column in entity.columns})
        statement = sa.select(*columns).where(table.c.client_id == self.client.id).order_by(table.c.updated_at)
        if previous := load.previous_cursor(entity.name):
            statement = statement.where(table.c.updated_at >= datetime.fromisoformat(previous))
        with SqlTransport(self._url, self.where, self.client_folder).snapshot() as database:
            for batch in database.stream(statement, schema):
                load.write(entity.name, batch)
                load.set_cursor(entity.name, batch.column("updated_at")[-1].as_py().isoformat())
