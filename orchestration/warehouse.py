"""Preparing a client's warehouse file for dbt: views of what was landed, and what the client configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
from babel.core import get_global
from babel.languages import get_official_languages

from connectors.base import Connector
from connectors.landed_views import create_landed_views
from connectors.landing import Landing
from connectors.registry import connectors_of, internal_connectors
from duebook.clients import Client
from duebook.errors import DuebookError
from duebook.workspace import ClientPaths
from outreach_jobs.strategy import config_rows, load_strategies

_CLIENT_FIELDS: list[tuple[str, pa.DataType]] = [
    ("client_id", pa.string()),
    ("name", pa.string()),
    ("home_currency", pa.string()),
    ("country", pa.string()),
    ("timezone", pa.string()),
    ("as_of", pa.date32()),
    ("data_as_of", pa.date32()),
    ("max_data_age_days", pa.int32()),
    ("ageing_basis", pa.string()),
    ("dso_window_days", pa.int32()),
]


def prepare_warehouse(client: Client, paths: ClientPaths, as_of: date) -> list[Connector]:
    """Make a fresh warehouse file with the schemas ``landing`` and ``config``; gives the client's connectors.

    The file holds nothing that landing does not, so each run makes it anew: a run that was killed leaves nothing
    to repair.

    Raises:
        DuebookError: nothing was landed yet.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    for leftover in (paths.warehouse, paths.warehouse.with_name(paths.warehouse.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connectors = connectors_of(client, paths.config)
    strategies = load_strategies(paths, client)
    with duckdb.connect(str(paths.warehouse)) as warehouse:
        create_landed_views(warehouse, paths.landing, connectors, internal_connectors(client, paths))
        warehouse.execute("create schema if not exists config")
        tables = {
            "client": _client_row(client, as_of, _data_as_of(client, paths, connectors)),
            "country_language": _country_languages(),
            **config_rows(paths, client, strategies),
        }
        for name, rows in tables.items():
            warehouse.register("incoming", rows)
            warehouse.execute(f"create table config.{name} as select * from incoming")
            warehouse.unregister("incoming")
    return connectors


def dbt_variables(client: Client, as_of: date) -> Mapping[str, Any]:
    """The variables of the dbt project for one client and day."""
    return {
        "client_id": client.id,
        "as_of": as_of.isoformat(),
        "home_currency": client.home_currency,
        "ageing_basis": client.ageing.basis,
        "ageing_edges": list(client.ageing.edges),
        "dso_window_days": client.dso_window_days,
        "control_tolerance": str(client.control_tolerance),
    }


def _data_as_of(client: Client, paths: ClientPaths, connectors: Sequence[Connector]) -> date:
    """The day of the oldest of the sources' newest loads, where the client is: no source is newer than this."""
    newest: list[datetime] = []
    for connector in connectors:
        manifests = Landing(paths.landing, connector.source.name).manifests()
        if not manifests:
            raise DuebookError(f"{connector.where}: nothing was landed yet. Run the extraction first.")
        newest.append(datetime.fromisoformat(manifests[-1].extracted_at))
    return min(newest).astimezone(client.zone).date()


def _client_row(client: Client, as_of: date, data_as_of: date) -> pa.Table:
    row = {
        "client_id": client.id,
        "name": client.name,
        "home_currency": client.home_currency,
        "country": client.country,
        "timezone": client.timezone,
        "as_of": as_of,
        "data_as_of": data_as_of,
        "max_data_age_days": client.max_data_age_days,
        "ageing_basis": client.ageing.basis,
        "dso_window_days": client.dso_window_days,
    }
    return pa.Table.from_pylist([row], pa.schema(_CLIENT_FIELDS))


def _country_languages() -> pa.Table:
    """Countries with exactly one official language, from CLDR; where there are several, none is guessed."""
    territories = [territory for territory in get_global("territory_languages") if len(territory) == len("DE")]
    rows = [
        {"country": territory, "language": languages[0]}
        for territory in territories
        if len(languages := get_official_languages(territory, de_facto=True)) == 1
    ]
    return pa.Table.from_pylist(rows, pa.schema([("country", pa.string()), ("language", pa.string())]))
