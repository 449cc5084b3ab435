"""Which keys one load has written of one entity: beside the data, and not as Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import duckdb
import pyarrow as pa

from connectors.base import Entity
from connectors.erps._spreadsheet_rows import KEY_SEPARATOR


@dataclass(frozen=True)
class Holder:
    """The row that already holds a key: number of the file in this load, row in it, and whom it is about."""

    file: int
    row: int
    party: str | None


def _key_sql(entity: Entity) -> str:
    parts = ", ".join(f'cast("{name}" as varchar)' for name in entity.key)
    return f"concat_ws({_quoted(KEY_SEPARATOR)}, {parts})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class LoadedKeys:
    """The keys that this load has written of an entity, in a database of its own in memory.

    A million rows cost some ten megabytes here; in a dictionary, ten times that.
    """

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._db = duckdb.connect(config={"threads": 2})
        self._db.execute("create table loaded (key varchar, file integer, row_number bigint, party varchar)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def claim(
        self, keys: Sequence[str], file: int, rows: Sequence[int], parties: Sequence[str | None]
    ) -> dict[int, Holder]:
        """Write keys down for their rows.

        Returns:
            The positions whose key was held already, by whom; those are not written down.
        """
        held: dict[int, Holder] = {}
        first: dict[str, int] = {}
        for position, key in enumerate(keys):
            earlier = first.setdefault(key, position)
            if earlier != position:
                held[position] = Holder(file, rows[earlier], parties[earlier])
        batch = pa.table({"position": pa.array(range(len(keys)), pa.int64()), "key": pa.array(keys, pa.string())})
        self._db.register("batch", batch)
        for position, *holder in self._db.execute(
            "select position, file, row_number, party from batch join loaded using (key)"
        ).fetchall():
            held[position] = Holder(*holder)
        new = [position for position in range(len(keys)) if position not in held]
        written = pa.table(
            {
                "key": pa.array([keys[position] for position in new], pa.string()),
                "row_number": pa.array([rows[position] for position in new], pa.int64()),
                "party": pa.array([parties[position] for position in new], pa.string()),
            }
        )
        self._db.register("written", written)
        self._db.execute("insert into loaded select key, ?, row_number, party from written", [file])
        return held

    def not_loaded(self, live: pa.Table, files: Sequence[str] | None) -> pa.Table:
        """The keys of live records that this load has not written, of the files given (None: of all)."""
        columns = ", ".join(f'"{name}"' for name in self._entity.key)
        self._db.register("live", live)
        of_files = "" if files is None else "_file in (select unnest(?::varchar[])) and "
        found: pa.Table = self._db.sql(
            f"select {columns} from live where {of_files}{_key_sql(self._entity)} not in (select key from loaded)",
            params=[] if files is None else [list(files)],
        ).to_arrow_table()
        return found

    def without_loaded(self, keys: pa.Table) -> pa.Table:
        """Of some keys, those that this load has still not written."""
        return self.not_loaded(keys, None)

    def among(self, keys: Sequence[str], wanted: pa.Table) -> set[int]:
        """The positions of keys that are wanted."""
        self._db.register("batch", pa.table({"position": pa.array(range(len(keys)), pa.int64()), "key": list(keys)}))
        self._db.register("wanted", wanted)
        found = self._db.execute(
            f"select position from batch where key in (select {_key_sql(self._entity)} from wanted)"
        ).fetchall()
        return {position for (position,) in found}
