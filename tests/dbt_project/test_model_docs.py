"""The published tables are a public interface: grain and columns of every model are told, and told truly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
import yaml

from orchestration.dbt_runs import PROJECT

if TYPE_CHECKING:
    from conftest import EmptyWarehouse

SCHEMAS = ("staging", "core", "ledger", "metrics", "outreach")
MODELS = sorted(path.stem for path in (PROJECT / "models").rglob("*.sql"))
DOCUMENTED = {
    model["name"]: model
    for path in (PROJECT / "models").rglob("*.yml")
    for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", [])
}


@pytest.fixture(scope="session")
def built_columns(empty_warehouse: EmptyWarehouse) -> dict[str, list[str]]:
    """The columns each model really has, in order."""
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(empty_warehouse.path), read_only=True) as warehouse:
        for table, column in warehouse.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = any($schemas) order by table_name, ordinal_position",
            {"schemas": list(SCHEMAS)},
        ).fetchall():
            found.setdefault(table, []).append(column)
    return found


def test_a_client_without_any_record_builds_and_passes_every_check(empty_warehouse: EmptyWarehouse) -> None:
    wrong = {
        entry.node.name: entry.message
        for entry in empty_warehouse.outcomes
        if str(entry.status) not in ("success", "pass")
    }
    assert not wrong
    assert set(MODELS) <= {entry.node.name for entry in empty_warehouse.outcomes}


@pytest.mark.parametrize("model", MODELS)
def test_the_description_of_a_model_states_its_grain(model: str) -> None:
    assert "Grain: " in DOCUMENTED[model]["description"]


@pytest.mark.parametrize("model", MODELS)
def test_every_column_of_a_model_is_documented_and_no_other(built_columns: dict[str, list[str]], model: str) -> None:
    documented = [column["name"] for column in DOCUMENTED[model].get("columns", []) if column.get("description")]
    assert sorted(documented) == sorted(built_columns[model])


def test_no_documentation_is_left_of_a_model_that_is_gone() -> None:
    assert set(DOCUMENTED) <= set(MODELS)
