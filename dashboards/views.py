"""One published version of one client: what every query and every cache entry belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import streamlit as st

from dashboards import access
from duebook.clients import load_client
from duebook.errors import ConfigError, DuebookError, NoSnapshotError
from duebook.snapshot import Snapshot, current_version, open_current

_OPEN_AT_ONCE = 64


class OutdatedViewError(DuebookError):
    """A page shows a version that is no longer kept."""


@dataclass(frozen=True)
class View:
    """A client and a published version. Caches are shared by everyone, so this is part of every key."""

    client_id: str
    version: str


def open_view(client_id: str) -> View:
    """The newest published version of a client that may be shown.

    Raises:
        AccessError: the client is not shown here.
        NoSnapshotError: nothing has been published yet.
    """
    paths = access.open_client(client_id)
    version = current_version(paths)
    if version is None:
        raise NoSnapshotError(f"Nothing has been published for client '{client_id}' yet. Run: duebook run {client_id}")
    return View(client_id, version)


def snapshot_of(view: View) -> Snapshot:
    """The opened snapshot of a view; asks each time whether the client may be shown.

    Raises:
        AccessError: the client is not shown here.
        OutdatedViewError: newer figures were published and these are no longer kept.
    """
    access.open_client(view.client_id)
    return _opened(view.client_id, view.version)


@st.cache_resource(max_entries=_OPEN_AT_ONCE, show_spinner=False)
def _opened(client_id: str, version: str) -> Snapshot:
    snapshot = open_current(access.open_client(client_id))
    if snapshot.version != version:
        raise OutdatedViewError("Newer figures were published just now. Reload the page to see them.")
    if snapshot.client_id != client_id:
        raise DuebookError(
            f"The published snapshot of client '{client_id}' belongs to another client. Run: duebook run {client_id}"
        )
    return snapshot


def query(view: View, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
    """Run one of our own queries on a view.

    Raises:
        OutdatedViewError: the files of this version are gone.
        DuebookError: the snapshot was written by another version of Duebook.
    """
    try:
        return snapshot_of(view).query(sql, parameters)
    except duckdb.IOException:
        raise OutdatedViewError("Newer figures were published. Reload the page to see them.") from None
    except (duckdb.CatalogException, duckdb.BinderException):
        raise DuebookError(
            f"The published snapshot of client '{view.client_id}' was written by another version of Duebook. "
            f"Run: duebook run {view.client_id}"
        ) from None


def client_name(client_id: str) -> str:
    """The client's name as configured; its id where the configuration cannot be read."""
    paths = access.open_client(client_id)
    return _name(client_id, str(paths.config_file), paths.config_file.stat().st_mtime_ns)


@st.cache_data(max_entries=1000, show_spinner=False)
def _name(client_id: str, config_file: str, changed_at: int) -> str:
    try:
        return load_client(access.open_client(client_id)).name
    except ConfigError:
        return client_id
