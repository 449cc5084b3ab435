"""Spreadsheets: CSV and XLSX files that a client exports, or keeps by hand, in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, cast

from connectors.base import CheckLine, Connector, Entity, Options
from connectors.erps._spreadsheet_check import check_file_set
from connectors.erps._spreadsheet_entities import READABLE, REJECTED
from connectors.erps._spreadsheet_files import as_state, files_of, states_of
from connectors.erps._spreadsheet_load import EntityLoad
from connectors.erps._spreadsheet_options import FileSet, SpreadsheetOptions
from connectors.landing import Load
from connectors.transports.files import folder_inside
from duebook.errors import SourceError


class Spreadsheet(Connector):
    """Reads file sets in a folder under the client's own; see ``docs/connectors/spreadsheet.md``."""

    erp: ClassVar[str] = "spreadsheet"
    entities: ClassVar[tuple[Entity, ...]] = (*READABLE.values(), REJECTED)
    options_model: ClassVar[type[Options]] = SpreadsheetOptions

    def configure(self, options: Options) -> None:
        self.options = cast(SpreadsheetOptions, options)

    def check(self) -> Sequence[CheckLine]:
        """Look at the newest file of every set; see ``Connector.check``."""
        folder = self._folder()
        lines = [CheckLine("folder", True, str(folder))]
        try:
            for file_sets in self._by_entity().values():
                files = files_of(file_sets, folder, self.client_folder)
                for file_set in file_sets:
                    mine = [entry for entry in files if entry.file_set is file_set]
                    lines += check_file_set(file_set, mine)
        except SourceError as error:
            raise self._placed(error) from None
        return lines

    def extract(self, load: Load) -> None:
        """Land what changed in the folder since the last good load; see ``Connector.extract``."""
        folder = self._folder()
        states = states_of(load.previous.state.get("files") if load.previous else None)
        try:
            for name, file_sets in self._by_entity().items():
                files = files_of(file_sets, folder, self.client_folder)
                snapshot = file_sets[0].mode == "snapshot"
                entity_load = EntityLoad(load, READABLE[name], files, states.get(name, {}), snapshot=snapshot)
                states[name] = entity_load.run()
        except SourceError as error:
            raise self._placed(error) from None
        load.state["files"] = as_state(states)

    def _by_entity(self) -> dict[str, list[FileSet]]:
        grouped: dict[str, list[FileSet]] = {}
        for file_set in self.options.files:
            grouped.setdefault(file_set.entity, []).append(file_set)
        return grouped

    def _folder(self) -> Path:
        try:
            return folder_inside(self.client_folder, self.options.folder)
        except SourceError as error:
            raise self._placed(error) from None

    def _placed(self, error: SourceError) -> SourceError:
        return type(error)(f"{self.where}: {error}")
