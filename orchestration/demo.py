"""The demo: two made-up clients, run from their ERPs to their outreach batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from time import monotonic

from connectors.demo import create
from duebook.currencies import amount_in_words
from duebook.snapshot import open_current
from duebook.workspace import Workspace
from orchestration.run import run_client


def run_demo(workspace: Workspace, until: date | None, say: Callable[[str], None]) -> None:
    """Create what is missing of the demo clients, then run each; a second call finds the clients as they are.

    Raises:
        DuebookError: a client could not be created or run.
    """
    begun = monotonic()
    client_ids = create(workspace.clients, until or datetime.now(UTC).date(), say)
    for client_id in client_ids:
        say(f"Running {client_id}")
        run_client(workspace, client_id, until)
        snapshot = open_current(workspace.client(client_id))
        (open_now,) = snapshot.rows(
            "select closing, overdue, currency from balance_by_day where scope = 'home' order by day desc limit 1"
        )
        say(
            f"{snapshot.facts['client_name']}: "
            f"{amount_in_words(open_now['closing'], open_now['currency'])} receivable, "
            f"{amount_in_words(open_now['overdue'], open_now['currency'])} overdue, as of {snapshot.as_of}"
        )
    say(f"Demo ready in {monotonic() - begun:.0f} s.")
