"""Reading the strategy a client approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from outreach_house import CLIENT_YAML, STRATEGIES_YAML, House

from duebook.errors import ConfigError
from outreach_jobs.strategy import StrategySet, config_rows, load_strategies


def load(house: House, content: str) -> StrategySet | None:
    house.configure("strategies.yaml", content)
    return load_strategies(house.paths, house.client)


def test_an_approved_strategy_becomes_tables_for_the_warehouse(house: House) -> None:
    tables = config_rows(house.paths, house.client, load(house, STRATEGIES_YAML))
    (strategy,) = tables["strategy"].to_pylist()
    assert strategy["strategy"] == "standard"
    assert (strategy["approved"], strategy["approved_by"]) == (True, "Maria Brandt")
    assert strategy["approved_on"] == date(2026, 1, 15)
    assert strategy["minimum_amount"] == Decimal("10.000")
    assert strategy["min_days_between_contacts"] == 5
    steps = tables["strategy_step"].to_pylist()
    assert [(row["step_order"], row["step"], row["offset_days"], row["channel"]) for row in steps] == [
        (1, "upcoming", -5, "email"),
        (2, "reminder", 3, "email"),
        (3, "second_reminder", 14, "email"),
        (4, "call", 21, "phone"),
        (5, "formal_notice", 35, "letter"),
    ]


def test_the_version_changes_with_the_content(house: House) -> None:
    first = load(house, STRATEGIES_YAML)
    second = load(house, STRATEGIES_YAML.replace("offset_days: 3,", "offset_days: 4,"))
    assert first is not None
    assert second is not None
    assert first.version != second.version


def test_a_strategy_without_approval_is_told_as_such(house: House) -> None:
    content = STRATEGIES_YAML.partition("\n")[2]
    (strategy,) = config_rows(house.paths, house.client, load(house, content))["strategy"].to_pylist()
    assert strategy["approved"] is False
    assert strategy["approved_by"] is None


def test_a_client_without_a_strategy_file_has_empty_tables_of_the_same_shape(house: House) -> None:
    house.configure("client.yaml", CLIENT_YAML.replace("strategies: strategies.yaml\n", ""))
    with_strategy = config_rows(house.paths, house.client, load_strategies(house.paths, house.client))
    (house.paths.config / "strategies.yaml").unlink()
    without = config_rows(house.paths, house.client, load_strategies(house.paths, house.client))
    assert without["strategy"].num_rows == without["strategy_step"].num_rows == 0
    assert {name: table.schema for name, table in without.items()} == {
        name: table.schema for name, table in with_strategy.items()
    }


def test_a_named_strategy_file_that_is_absent_is_an_error(house: House) -> None:
    (house.paths.config / "strategies.yaml").unlink()
    with pytest.raises(ConfigError, match=r"strategies.yaml: the file does not exist"):
        load_strategies(house.paths, house.client)


def test_a_strategy_file_of_another_client_cannot_be_named(house: House) -> None:
    house.configure("client.yaml", CLIENT_YAML.replace("strategies.yaml", "../suedwind/strategies.yaml"))
    with pytest.raises(ConfigError, match="in the client's own folder"):
        load_strategies(house.paths, house.client)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "offset_days: 14",
            "offset_days: 2",
            r"strategies\.0\.steps: offset_days must increase.*'second_reminder' \(2\)",
        ),
        ("name: second_reminder, ", "name: reminder, ", "two steps are called 'reminder'"),
        ("channel: phone", "channel: fax", r"steps\.3\.channel: Input should be 'email', 'letter' or 'phone'"),
        ("template: upcoming", "template: hello", "no template 'hello' for channel email; available: reminder,"),
        ("template: call", "template: reminder", "no template 'reminder' for channel phone; available: call"),
        ("tone: formal", "tone: rude", r"steps\.4\.tone"),
        ("minimum_amount: 10.00", "minimum_amount: -1", "minimum_amount"),
        ("min_days_between_contacts", "min_days", "min_days: is not a key Duebook knows"),
        ("by: Maria Brandt, ", "", "approved.by: is missing"),
    ],
)
def test_a_wrong_strategy_is_told_by_file_and_key(house: House, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load(house, STRATEGIES_YAML.replace(old, new, 1))
    assert str(house.paths.config / "strategies.yaml") in str(caught.value)


def test_templates_are_offered_in_the_languages_of_the_client_only(house: House) -> None:
    house.configure("client.yaml", CLIENT_YAML.replace("[de, en, nl, fr, es, it, pl, sv, da]", "[de-AT, en]"))
    templates = config_rows(house.paths, house.client, None)["template"].to_pylist()
    assert {row["language"] for row in templates} == {"de", "en"}
    assert {(row["template"], row["channel"]) for row in templates} == {
        ("upcoming", "email"),
        ("reminder", "email"),
        ("second_reminder", "email"),
        ("call", "phone"),
        ("formal_notice", "letter"),
    }
