"""Run by Alembic, on the connection that ``casebook.schema`` (or ``alembic.command``) hands over."""

from __future__ import annotations

from alembic import context

from casebook.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
