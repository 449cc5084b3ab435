"""What the warehouse sees of landing: one view an entity, over the files of good loads and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.base import Connector, Entity
from connectors.landing import Landing, landed_schema

SCHEMA = "landing"

_SQL_NAMES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "timestamp",
    pa.timestamp("us", tz="UTC"): "timestamptz",
}


def create_landed_views(
    warehouse: duckdb.DuckDBPyConnection, landing: Path, connectors: Iterable[Connector], internal: Iterable[Connector]
) -> None:
    """Create ``landing.<erp>__<entity>`` for every ERP of the client.

    Each view holds all landed versions with ``_source`` added; an entity nothing was landed of is empty but typed.
    """
    warehouse.execute(f"create schema if not exists {SCHEMA}")
    by_erp: dict[str, list[Connector]] = {}
    for connector in (*connectors, *internal):
        by_erp.setdefault(connector.erp, []).append(connector)
    for erp, members in by_erp.items():
        for entity in members[0].entities:
            selects = [_select(landing, connector.source.name, entity) for connector in members]
            warehouse.execute(
                f'create or replace view {SCHEMA}."{erp}__{entity.name}" as {" union all ".join(selects)}'
            )


def _select(landing: Path, source: str, entity: Entity) -> str:
    files = Landing(landing, source).files(entity.name)
    schema = landed_schema(entity)
    typed = ", ".join(f"cast(null as {_sql_type(field.type)}) as {_quoted_name(field.name)}" for field in schema)
    empty = f"select {typed} where false"
    if not files:
        return f"select *, '{source}' as _source from ({empty})"
    names = ", ".join(_quoted_name(field.name) for field in schema)
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    # By name and beside the typed empty row set: an entity may have gained columns since a file was landed.
    return (
        f"select {names}, '{source}' as _source from ("
        f"{empty} union all by name select * from read_parquet([{listed}], union_by_name = true))"
    )


def _quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return _SQL_NAMES[kind]
