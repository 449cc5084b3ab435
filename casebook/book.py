"""Opening a casebook, and what may be done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from casebook.models import MessageState, OutboxMessage
from casebook.schema import bring_up_to_date
from duebook.errors import DuebookError

# SQLite allows 32,766 parameters a statement; a message has some twenty columns.
_CHUNK = 500


@dataclass(frozen=True)
class Evidence:
    """What was said, by whom, to whom. ``file`` is relative to the client's data folder."""

    planned_on: date
    total_amount: Decimal
    template_version: str
    content_hash: str
    sender_name: str
    sender_email: str
    recipient: str
    subject: str
    file: str


class Casebook:
    """The casebook of one client."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add_planned(self, messages: Sequence[Mapping[str, Any]]) -> set[str]:
        """Enter messages as planned; one whose key is already there is left exactly as it is.

        Args:
            messages: mappings of the columns of ``OutboxMessage`` up to ``template``, without ``state``.

        Returns:
            The keys that are new.
        """
        added: set[str] = set()
        with Session(self.engine) as session, session.begin():
            now = _next_instant(session)
            for start in range(0, len(messages), _CHUNK):
                rows = [
                    {**message, "state": MessageState.PLANNED, "created_at": now, "updated_at": now}
                    for message in messages[start : start + _CHUNK]
                ]
                statement = insert(OutboxMessage).on_conflict_do_nothing().returning(OutboxMessage.message_key)
                added.update(session.scalars(statement, rows))
        return added

    def messages(self, client_id: str, keys: Collection[str]) -> dict[str, OutboxMessage]:
        """The messages of these keys, by key."""
        wanted = list(keys)
        found: dict[str, OutboxMessage] = {}
        with Session(self.engine) as session:
            for start in range(0, len(wanted), _CHUNK):
                statement = select(OutboxMessage).where(
                    OutboxMessage.client_id == client_id,
                    OutboxMessage.message_key.in_(wanted[start : start + _CHUNK]),
                )
                found.update((message.message_key, message) for message in session.scalars(statement))
        return found

    def messages_of_day(self, client_id: str, day: date) -> list[OutboxMessage]:
        """All messages made from one day's data, by key."""
        statement = (
            select(OutboxMessage)
            .where(OutboxMessage.client_id == client_id, OutboxMessage.planned_on == day)
            .order_by(OutboxMessage.message_key)
        )
        with Session(self.engine) as session:
            return list(session.scalars(statement))

    def mark_rendered(self, client_id: str, evidence: Mapping[str, Evidence]) -> int:
        """Move planned messages on to rendered and keep the evidence of each.

        A message that is already rendered keeps the evidence it has.

        Returns:
            How many messages moved.
        """
        moved = 0
        with Session(self.engine) as session, session.begin():
            now = _next_instant(session)
            for key, said in evidence.items():
                result = session.connection().execute(
                    update(OutboxMessage)
                    .where(
                        OutboxMessage.client_id == client_id,
                        OutboxMessage.message_key == key,
                        OutboxMessage.state == MessageState.PLANNED,
                    )
                    .values(**asdict(said), state=MessageState.RENDERED, updated_at=now)
                )
                moved += result.rowcount
        return moved

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _next_instant(session: Session) -> datetime:
    """Now, but later than every change made so far.

    Readers remember the newest ``updated_at`` they saw; a clock that was set back must not hide a change from them.
    """
    newest = session.scalar(select(func.max(OutboxMessage.updated_at)))
    now = datetime.now(UTC)
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def open_casebook(path: Path) -> Casebook:
    """Open a client's casebook, creating it or bringing it up to date as needed.

    Raises:
        DuebookError: the file is not a casebook, is damaged, or was written by a newer Duebook.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    try:
        bring_up_to_date(engine, path)
    except DatabaseError as error:
        engine.dispose()
        raise DuebookError(
            f"{path}: cannot be used as a casebook ({error.orig}). "
            "Restore the file from a backup; messages already sent are known only from it."
        ) from None
    return Casebook(engine)


def _on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling commits before DDL; a killed migration would stay half done.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma foreign_keys = on")
    cursor.execute("pragma synchronous = full")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # Taking the write lock at once: a deferred transaction that later writes fails instead of waiting its turn.
    connection.exec_driver_sql("begin immediate")
