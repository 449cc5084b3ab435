"""Landing: append-only, immutable loads, each of which exists from the moment its manifest is in place.

Layout, under the client's data folder::

    landing/<source>/<entity>/<load_id>.parquet
    landing/<source>/_manifests/<load_id>.json

A load that was killed has files but no manifest; they are swept by the next load of that source. Cursors are
read from the newest manifest: there is no second state store.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.base import Entity
from duebook.errors import SourceError
from duebook.files import sync, write_durably

MANIFESTS = "_manifests"
BOOKKEEPING = (
    pa.field("_load_id", pa.string()),
    pa.field("_extracted_at", pa.timestamp("us", tz="UTC")),
    pa.field("_deleted", pa.bool_()),
)


def landed_schema(entity: Entity) -> pa.Schema:
    """The schema of an entity's files: the ERP's own columns and the three of our bookkeeping."""
    return pa.schema([*entity.schema, *BOOKKEEPING])


@dataclass
class EntityManifest:
    """What one load landed of one entity."""

    rows: int = 0
    deleted: int = 0
    bytes: int = 0
    sha256: str | None = None
    cursor: str | None = None


@dataclass
class Manifest:
    """One complete load. ``state`` is whatever else the connector needs to go on from here (files seen, say)."""

    load_id: str
    source: str
    erp: str
    extracted_at: str
    entities: dict[str, EntityManifest]
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest.

        Raises:
            SourceError: the file is damaged.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            entities = {name: EntityManifest(**entry) for name, entry in content.pop("entities").items()}
            return cls(entities=entities, **content)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged(path) from None

    def write(self, path: Path) -> None:
        content = {**vars(self), "entities": {name: vars(entry) for name, entry in self.entities.items()}}
        write_durably(path, json.dumps(content, indent=1, ensure_ascii=False).encode())


def _damaged(path: Path) -> SourceError:
    return SourceError(
        f"{path} is damaged or gone. Restore it from a backup, or move the folder of its source "
        f"({path.parent.parent}) away and run again: everything is then read anew."
    )


class Landing:
    """The landing area of one source of one client."""

    def __init__(self, landing: Path, source: str) -> None:
        self.source = source
        self.folder = landing / source

    def manifests(self) -> list[Manifest]:
        """All good loads, oldest first."""
        # By load id and not by file name: "…Z+" comes after "…Z", but "…Z+.json" before "…Z.json".
        paths = sorted((self.folder / MANIFESTS).glob("*.json"), key=lambda path: path.stem)
        return [Manifest.read(path) for path in paths]

    def files(self, entity: str) -> list[Path]:
        """The files of an entity that belong to good loads, oldest first.

        Raises:
            SourceError: one of them is gone or is not as long as its manifest says.
        """
        found = []
        for manifest in self.manifests():
            entry = manifest.entities.get(entity)
            if entry is None or not (entry.rows or entry.deleted):
                continue
            path = self.folder / entity / f"{manifest.load_id}.parquet"
            if not path.is_file() or path.stat().st_size != entry.bytes:
                raise _damaged(path)
            found.append(path)
        return found

    def newest_versions(self, entity: Entity, columns: Sequence[str]) -> pa.Table:
        """The columns asked for of every record that exists as far as landed: newest version, not deleted."""
        files = self.files(entity.name)
        if not files:
            return pa.schema([landed_schema(entity).field(name) for name in columns]).empty_table()
        # By name and beside an empty table of today's columns: the entity may have gained some since.
        empty = landed_schema(entity).empty_table()
        key = ", ".join(f'"{name}"' for name in entity.key)
        wanted = ", ".join(f'"{name}"' for name in columns)
        with duckdb.connect() as connection:
            connection.register("today", empty)
            table: pa.Table = connection.sql(
                f"""
                select {wanted} from (
                    select * from (
                        from today union all by name from read_parquet($files, union_by_name = true)
                    )
                    qualify row_number() over (partition by {key} order by _load_id desc, _deleted) = 1
                ) where not _deleted
                """,
                params={"files": [str(path) for path in files]},
            ).to_arrow_table()
            return table

    @contextmanager
    def load(self, erp: str, entities: Iterable[Entity], *, full: bool = False) -> Iterator[Load]:
        """Open a load; it is committed when the block ends without an error, and leaves nothing otherwise."""
        self._sweep()
        manifests = self.manifests()
        load = Load(self, erp, {entity.name: entity for entity in entities}, manifests[-1] if manifests else None, full)
        try:
            yield load
        except BaseException:
            load.discard()
            raise
        load.commit()

    def _sweep(self) -> None:
        """Remove files of loads that never got their manifest."""
        good = {path.stem for path in (self.folder / MANIFESTS).glob("*.json")}
        for path in self.folder.glob("*/*.parquet"):
            if path.stem not in good:
                path.unlink()
        for path in self.folder.glob("*/.*.tmp"):
            path.unlink()


class Load:
    """A load in the making. Rows are streamed to disk; memory holds one batch at a time."""

    def __init__(
        self, landing: Landing, erp: str, entities: Mapping[str, Entity], previous: Manifest | None, full: bool
    ) -> None:
        self.landing = landing
        self.entities = entities
        self.previous = previous
        self.full = full
        now = datetime.now(UTC)
        # A clock that was set back must not make a new load sort before an older one.
        stamp = now.strftime("%Y%m%dT%H%M%S.%fZ")
        if previous and stamp <= previous.load_id:
            stamp = previous.load_id + "+"
        self.extracted_at = now
        self.manifest = Manifest(
            load_id=stamp,
            source=landing.source,
            erp=erp,
            extracted_at=now.isoformat(),
            entities={name: EntityManifest(cursor=self.previous_cursor(name)) for name in entities},
            state=dict(previous.state) if previous and not full else {},
        )
        self._writers: dict[str, pq.ParquetWriter] = {}

    @property
    def load_id(self) -> str:
        return self.manifest.load_id

    @property
    def state(self) -> dict[str, Any]:
        """Kept in the manifest and handed to the next load."""
        return self.manifest.state

    def previous_cursor(self, entity: str) -> str | None:
        """Where the last good load ended; None reads everything."""
        if self.previous is None or self.full:
            return None
        entry = self.previous.entities.get(entity)
        return entry.cursor if entry else None

    def live(self, entity: str, columns: Sequence[str]) -> pa.Table:
        """What earlier good loads say exists; see ``Landing.newest_versions``."""
        return self.landing.newest_versions(self.entities[entity], columns)

    def write(self, entity: str, rows: pa.Table | pa.RecordBatch) -> int:
        """Append records to an entity. Columns must be those of the entity, in any order.

        Raises:
            pa.ArrowInvalid: a value does not fit the declared type.
        """
        return self._append(entity, rows, deleted=False)

    def write_deleted(self, entity: str, keys: pa.Table) -> int:
        """Append tombstones: the key columns of records that no longer exist. Other columns become null."""
        return self._append(entity, keys, deleted=True)

    def set_cursor(self, entity: str, cursor: str | None) -> None:
        """Where the next load goes on."""
        if cursor is not None:
            self.manifest.entities[entity].cursor = cursor

    def rows(self, entity: str) -> int:
        return self.manifest.entities[entity].rows

    def _append(self, name: str, rows: pa.Table | pa.RecordBatch, *, deleted: bool) -> int:
        if rows.num_rows == 0:
            return 0
        entity = self.entities[name]
        count = rows.num_rows
        present = set(rows.schema.names)
        arrays = [
            rows.column(field.name).cast(field.type) if field.name in present else pa.nulls(count, field.type)
            for field in entity.schema
        ]
        arrays += [
            pa.repeat(pa.scalar(self.load_id), count),
            pa.repeat(pa.scalar(self.extracted_at, BOOKKEEPING[1].type), count),
            pa.repeat(pa.scalar(deleted), count),
        ]
        self._writer(entity).write_table(pa.Table.from_arrays(arrays, schema=landed_schema(entity)))
        entry = self.manifest.entities[name]
        if deleted:
            entry.deleted += count
        else:
            entry.rows += count
        return count

    def _path(self, entity: str) -> Path:
        return self.landing.folder / entity / f"{self.load_id}.parquet"

    def _writer(self, entity: Entity) -> pq.ParquetWriter:
        if entity.name not in self._writers:
            path = self._path(entity.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[entity.name] = pq.ParquetWriter(path, landed_schema(entity), compression="zstd")
        return self._writers[entity.name]

    def commit(self) -> None:
        """Close the files, then put the manifest in place: from that moment the load exists."""
        for name, writer in self._writers.items():
            writer.close()
            path = self._path(name)
            with path.open("rb+") as handle:
                os.fsync(handle.fileno())
                entry = self.manifest.entities[name]
                entry.sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
                entry.bytes = path.stat().st_size
            sync(path.parent)
        self.manifest.write(self.landing.folder / MANIFESTS / f"{self.load_id}.json")

    def discard(self) -> None:
        """Remove what was written; called when the extraction failed."""
        for name, writer in self._writers.items():
            writer.close()
            self._path(name).unlink(missing_ok=True)
