"""What is noticed between runs."""

from __future__ import annotations

import dagster as dg

from duebook.workspace import Workspace
from orchestration.dead_runs import close_dead_runs
from orchestration.partitions import clients


@dg.sensor(minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING, asset_selection="landed_sources")
def housekeeping(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A folder added under clients/ becomes a partition, and a run whose process was killed is closed."""
    workspace = Workspace.from_environment()
    for client_id in close_dead_runs(context.instance, workspace):
        context.log.warning(f"a run of client '{client_id}' was killed; it is closed as failed")
    known = set(context.instance.get_dynamic_partitions("client"))
    new = sorted(set(workspace.client_ids()) - known)
    if not new:
        return dg.SkipReason("no new client")
    return dg.SensorResult(dynamic_partitions_requests=[clients.build_add_request(new)])
