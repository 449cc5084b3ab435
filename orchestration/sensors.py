"""What is noticed between runs."""

from __future__ import annotations

import dagster as dg

from duebook.workspace import Workspace
from orchestration.partitions import clients


@dg.sensor(minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING, asset_selection="landed_sources")
def new_clients(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A folder added under clients/ becomes a partition."""
    known = set(context.instance.get_dynamic_partitions("client"))
    new = sorted(set(Workspace.from_environment().client_ids()) - known)
    if not new:
        return dg.SkipReason("no new client")
    return dg.SensorResult(dynamic_partitions_requests=[clients.build_add_request(new)])
