"""The unit tests of the dbt project, which stand beside its models, as tests of this suite."""

from __future__ import annotations

import pytest
import yaml
from dbt.artifacts.schemas.results import NodeResult

from orchestration.dbt_runs import PROJECT

NAMES = sorted(
    unit_test["name"]
    for path in (PROJECT / "models").rglob("*.yml")
    for unit_test in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("unit_tests", [])
)


@pytest.mark.parametrize("name", NAMES)
def test_unit_test_of_dbt_passes(unit_test_results: dict[str, NodeResult], name: str) -> None:
    outcome = unit_test_results[name]
    assert outcome.status == "pass", outcome.message


def test_no_two_unit_tests_have_the_same_name() -> None:
    assert len(NAMES) == len(set(NAMES))
