"""Publication: what passed its audits becomes what readers see."""

from typing import Any

import dagster as dg
import duckdb

from connectors.landing import Landing
from connectors.registry import connectors_of
from duebook.errors import AuditError
from duebook.snapshot import publish, record_refusal
from orchestration.context import ClientRun
from orchestration.failures import plain_failures
from orchestration.partitions import clients
from orchestration.published import TABLES, equals_warehouse


def _published_models() -> list[dg.AssetKey]:
    return [dg.AssetKey(table.relation.split(".")) for table in TABLES if not table.relation.startswith("config.")]


@dg.asset(
    name="published_snapshot",
    group_name="publication",
    deps=_published_models(),
    partitions_def=clients,
    kinds={"parquet"},
)
def published_snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """A new immutable version of the published tables, audited after writing and then pointed to."""
    with plain_failures():
        run = ClientRun.of(context)
        with duckdb.connect(str(run.paths.warehouse), read_only=True) as warehouse:
            (as_of,) = warehouse.execute("select as_of from config.client").fetchone() or (run.as_of,)
            try:
                snapshot = publish(
                    run.paths,
                    warehouse,
                    TABLES,
                    as_of=as_of,
                    facts=_facts(run),
                    audit=equals_warehouse(warehouse),
                )
            except AuditError as error:
                record_refusal(run.paths, as_of, str(error))
                raise
    rows = sum(table["rows"] for table in snapshot.tables.values())
    size = sum(table["bytes"] for table in snapshot.tables.values())
    context.log.info(f"published {snapshot.version}: {rows:,} rows, {size / 1e6:.1f} MB")
    if snapshot.tables["item"]["rows"] == 0:
        context.log.warning("the sources gave no usable document; `duebook check` and the rejected records may say why")
    return dg.MaterializeResult(metadata={"version": snapshot.version, "rows": rows, "bytes": size})


def _facts(run: ClientRun) -> dict[str, Any]:
    """What readers need to know of the client without its configuration."""
    return {
        "client_name": run.client.name,
        "home_currency": run.client.home_currency,
        "ageing_credits": run.client.ageing.credits,
        "ageing_basis": run.client.ageing.basis,
        "loads": {
            connector.source.name: _newest_load(run, connector.source.name)
            for connector in connectors_of(run.client, run.paths.config)
        },
    }


def _newest_load(run: ClientRun, source: str) -> dict[str, str]:
    newest = Landing(run.paths.landing, source).manifests()[-1]
    return {"load_id": newest.load_id, "extracted_at": newest.extracted_at}
