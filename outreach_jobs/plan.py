"""Entering the messages that are due into the casebook, before anything is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from casebook import Casebook
from duebook.clients import Client
from duebook.errors import DuebookError
from duebook.snapshot import Snapshot
from duebook.workspace import ClientPaths
from outreach_jobs.due import DueMessage, read_messages
from outreach_jobs.strategy import require_approval

_ENTERED = (
    "client_id",
    "message_key",
    "source",
    "customer_id",
    "customer_key",
    "currency",
    "language",
    "channel",
    "strategy",
    "step",
    "due_cycle",
    "total_amount",
    "template",
)


@dataclass(frozen=True)
class PlanResult:
    """How many due messages were new, how many the casebook had already, and how many there are by channel."""

    new: int
    existing: int
    by_channel: Mapping[str, int] = field(default_factory=dict)


def plan_messages(paths: ClientPaths, client: Client, snapshot: Snapshot, casebook: Casebook) -> PlanResult:
    """Enter every due message as planned: emails, letters and calls alike.

    From here on a crash loses nothing: what is planned is rendered by the next run.

    Raises:
        ConfigError: messages are due but the client's strategies are missing or not approved.
        DuebookError: the snapshot belongs to another client.
    """
    due = read_messages(snapshot)
    if snapshot.client_id != client.id:
        raise DuebookError(f"The snapshot of client '{snapshot.client_id}' was given for client '{client.id}'.")
    if due:
        require_approval(paths, client)
    added = casebook.add_planned([_entry(message) for message in due])
    by_channel = Counter(message.channel for message in due)
    return PlanResult(len(added), len(due) - len(added), dict(sorted(by_channel.items())))


def _entry(message: DueMessage) -> dict[str, object]:
    return {name: getattr(message, name) for name in _ENTERED} | {"planned_on": message.as_of}
