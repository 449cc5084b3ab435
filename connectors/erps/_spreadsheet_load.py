"""Landing one entity from its files: which to read, which row wins, and what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors.base import Entity
from connectors.erps._spreadsheet_entities import REJECTED
from connectors.erps._spreadsheet_files import FileState, SetFile, batches_of
from connectors.erps._spreadsheet_keys import Holder, LoadedKeys
from connectors.erps._spreadsheet_rows import Batch, FileRows, Rejection
from connectors.landing import Load
from connectors.transports.tabular import FileError


@dataclass
class Outcome:
    """What became of the rows of one file."""

    used: int = 0
    superseded: int = 0
    rejected: int = 0
    complete: bool = True


class EntityLoad:
    """One entity of one load.

    Within a load the newest file by name is read first and keeps its keys; between loads what arrived last wins.
    A file that was replaced takes back what it no longer says, unless not one of its rows could be used.
    """

    def __init__(
        self, load: Load, entity: Entity, files: Sequence[SetFile], known: Mapping[str, FileState], *, snapshot: bool
    ) -> None:
        self._load = load
        self._entity = entity
        self._files = files
        self._known = known
        self._snapshot = snapshot
        self._rejected: list[tuple[str, int]] = []

    def run(self) -> dict[str, FileState]:
        """Land what is new.

        Returns:
            The state of the files for the next load.

        Raises:
            SourceUnavailableError: a file changed while it was read.
        """
        unread = [entry for entry in self._files if self._load.full or self._known.get(entry.name) != entry.state]
        if not unread:
            return dict(self._known)
        with LoadedKeys(self._entity) as keys:
            outcomes = {}
            for number in reversed(range(len(unread))):
                outcomes[unread[number].name] = self._read(unread, number, keys)
            if self._known:
                if self._snapshot:
                    self._take_back_snapshot(keys, unread[-1], outcomes[unread[-1].name])
                else:
                    self._take_back(keys, unread, outcomes)
                self._take_back_rejections([entry.name for entry in unread])
        states = {entry.name: entry.state for entry in unread}
        return states if self._snapshot else {**self._known, **states}

    def _read(self, unread: Sequence[SetFile], number: int, keys: LoadedKeys) -> Outcome:
        entry = unread[number]
        outcome = Outcome()
        try:
            for rows, batch in batches_of(entry):
                party = rows.columns.index("customer") if "customer" in rows.columns else None
                parties = [None if party is None else str(values[party]) for values in batch.values]
                held = keys.claim(batch.keys, number, batch.numbers, parties)
                for position, holder in held.items():
                    reason = self._why_not(holder, parties[position], unread, number)
                    if reason is None:
                        outcome.superseded += 1
                    else:
                        header = unread[number].file_set.columns.get(self._entity.key[0])
                        rejection = rows.rejection(
                            batch.numbers[position], batch.cells[position], reason, column=header
                        )
                        batch.rejections.append(rejection)
                taken = [position for position in range(len(batch.numbers)) if position not in held]
                outcome.used += self._land(rows, batch, taken)
                outcome.rejected += self._reject(entry.name, batch.rejections)
        except FileError as problem:
            before = "; what was read from it before stays in use" if entry.name in self._known else ""
            reason = f"{entry.name} row {problem.row}: {problem.reason}{before}."
            outcome.rejected += self._reject(entry.name, [Rejection(problem.row, reason)])
            outcome.complete = False
        return outcome

    def _why_not(self, holder: Holder, party: str | None, unread: Sequence[SetFile], number: int) -> str | None:
        """Why a row whose key is held already is rejected; None: the newer file simply has a newer version of it."""
        what = self._entity.key[0].replace("_", " ")
        if holder.file == number:
            columns = unread[number].file_set.columns
            hint = (
                "; if it is another instalment, map a column to 'instalment'"
                if "instalment" in self._entity.key and "instalment" not in columns
                else ""
            )
            return f"the {what} stands already in row {holder.row}, which is used; remove one of the two{hint}"
        if holder.party != party:
            return (
                f"the {what} is given for customer '{party}' here, and for customer '{holder.party}' in "
                f"{unread[holder.file].name} row {holder.row}, which is newer and used; correct one of the two"
            )
        return None

    def _land(self, rows: FileRows, batch: Batch, positions: Sequence[int]) -> int:
        columns = zip(*(batch.values[position] for position in positions), strict=True)
        data = {
            name: pa.array(values, self._entity.column(name).type.arrow)
            for name, values in zip(rows.columns, columns, strict=False)
        }
        numbers = [batch.numbers[position] for position in positions]
        data["_file"] = pa.repeat(rows.name, len(numbers))
        data["_row"] = pa.array(numbers, pa.int64())
        return self._load.write(self._entity.name, pa.table(data))

    def _reject(self, file: str, rejections: Sequence[Rejection]) -> int:
        if self._known:
            self._rejected += [(file, rejection.row) for rejection in rejections]
        return self._load.write(
            REJECTED.name,
            pa.table(
                {
                    "entity": pa.repeat(self._entity.name, len(rejections)),
                    "file": pa.repeat(file, len(rejections)),
                    "row_number": pa.array([rejection.row for rejection in rejections], pa.int64()),
                    "column_name": pa.array([rejection.column for rejection in rejections], pa.string()),
                    "key": pa.array([rejection.key for rejection in rejections], pa.string()),
                    "reason": pa.array([rejection.reason for rejection in rejections], pa.string()),
                    "record": pa.array([rejection.record for rejection in rejections], pa.string()),
                }
            ),
        )

    def _take_back_snapshot(self, keys: LoadedKeys, entry: SetFile, outcome: Outcome) -> None:
        live = self._load.live(self._entity.name, self._entity.key)
        if outcome.used and outcome.complete:
            self._load.write_deleted(self._entity.name, keys.not_loaded(live, None))
        elif live.num_rows and outcome.complete and not outcome.rejected:
            reason = (
                f"{entry.name} row 1: the snapshot has a header but no rows, while {live.num_rows:,} "
                f"{self._entity.name} are in use; they stay. Export it again."
            )
            self._reject(entry.name, [Rejection(1, reason)])

    def _take_back(self, keys: LoadedKeys, unread: Sequence[SetFile], outcomes: Mapping[str, Outcome]) -> None:
        replaced = [
            name
            for name, outcome in outcomes.items()
            if name in self._known and outcome.complete and (outcome.used or outcome.superseded or not outcome.rejected)
        ]
        if not replaced:
            return
        live = self._load.live(self._entity.name, [*self._entity.key, "_file"])
        gone = keys.not_loaded(live, replaced)
        read = {entry.name for entry in unread}
        for entry in reversed([entry for entry in self._files if entry.name not in read]):
            if gone.num_rows:
                self._restore(keys, entry, gone)
                gone = keys.without_loaded(gone)
        self._load.write_deleted(self._entity.name, gone)

    def _restore(self, keys: LoadedKeys, entry: SetFile, gone: pa.Table) -> None:
        """Land what a file that stands unchanged says of records that another has taken back."""
        try:
            for rows, batch in batches_of(entry):
                wanted = sorted(keys.among(batch.keys, gone))
                chosen = [batch.keys[position] for position in wanted]
                held = keys.claim(chosen, -1, [batch.numbers[position] for position in wanted], [None] * len(wanted))
                self._land(rows, batch, [position for index, position in enumerate(wanted) if index not in held])
        except FileError:
            # It was reported when it was read; there is nothing to restore from it.
            return

    def _take_back_rejections(self, names: Sequence[str]) -> None:
        """Rejections stand for the content that is there now; those of earlier content go."""
        live = self._load.live(REJECTED.name, REJECTED.key)
        standing = set(self._rejected)
        gone = []
        for index, (entity, file, row) in enumerate(
            zip(*(live[name].to_pylist() for name in REJECTED.key), strict=True)
        ):
            mine = entity == self._entity.name and (self._snapshot or file in names)
            if mine and (file, row) not in standing:
                gone.append(index)
        self._load.write_deleted(REJECTED.name, live.take(pa.array(gone, pa.int64())))
