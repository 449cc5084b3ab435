"""Which connectors can be configured, and what is said of options that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.registry import connector_types, connectors_of, internal_connectors
from duebook.clients import Agency, Client, Sender, Source
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths


def client_with(*sources: Source) -> Client:
    return Client(
        id="nordwind",
        name="Nordwind",
        home_currency="EUR",
        country="DE",
        timezone="Europe/Berlin",
        languages=("de",),
        sender=Sender(name="N", email="a@b.example"),
        agency=Agency(name="A"),
        sources=sources,
    )


def source(**keys: object) -> Source:
    return Source.model_validate({"name": "erp", "erp": "odoo", "url": "${X}", **keys})


def test_every_connector_has_entities_with_distinct_columns_that_hold_key_and_cursor() -> None:
    for connector in connector_types().values():
        for entity in connector.entities:
            names = [column.name for column in entity.columns]
            assert len(names) == len(set(names))
            assert set(entity.key) <= set(names)
            assert entity.cursor is None or entity.cursor in names


def test_sources_become_connectors_in_the_order_of_the_file() -> None:
    client = client_with(source(name="b"), source(name="a", company=2))
    assert [connector.source.name for connector in connectors_of(client, Path("c"))] == ["b", "a"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"erp": "oddo"}, r"sources\.0\.erp: 'oddo' is not known; use one of: .*odoo, spreadsheet"),
        ({"erp": "ecb"}, r"sources\.0\.erp: 'ecb' is not known"),
        ({"erp": "casebook"}, r"sources\.0\.erp: 'casebook' is not known"),
        ({"compani": 1}, r"sources\.0\.compani: is not a key Duebook knows"),
        ({"company": "one"}, r"sources\.0\.company: Input should be a valid integer"),
        ({"company": 0}, r"sources\.0\.company: Input should be greater than or equal to 1"),
        ({"url": ""}, r"sources\.0\.url: "),
        ({"url": 5}, r"sources\.0\.url: must be a string"),
    ],
)
def test_a_wrong_option_is_told_with_file_and_key(keys: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError, match=rf"^c/client\.yaml: {expected}"):
        connectors_of(client_with(source(**keys)), Path("c"))


def test_a_missing_option_is_told() -> None:
    with pytest.raises(ConfigError, match=r"sources\.0\.url: is missing"):
        connectors_of(client_with(Source(name="erp", erp="odoo")), Path("c"))


def test_every_client_has_the_reference_rates_and_its_casebook(tmp_path: Path) -> None:
    internal = internal_connectors(client_with(source()), ClientPaths("nordwind", tmp_path, tmp_path))
    assert {connector.source.name for connector in internal} == {"casebook", "ecb"}
    assert all(line.ok for connector in internal for line in connector.check())
