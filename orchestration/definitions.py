"""Assembly: everything Dagster should know of."""

import dagster as dg

from orchestration.assets.landing import landed_sources
from orchestration.assets.outreach import outreach_batch, outreach_plan, worklist
from orchestration.assets.publication import published_snapshot
from orchestration.assets.warehouse import warehouse
from orchestration.jobs import client_run
from orchestration.logs import console
from orchestration.schedules import daily_client_runs
from orchestration.sensors import housekeeping

defs = dg.Definitions(
    assets=[landed_sources, warehouse, published_snapshot, outreach_plan, outreach_batch, worklist],
    jobs=[client_run],
    schedules=[daily_client_runs],
    sensors=[housekeeping],
    loggers={"console": console},
)
