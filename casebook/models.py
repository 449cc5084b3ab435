"""Tables of the casebook."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Date, DateTime, Dialect, Index, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class ExactDecimal(TypeDecorator[Decimal]):
    """Money as text: SQLite has no decimal type and would keep a float."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UtcTimestamp(TypeDecorator[datetime]):
    """An instant, always stored in UTC with microseconds, so that SQLite's text sorts as time does."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Declarative base of all casebook tables."""


class MessageState(StrEnum):
    """How far a message has come. It only ever moves on."""

    PLANNED = "planned"
    RENDERED = "rendered"


class OutboxMessage(Base):
    """One contact with a customer: an email, a letter or a call.

    ``(client_id, message_key)`` is the idempotence key: the same step is never put to a customer twice for the
    same due cycle. ``planned_on`` is the day whose data the message was made from. What follows ``total_amount``
    is the evidence of what was said by whom, known once the message is rendered.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("client_id", "message_key", name="uq_outbox_message_key"),
        Index("ix_outbox_message_updated_at", "updated_at"),
        Index("ix_outbox_message_planned_on", "client_id", "planned_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    client_id: Mapped[str]
    message_key: Mapped[str]
    source: Mapped[str]
    customer_id: Mapped[str]
    customer_key: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str]
    channel: Mapped[str]
    strategy: Mapped[str]
    step: Mapped[str]
    due_cycle: Mapped[date] = mapped_column(Date)
    planned_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20))
    total_amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    template: Mapped[str]
    template_version: Mapped[str | None]
    content_hash: Mapped[str | None]
    sender_name: Mapped[str | None]
    sender_email: Mapped[str | None]
    recipient: Mapped[str | None]
    subject: Mapped[str | None]
    file: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcTimestamp)
    updated_at: Mapped[datetime] = mapped_column(UtcTimestamp)
