"""What a step needs to know of its run: the client, where its things lie, and the day to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import dagster as dg

from duebook.clients import Client, load_client
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths, Workspace, hold_client

AS_OF_TAG = "duebook/as_of"


@dataclass(frozen=True)
class ClientRun:
    """One client in one run. ``as_of`` is the end of that day; by default today where the client is."""

    client: Client
    paths: ClientPaths
    as_of: date

    @classmethod
    def of(cls, context: dg.AssetExecutionContext) -> ClientRun:
        """The run a step belongs to; from its first step on, no other process can run the client.

        Raises:
            ConfigError: the client is gone or its configuration is wrong, or the run's as-of tag is no date.
            ClientBusyError: another process runs the client.
        """
        paths = Workspace.from_environment().client(context.partition_key)
        hold_client(paths)
        client = load_client(paths)
        return cls(client, paths, _as_of(context.run.tags.get(AS_OF_TAG), client))


def _as_of(tag: str | None, client: Client) -> date:
    today = datetime.now(client.zone).date()
    if tag is None:
        return today
    try:
        day = date.fromisoformat(tag)
    except ValueError:
        raise ConfigError(f"The run's tag {AS_OF_TAG} is '{tag}'; give a date such as 2026-01-31.") from None
    if day > today:
        raise ConfigError(f"{day} has not come yet where client '{client.id}' is; give a day up to {today}.")
    return day
