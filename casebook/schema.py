"""Bringing a casebook's tables to the version this Duebook works with."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from duebook.errors import DuebookError

HEAD = "0001"
"""The newest migration under ``migrations/versions``."""

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def bring_up_to_date(engine: Engine, path: Path) -> None:
    """Run the migrations that are missing; costs one small query when there are none.

    Raises:
        DuebookError: the casebook was written by a newer Duebook.
    """
    if _version(engine) == HEAD:
        return
    # Importing Alembic takes longer than everything else here; most openings do not need it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise DuebookError(
                f"{path}: was written by a newer version of Duebook. Update Duebook and run again."
            ) from None


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        table = connection.scalar(text("select 1 from sqlite_master where type = 'table' and name = 'alembic_version'"))
        if table is None:
            return None
        version: str | None = connection.scalar(text("select version_num from alembic_version"))
        return version
