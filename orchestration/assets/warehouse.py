"""The warehouse: all dbt models of a client as assets, their tests as blocking checks."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, build_dbt_asset_specs

from duebook.snapshot import current_version, record_refusal
from duebook.workspace import ClientPaths
from orchestration import dbt_runs
from orchestration.assets.landing import landed_sources
from orchestration.context import ClientRun
from orchestration.dbt_runs import NodeOutcome
from orchestration.failures import plain_failures
from orchestration.partitions import clients
from orchestration.warehouse import dbt_variables, prepare_warehouse

SHOWN_ROWS = 5


class Translator(DagsterDbtTranslator):
    """Assets are called schema/model, as in the warehouse."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        # Two ERPs may have a table of the same name; as landed it has its ERP in front, which is the identifier.
        name = dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props["schema"])


def model_keys() -> dict[str, dg.AssetKey]:
    """The asset of each dbt model, by dbt's unique id."""
    translator = Translator()
    return {
        unique_id: translator.get_asset_key(node)
        for unique_id, node in dbt_runs.manifest()["nodes"].items()
        if node["resource_type"] == "model"
    }


def checks_by_test() -> dict[str, dg.AssetCheckKey]:
    """The check of each dbt data test, by dbt's unique id; it belongs to the model the test is written at."""
    keys = model_keys()
    return {
        unique_id: dg.AssetCheckKey(keys[node["attached_node"]], node["name"])
        for unique_id, node in dbt_runs.manifest()["nodes"].items()
        if node["resource_type"] == "test" and node.get("attached_node") in keys
    }


def _specs() -> list[dg.AssetSpec]:
    specs = build_dbt_asset_specs(manifest=dbt_runs.manifest(), dagster_dbt_translator=Translator())
    models = {spec.key for spec in specs}
    return [
        spec.replace_attributes(
            # What is landed and configured is one asset, upstream of all models that read any of it.
            deps={dep.asset_key if dep.asset_key in models else landed_sources.key for dep in spec.deps},
            # The staging of ERPs that the client does not have is not built.
            skippable=spec.key.path[0] == "staging",
        )
        for spec in specs
    ]


def _check_specs() -> list[dg.AssetCheckSpec]:
    nodes = dbt_runs.manifest()["nodes"]
    return [
        dg.AssetCheckSpec(key.name, asset=key.asset_key, blocking=True, description=nodes[test].get("description"))
        for test, key in checks_by_test().items()
    ]


@dg.multi_asset(
    name="warehouse",
    specs=_specs(),
    check_specs=_check_specs(),
    partitions_def=clients,
)
def warehouse(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build the client's warehouse with dbt and audit it; nothing is published from here."""
    with plain_failures():
        run = ClientRun.of(context)
        connectors = prepare_warehouse(run.client, run.paths, run.as_of)
        context.log.info(f"building the warehouse as of {run.as_of}")
        outcomes = dbt_runs.build(
            run.paths.warehouse,
            dbt_variables(run.client, run.as_of),
            sorted({connector.erp for connector in connectors}),
            run.paths.data / "dbt",
            on_node=lambda name: context.log.debug(f"built {name}"),
        )
        problems = [_described(outcome, run.paths) for outcome in outcomes if outcome.status in ("error", "fail")]
    keys, checks = model_keys(), checks_by_test()
    for outcome in outcomes:
        if outcome.unique_id in keys and outcome.status == "success":
            yield dg.MaterializeResult(
                asset_key=keys[outcome.unique_id], metadata={"seconds": round(outcome.seconds, 3)}
            )
        elif outcome.unique_id in checks and outcome.status != "skipped":
            key = checks[outcome.unique_id]
            yield dg.AssetCheckResult(
                passed=outcome.status == "pass",
                asset_key=key.asset_key,
                check_name=key.name,
                metadata={"rows that fail": outcome.failures, "message": outcome.message or ""},
            )
    if problems:
        message = _audit_message(run, problems)
        record_refusal(run.paths, run.as_of, message)
        raise dg.Failure(message, allow_retries=False)
    passed = sum(outcome.status == "pass" for outcome in outcomes)
    context.log.info(f"{passed} audits passed")


def _described(outcome: NodeOutcome, paths: ClientPaths) -> str:
    """One problem in words, with the first rows that fail, so that nobody has to go and look for them."""
    if outcome.status == "error" or outcome.compiled_sql is None:
        return f"{outcome.name}: {' '.join((outcome.message or 'failed').split())}"
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        rows = connection.sql(f"select * from ({outcome.compiled_sql}) as failing limit {SHOWN_ROWS}")
        shown = "; ".join(
            ", ".join(f"{name} {value}" for name, value in zip(rows.columns, row, strict=True) if name != "client_id")
            for row in rows.fetchall()
        )
    return f"{outcome.name}: {outcome.failures} rows fail, first {shown}"


def _audit_message(run: ClientRun, problems: list[str]) -> str:
    kept = current_version(run.paths)
    stays = f"The snapshot {kept} stays published." if kept else "Nothing is published."
    return f"Client '{run.client.id}': the audit failed. {stays}\n" + "\n".join(problems)
