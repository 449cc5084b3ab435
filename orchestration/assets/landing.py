"""Extraction: every source of a client, landed."""

import dagster as dg

from connectors.landing import Landing
from connectors.registry import connectors_of, internal_connectors
from orchestration.context import ClientRun
from orchestration.failures import plain_failures
from orchestration.partitions import clients

# Only extraction is tried again: it alone depends on machines that are not ours, and a load that failed left nothing.
RETRIES = dg.RetryPolicy(max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@dg.asset(
    name="landed_sources",
    group_name="landing",
    partitions_def=clients,
    retry_policy=RETRIES,
    kinds={"parquet"},
)
def landed_sources(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """What the client's ERPs say, as they say it: a new load of every source."""
    metadata: dict[str, str | int] = {}
    with plain_failures():
        run = ClientRun.of(context)
        connectors = (*connectors_of(run.client, run.paths.config), *internal_connectors(run.client, run.paths))
        for connector in connectors:
            name = connector.source.name
            with Landing(run.paths.landing, name).load(connector.erp, connector.entities) as load:
                connector.extract(load)
            rows = sum(entry.rows for entry in load.manifest.entities.values())
            deleted = sum(entry.deleted for entry in load.manifest.entities.values())
            context.log.info(f"{name}: {rows:,} records landed, {deleted:,} found deleted")
            metadata |= {f"{name}: load": load.load_id, f"{name}: records": rows, f"{name}: deleted": deleted}
    return dg.MaterializeResult(metadata=metadata)
