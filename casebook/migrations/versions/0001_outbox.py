"""The outbox: one row a contact with a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String, nullable=False),
        sa.Column("message_key", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("customer_id", sa.String, nullable=False),
        sa.Column("customer_key", sa.String, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("strategy", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("due_cycle", sa.Date, nullable=False),
        sa.Column("planned_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total_amount", sa.String(40), nullable=False),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("template_version", sa.String),
        sa.Column("content_hash", sa.String),
        sa.Column("sender_name", sa.String),
        sa.Column("sender_email", sa.String),
        sa.Column("recipient", sa.String),
        sa.Column("subject", sa.String),
        sa.Column("file", sa.String),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("client_id", "message_key", name="uq_outbox_message_key"),
    )
    op.create_index("ix_outbox_message_updated_at", "outbox_message", ["updated_at"])
    op.create_index("ix_outbox_message_planned_on", "outbox_message", ["client_id", "planned_on"])
