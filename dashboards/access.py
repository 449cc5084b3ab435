"""Which clients this process may show. Every way to a client's data goes through ``open_client``."""

from __future__ import annotations

import os

from duebook.errors import DuebookError
from duebook.workspace import ClientPaths, Workspace

CLIENTS_VARIABLE = "DUEBOOK_DASHBOARD_CLIENTS"


class AccessError(DuebookError):
    """A client was asked for that is not shown here."""


def allowed_clients() -> list[str]:
    """Ids of the clients that may be shown, in order.

    All configured ones, or those named in ``DUEBOOK_DASHBOARD_CLIENTS`` (ids separated by commas). The variable set
    to nothing shows nobody: a mistake in it must never show more than was meant.
    """
    return [client_id for client_id in Workspace.from_environment().client_ids() if _may_be_shown(client_id)]


def check(client_id: str) -> None:
    """Refuse a client that this process does not show.

    Raises:
        AccessError: not shown here. Whether such a client exists is not told.
    """
    if not _may_be_shown(client_id):
        raise _refusal()


def open_client(client_id: str) -> ClientPaths:
    """The places of a client that may be shown.

    Raises:
        AccessError: not shown here, or not configured; the two sound the same.
    """
    check(client_id)
    workspace = Workspace.from_environment()
    if client_id not in workspace.client_ids():
        raise _refusal()
    return workspace.client(client_id)


def _may_be_shown(client_id: str) -> bool:
    named = os.environ.get(CLIENTS_VARIABLE)
    return named is None or client_id in {part.strip() for part in named.split(",")}


def _refusal() -> AccessError:
    return AccessError("This client is not shown here. Choose one on the left, or ask for access.")
