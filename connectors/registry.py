"""Which ERPs there are: every module of ``connectors.erps`` that defines a connector."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError

import connectors.erps
from connectors.base import Connector
from duebook.clients import Client, Source, describe_validation
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths


@cache
def connector_types() -> dict[str, type[Connector]]:
    """All connectors by the name used as ``erp:`` in client.yaml."""
    found: dict[str, type[Connector]] = {}
    for module_info in pkgutil.iter_modules(connectors.erps.__path__):
        module = importlib.import_module(f"connectors.erps.{module_info.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Connector) and member.__module__ == module.__name__:
                found[member.erp] = member
    return dict(sorted(found.items()))


def connector_for(client: Client, source: Source, client_folder: Path) -> Connector:
    """The connector of one configured source, with its options validated; nothing is opened yet.

    Raises:
        ConfigError: the ERP is not known, or an option is wrong; names file and key.
    """
    index = client.sources.index(source)
    path = client_folder / "client.yaml"
    kind = connector_types().get(source.erp)
    if kind is None or kind.internal:
        known = ", ".join(name for name, entry in connector_types().items() if not entry.internal)
        raise ConfigError(f"{path}: sources.{index}.erp: '{source.erp}' is not known; use one of: {known}")
    try:
        options = kind.options_model.model_validate(source.options)
    except ValidationError as error:
        raise describe_validation(path, error, prefix=f"sources.{index}.") from None
    return kind(client, source, options, client_folder)


def connectors_of(client: Client, client_folder: Path) -> list[Connector]:
    """The connectors of a client's configured sources, in the order of client.yaml.

    Raises:
        ConfigError: as ``connector_for``.
    """
    return [connector_for(client, source, client_folder) for source in client.sources]


def internal_connectors(client: Client, paths: ClientPaths) -> list[Connector]:
    """The sources Duebook itself adds to every client: reference exchange rates, and its own casebook."""
    casebook = sa.URL.create("sqlite", database=str(paths.casebook)).render_as_string()
    options = {"casebook": {"url": casebook if paths.casebook.exists() else None}}
    return [
        kind(
            client,
            Source(name=name, erp=name),
            kind.options_model.model_validate(options.get(name, {})),
            paths.config,
        )
        for name, kind in connector_types().items()
        if kind.internal
    ]
