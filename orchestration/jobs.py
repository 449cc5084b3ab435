"""The job of one client, from its ERPs to its worklist."""

from __future__ import annotations

import dagster as dg

JOB_NAME = "client_run"

# One process for the whole of it: starting processes would cost more than all the work of a small client.
client_run = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    config={"loggers": {"console": {"config": {}}}},
    description="Extract, build, audit and publish one client, then plan and write out what is due.",
)
