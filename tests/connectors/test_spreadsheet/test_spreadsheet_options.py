"""Mistakes in the configuration of a spreadsheet source are told with file, key and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from duebook.errors import ConfigError


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"entity": "orders"}, "entity", "'invoices', 'payments'"),
        ({"columns": {"document_number": "Number"}}, "columns", "invoices need customer, issued_on, due_on, amount"),
        ({"columns": {"number": "Number"}}, "columns", "'number' is not a column of invoices; possible are: document_"),
        ({"columns": {"customer": 12}}, "columns.customer", "string"),
        ({"currency": None}, "", "add 'currency: EUR'"),
        ({"currency": "euro"}, "currency", "'euro' is not an ISO 4217 code"),
        ({"delimiter": ";;"}, "delimiter", "one character"),
        ({"decimal": "/"}, "decimal", "'.' or ','"),
        ({"decimal": ",", "thousands": ","}, "thousands", "differ from 'decimal'"),
        ({"dates": "%d.%m."}, "dates", "must tell day, month and year"),
        ({"dates": "DD.MM.YYYY"}, "dates", "must tell day, month and year"),
        ({"encoding": "windows"}, "encoding", "is not an encoding"),
        ({"encoding": "base64"}, "encoding", "is not an encoding"),
        ({"mode": "replace"}, "mode", "'append' or 'snapshot'"),
        ({"pattern": "../*.csv"}, "pattern", "must stay in the folder"),
        ({"pattern": "/etc/*"}, "pattern", "must stay in the folder"),
        ({"seperator": ";"}, "seperator", "is not a key Duebook knows"),
    ],
)
def test_a_wrong_key_is_named(inbox: Any, changes: dict[str, Any], key: str, says: str) -> None:
    inbox.read_as(**changes)
    with pytest.raises(ConfigError) as error:
        inbox.connector()
    place = f"client.yaml: sources.0.files.0{'.' if key else ''}{key}: "
    assert place in str(error.value)
    assert says in str(error.value)


def test_a_currency_given_twice_is_refused(inbox: Any) -> None:
    inbox.read_as(columns=inbox.invoices()["columns"] | {"currency": "Cur"})
    with pytest.raises(ConfigError, match=r"files\.0\.currency: is given twice"):
        inbox.connector()


@pytest.mark.parametrize("folder", ["../other/inbox", "/srv/inbox"])
def test_a_folder_outside_the_client_is_refused(inbox: Any, folder: str) -> None:
    with pytest.raises(ConfigError, match=r"sources\.0\.folder: must be a folder inside the client's own"):
        inbox.connector(folder)


def test_a_snapshot_beside_another_file_set_of_its_entity_is_refused(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(pattern="a*"), inbox.invoices(pattern="b*", mode="snapshot")]
    with pytest.raises(ConfigError, match="make the other one a source of its own"):
        inbox.connector()
