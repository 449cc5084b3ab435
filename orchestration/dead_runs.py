"""Runs whose process was killed: Dagster still counts them, and would let no other run of the client begin."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import dagster as dg

from duebook.workspace import Workspace, is_client_held

_PARTITION_TAG = "dagster/partition"
# A run counts as started a moment before its first step takes the client's lock.
_GRACE = timedelta(minutes=2)


def close_dead_runs(instance: dg.DagsterInstance, workspace: Workspace, ended: Collection[str] = ()) -> list[str]:
    """Mark runs as failed that are said to be under way though no process holds their client.

    Args:
        ended: clients of which the caller itself holds the lock, so that no other run of them can be alive.

    Returns:
        The clients whose runs were closed.
    """
    closed = []
    in_progress = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for record in instance.get_run_records(filters=in_progress):
        client_id = record.dagster_run.tags.get(_PARTITION_TAG)
        if client_id not in workspace.client_ids():
            continue
        held_by_other = client_id not in ended and is_client_held(workspace.client(client_id))
        begun = datetime.fromtimestamp(record.start_time or 0, UTC)
        if not held_by_other and (client_id in ended or datetime.now(UTC) - begun > _GRACE):
            instance.report_run_failed(record.dagster_run, "The process of this run was killed.")
            closed.append(client_id)
    return closed
