"""Where things lie under ``DUEBOOK_HOME``, and the lock that keeps a client to one run at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duebook.errors import ClientBusyError, ConfigError

CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class ClientPaths:
    """The places of one client; nothing of a client lies outside them."""

    client_id: str
    config: Path
    data: Path

    @property
    def config_file(self) -> Path:
        return self.config / "client.yaml"

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def casebook(self) -> Path:
        return self.data / "casebook.sqlite"

    @property
    def outbox(self) -> Path:
        """Rendered messages of the dry run, one folder a day."""
        return self.data / "outbox"

    @property
    def worklists(self) -> Path:
        return self.data / "worklists"


@dataclass(frozen=True)
class Workspace:
    """A ``DUEBOOK_HOME``: ``clients/`` with one folder a client, and ``data/`` with what Duebook made of them."""

    home: Path

    @classmethod
    def from_environment(cls) -> Workspace:
        """The home named by ``DUEBOOK_HOME``, or the repository itself.

        Raises:
            ConfigError: ``DUEBOOK_HOME`` is set but is not a folder.
        """
        value = os.environ.get("DUEBOOK_HOME")
        home = Path(value).expanduser().resolve() if value else REPOSITORY
        if not home.is_dir():
            raise ConfigError(f"DUEBOOK_HOME is {home}, which is not a folder. Create it, or unset DUEBOOK_HOME.")
        return cls(home)

    @property
    def clients(self) -> Path:
        return self.home / "clients"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def client_ids(self) -> list[str]:
        """Ids of all configured clients: folders under ``clients/`` that hold a ``client.yaml``, in order."""
        if not self.clients.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.clients.iterdir()
            if CLIENT_ID.fullmatch(entry.name) and (entry / "client.yaml").is_file()
        )

    def client(self, client_id: str) -> ClientPaths:
        """The places of one configured client.

        Raises:
            ConfigError: no such client; names the ones there are.
        """
        if client_id not in self.client_ids():
            known = ", ".join(self.client_ids()) or "none yet"
            raise ConfigError(
                f"There is no client '{client_id}' under {self.clients}. Known clients: {known}.\n"
                "A client is a folder there with a client.yaml; its name is lower-case letters, digits, '-' and '_'."
            )
        return ClientPaths(client_id, self.clients / client_id, self.data / client_id)


class _Lock:
    """The operating system's lock on one client; a killed process leaves nothing to clean up."""

    def __init__(self, paths: ClientPaths) -> None:
        try:
            paths.data.mkdir(parents=True, exist_ok=True)
            self._handle = (paths.data / ".lock").open("a+")
        except OSError as error:
            raise ConfigError(
                f"{paths.data} cannot be written to: {error.strerror}. Duebook keeps its data there."
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._handle.seek(0)
            holder = self._handle.read().strip() or "another process"
            self._handle.close()
            raise ClientBusyError(
                f"Client '{paths.client_id}' is being run by {holder}. Wait for it to end, then run again."
            ) from None
        self._handle.truncate(0)
        self._handle.write(f"process {os.getpid()}")
        self._handle.flush()
        self.holders = 1

    def release(self) -> None:
        self._handle.close()


_held: dict[Path, _Lock] = {}


def hold_client(paths: ClientPaths) -> None:
    """Hold the client until this process ends, or until the ``client_lock`` around this call is left.

    Raises:
        ClientBusyError: another process holds the client.
    """
    if paths.data not in _held:
        _held[paths.data] = _Lock(paths)


@contextmanager
def client_lock(paths: ClientPaths) -> Iterator[None]:
    """Hold the client for this process; nested use in the same process is allowed.

    Raises:
        ClientBusyError: another process holds the client.
    """
    if lock := _held.get(paths.data):
        lock.holders += 1
    else:
        lock = _held[paths.data] = _Lock(paths)
    try:
        yield
    finally:
        lock.holders -= 1
        if lock.holders == 0:
            del _held[paths.data]
            lock.release()


def is_client_held(paths: ClientPaths) -> bool:
    """Whether any process, this one included, holds the client just now."""
    if paths.data in _held:
        return True
    if not (paths.data / ".lock").exists():
        return False
    try:
        _Lock(paths).release()
    except ClientBusyError:
        return True
    return False
