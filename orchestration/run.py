"""Running one client in this process, recorded where the Dagster UI sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dagster as dg

from duebook.errors import DuebookError
from duebook.workspace import Workspace, client_lock
from orchestration.context import AS_OF_TAG
from orchestration.dead_runs import close_dead_runs
from orchestration.instance import open_instance
from orchestration.jobs import JOB_NAME
from orchestration.partitions import register_clients


def run_client(workspace: Workspace, client_id: str, as_of: date | None = None) -> str:
    """Run the whole job of a client; gives the run's id.

    Raises:
        ConfigError: no such client.
        ClientBusyError: another process runs the client.
        DuebookError: a step failed; the message is the step's own.
    """
    paths = workspace.client(client_id)
    tags: Mapping[str, str] = {AS_OF_TAG: as_of.isoformat()} if as_of else {}
    with client_lock(paths), open_instance(workspace) as instance:
        # Imported here: building the definitions parses dbt, which other commands have no need of.
        from orchestration.definitions import defs

        register_clients(instance, workspace)
        close_dead_runs(instance, workspace, ended=[client_id])
        result = defs.resolve_job_def(JOB_NAME).execute_in_process(
            instance=instance, partition_key=client_id, tags=dict(tags), raise_on_error=False
        )
    if not result.success:
        raise DuebookError(_why(result))
    return result.run_id


def _why(result: dg.ExecuteInProcessResult) -> str:
    """The words of the first failure: an error of ours as it was raised, anything else by its type and text."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return data.user_failure_data.description
            error = data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None:
                return f"The step {event.step_key} failed: {' '.join(error.message.split())}"
    return "The run failed before its first step; the Dagster UI shows why."
