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
    configured = Workspace.from_environment().client_ids()
    named = os.environ.get(CLIENTS_VARIABLE)
    if named is None:
        return configured
    wanted = {part.strip() for part in named.split(",")}
    return [client_id for client_id in configured if client_id in wanted]


def open_client(client_id: str) -> ClientPaths:
    """The places of a client that may be shown.

    Raises:
        AccessError: not shown here. Whether such a client exists is not told.
    """
    if client_id not in allowed_clients():
        raise AccessError("This client is not shown here. Choose one on the left, or ask for access.")
    return Workspace.from_environment().client(client_id)
