"""The daily run of each client, at its own local time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from duebook.clients import Client, load_client
from duebook.errors import ConfigError
from duebook.workspace import Workspace
from orchestration.jobs import client_run
from orchestration.partitions import register_clients

TICK = timedelta(minutes=15)


def is_due(client: Client, tick: datetime) -> bool:
    """Whether a client's daily run falls into the quarter of an hour that begins at ``tick``.

    The client's local time is taken on the local day, so that a time that a change of clocks skips or repeats
    still gives exactly one run.
    """
    local_day = tick.astimezone(client.zone).date()
    starts = datetime.combine(local_day, client.run_at, client.zone).astimezone(UTC)
    return tick <= starts < tick + TICK


@dg.schedule(
    job=client_run,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_client_runs(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Looks every quarter of an hour which clients' local time has come; one schedule serves all time zones."""
    workspace = Workspace.from_environment()
    register_clients(context.instance, workspace)
    tick = context.scheduled_execution_time
    due = []
    for client_id in workspace.client_ids():
        try:
            client = load_client(workspace.client(client_id))
        except ConfigError as error:
            # One client's broken configuration holds up no other.
            context.log.warning(f"client '{client_id}' is not run: {error}")
            continue
        if is_due(client, tick):
            due.append(client)
    if not due:
        yield dg.SkipReason("no client's local time has come")
    for client in due:
        day = tick.astimezone(client.zone).date()
        yield dg.RunRequest(run_key=f"{client.id}:{day}", partition_key=client.id)
