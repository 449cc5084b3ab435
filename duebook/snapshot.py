"""Published snapshots: immutable Parquet folders and a pointer to the current one.

Layout, under the client's data folder::

    published/<version>/<table>.parquet
    published/<version>/manifest.json
    published/CURRENT                     the version readers use
    published/REFUSED.json                a later run that was not published, and why

A version appears under its name only when it is complete, versions are never reused, and the pointer is
renamed into place; so a reader sees the last good snapshot or the new one, never something between.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from duebook.errors import NoSnapshotError, QueryError
from duebook.files import sync, write_durably
from duebook.workspace import ClientPaths

POINTER = "CURRENT"
REFUSED = "REFUSED.json"
KEPT_VERSIONS = 5
# For one reader; a query that needs more is refused instead of taking the machine with it.
MEMORY_LIMIT = "4GB"
_BUILDING = ".building-"
_ONE_SELECT = "Give exactly one SELECT; a snapshot is read-only."


@dataclass(frozen=True)
class PublishedTable:
    """One table to publish: its name, where it is in the warehouse, and the order its readers want."""

    name: str
    relation: str
    order_by: Sequence[str] = ()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def publish(
    paths: ClientPaths,
    warehouse: duckdb.DuckDBPyConnection,
    tables: Sequence[PublishedTable],
    *,
    as_of: date,
    facts: Mapping[str, Any],
    audit: Callable[[Snapshot], None],
) -> Snapshot:
    """Write the tables as a new version, audit what was written, and only then point readers to it.

    Args:
        facts: kept in the manifest (load ids, client name, currency and the like).
        audit: looks at the written version and raises if it must not be shown.

    Raises:
        Whatever ``audit`` raises; readers then stay with the version they have.
    """
    paths.published.mkdir(parents=True, exist_ok=True)
    for leftover in paths.published.glob(f"{_BUILDING}*"):
        shutil.rmtree(leftover)
    now = datetime.now(UTC)
    version = f"{as_of.isoformat()}_{now.strftime('%Y%m%dT%H%M%S%f')}"
    building = paths.published / f"{_BUILDING}{version}"
    building.mkdir()
    written: dict[str, dict[str, int]] = {}
    for table in tables:
        file = building / f"{table.name}.parquet"
        order = f" order by {', '.join(table.order_by)}" if table.order_by else ""
        warehouse.execute(
            f"copy (select * from {table.relation}{order}) to {_quoted(str(file))} (format parquet, compression zstd)"
        )
        sync(file)
        counted = warehouse.execute("select count(*) from read_parquet(?)", [str(file)]).fetchone()
        written[table.name] = {"rows": counted[0] if counted else 0, "bytes": file.stat().st_size}
    manifest = {
        "client_id": paths.client_id,
        "version": version,
        "as_of": as_of.isoformat(),
        "published_at": now.isoformat(),
        "tables": written,
        "facts": dict(facts),
    }
    write_durably(building / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False).encode())
    written_version = Snapshot(building, manifest)
    try:
        audit(written_version)
    except BaseException:
        shutil.rmtree(building)
        raise
    finally:
        written_version.close()
    final = paths.published / version
    building.rename(final)
    write_durably(paths.published / POINTER, version.encode())
    (paths.published / REFUSED).unlink(missing_ok=True)
    _prune(paths.published, version)
    return Snapshot(final, manifest)


def _prune(published: Path, current: str) -> None:
    """Keep the newest versions; the current one always."""
    versions = sorted(
        (entry for entry in published.iterdir() if (entry / "manifest.json").is_file()),
        key=lambda entry: entry.name.rpartition("_")[2],
    )
    for old in versions[:-KEPT_VERSIONS]:
        if old.name != current:
            shutil.rmtree(old)


def current_version(paths: ClientPaths) -> str | None:
    """The version readers use now; None before the first publication. Cheap: cache keys are made of it."""
    try:
        return (paths.published / POINTER).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def open_current(paths: ClientPaths) -> Snapshot:
    """Open the published snapshot of a client.

    Raises:
        NoSnapshotError: nothing has been published yet.
    """
    version = current_version(paths)
    folder = paths.published / version if version else None
    if folder is None or not (folder / "manifest.json").is_file():
        raise NoSnapshotError(
            f"Nothing has been published for client '{paths.client_id}' yet. Run: duebook run {paths.client_id}"
        )
    try:
        return Snapshot(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (ValueError, KeyError, duckdb.Error):
        raise NoSnapshotError(
            f"The published snapshot {folder} is damaged. Make a new one: duebook run {paths.client_id}"
        ) from None


@dataclass(frozen=True)
class Refusal:
    """A run after the current snapshot that was not published, and why; readers are told."""

    at: datetime
    as_of: date
    reason: str


def record_refusal(paths: ClientPaths, as_of: date, reason: str) -> None:
    """Remember that a run did not pass its audits; the next publication forgets it."""
    content = {"at": datetime.now(UTC).isoformat(), "as_of": as_of.isoformat(), "reason": reason}
    write_durably(paths.published / REFUSED, json.dumps(content, ensure_ascii=False).encode())


def last_refusal(paths: ClientPaths) -> Refusal | None:
    """The run that was refused since the current snapshot was published, if any."""
    try:
        content = json.loads((paths.published / REFUSED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Refusal(datetime.fromisoformat(content["at"]), date.fromisoformat(content["as_of"]), str(content["reason"]))


class Snapshot:
    """One published version, read through DuckDB. Only its own files can be read through it; nothing is written."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self.client_id: str = manifest["client_id"]
        self.version: str = manifest["version"]
        self.as_of = date.fromisoformat(manifest["as_of"])
        self.published_at = datetime.fromisoformat(manifest["published_at"])
        self.tables: dict[str, dict[str, int]] = dict(manifest["tables"])
        self.facts: dict[str, Any] = dict(manifest["facts"])
        self._connection = self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY_LIMIT})
        files = {table: str(self.folder / f"{table}.parquet") for table in self.tables}
        allowed = ", ".join(_quoted(file) for file in files.values())
        connection.execute(f"set allowed_paths = [{allowed}]")
        connection.execute("set temp_directory = ''")
        connection.execute("set enable_external_access = false")
        for table, file in files.items():
            connection.execute(f'create view "{table}" as select * from read_parquet({_quoted(file)})')
        connection.execute("set lock_configuration = true")
        return connection

    def query(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> pa.Table:
        """Run one of our own queries; safe to call from several threads."""
        with self._connection.cursor() as cursor:
            table: pa.Table = cursor.sql(sql, params=parameters).to_arrow_table()
            return table

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[dict[str, Any]]:
        """As ``query``, as a list of dictionaries; for small results."""
        rows: list[dict[str, Any]] = self.query(sql, parameters).to_pylist()
        return rows

    def query_untrusted(self, sql: str) -> pa.RecordBatchReader:
        """Run one SELECT that a user wrote.

        Raises:
            QueryError: it is not exactly one SELECT, it asks for something outside the snapshot, or it fails.
        """
        try:
            statements = self._connection.extract_statements(sql.encode("utf-8").decode("utf-8"))
        except UnicodeError:
            raise QueryError("The query cannot be read: it is not UTF-8.") from None
        except duckdb.Error as error:
            raise QueryError(f"The query cannot be read: {_first_line(error)}") from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QueryError(_ONE_SELECT)
        try:
            self._refuse_writing(statements[0].query)
            reader: pa.RecordBatchReader = self._connection.cursor().sql(statements[0]).to_arrow_reader()
        except duckdb.Error as error:
            raise QueryError(f"The query failed: {_first_line(error)}") from None
        return pa.RecordBatchReader.from_batches(reader.schema, _plain_batches(reader))

    def _refuse_writing(self, select: str) -> None:
        """Refuse a SELECT that begins with a CTE that writes: COPY could replace the snapshot's own files.

        DuckDB takes such a CTE only at the top level, so a query that cannot stand in brackets is not run.
        """
        text = select.encode()
        semicolons = [offset for offset, _ in duckdb.tokenize(select) if text[offset : offset + 1] == b";"]
        in_brackets = f"explain select * from (\n{text[: min(semicolons, default=None)].decode()}\n)"
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(in_brackets)
        except duckdb.BinderException as error:
            if "must be at the top level" in str(error):
                raise QueryError(_ONE_SELECT) from None
            raise

    def close(self) -> None:
        self._connection.close()


def _plain_batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Rows are computed as they are read, so a query can fail long after it began."""
    try:
        yield from reader
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise QueryError(f"The query failed: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
