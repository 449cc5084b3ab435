"""An empty warehouse with every table that dbt reads, the whole project built on it, and its unit tests run, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.results import NodeResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from connectors.base import Entity
from connectors.landed_views import create_landed_views
from connectors.landing import Landing
from connectors.registry import connector_types, connectors_of
from duebook.clients import Source, load_client
from duebook.workspace import Workspace
from orchestration.dbt_runs import PROJECT, all_erps
from orchestration.warehouse import dbt_variables, prepare_warehouse

AS_OF = date(2026, 1, 31)
CLIENT = """
name: Empty GmbH
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [de, en]
sender: {name: Empty Buchhaltung, email: ar@empty.example}
agency: {name: Example Collections}
sources:
  - name: files
    erp: spreadsheet
    folder: inbox
    files:
      - entity: invoices
        pattern: "*.csv"
        dates: "%Y-%m-%d"
        currency: EUR
        columns: {document_number: number, customer: customer, issued_on: issued, due_on: due, amount: amount}
"""


class UnconfiguredSource(NamedTuple):
    """An ERP as far as its landed tables go: every ERP there is takes part, whatever its options are."""

    erp: str
    entities: Sequence[Entity]
    source: Source


@dataclass(frozen=True)
class EmptyWarehouse:
    """The warehouse file, how the project was parsed for it, and what became of each model and data test."""

    path: Path
    manifest: Manifest
    arguments: Sequence[str]
    outcomes: Sequence[NodeResult]

    def dbt(self, command: str, *selection: str) -> list[NodeResult]:
        result = dbtRunner(manifest=self.manifest).invoke([command, *self.arguments, *selection])
        DuckDBConnectionManager.close_all_connections()
        assert result.exception is None, f"dbt could not run: {result.exception}"
        return list(result.result)


def _prepare(home: Path) -> tuple[Path, Mapping[str, Any]]:
    folder = home / "clients" / "empty"
    (folder / "inbox").mkdir(parents=True)
    (folder / "client.yaml").write_text(CLIENT, encoding="utf-8")
    paths = Workspace(home).client("empty")
    client = load_client(paths)
    for connector in connectors_of(client, paths.config):
        with Landing(paths.landing, connector.source.name).load(connector.erp, connector.entities):
            pass
    prepare_warehouse(client, paths, AS_OF)
    others = [
        UnconfiguredSource(erp, kind.entities, Source(name=erp, erp=erp))
        for erp, kind in connector_types().items()
        if not kind.internal and erp != "spreadsheet"
    ]
    with duckdb.connect(str(paths.warehouse)) as warehouse:
        create_landed_views(warehouse, paths.landing, others, [])
    variables = {**dbt_variables(client, AS_OF), "erps": all_erps(), "warehouse": str(paths.warehouse)}
    return paths.warehouse, variables


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> EmptyWarehouse:
    """The project built, data tests included, on a client of whom nothing was landed yet."""
    home = tmp_path_factory.mktemp("empty_warehouse")
    path, variables = _prepare(home)
    arguments = [
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(home / "target")),
        *("--no-use-colors", "--log-level-file", "none", "--quiet", "--no-print", "--no-version-check"),
        *("--vars", json.dumps(variables)),
    ]
    parsed = dbtRunner().invoke(["parse", *arguments])
    assert parsed.success, f"the dbt project cannot be parsed: {parsed.exception}"
    result = dbtRunner(manifest=parsed.result).invoke(
        ["build", *arguments, "--no-write-json", "--exclude-resource-type", "unit_test"]
    )
    DuckDBConnectionManager.close_all_connections()
    assert result.exception is None, f"dbt could not run: {result.exception}"
    return EmptyWarehouse(path, parsed.result, [*arguments, "--no-write-json"], list(result.result))


@pytest.fixture(scope="session")
def unit_test_results(empty_warehouse: EmptyWarehouse) -> dict[str, NodeResult]:
    """What became of each dbt unit test, by its name."""
    return {entry.node.name: entry for entry in empty_warehouse.dbt("test", "--select", "test_type:unit")}
