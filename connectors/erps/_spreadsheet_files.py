"""The files of a source: which count, what they were when last read, and their rows."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from connectors.erps._spreadsheet_options import FileSet
from connectors.erps._spreadsheet_rows import Batch, FileRows
from connectors.transports.csv_rows import read_csv
from connectors.transports.files import FoundFile, content_digest, files_in, natural_order
from connectors.transports.tabular import FileError
from connectors.transports.xlsx_rows import is_workbook, read_xlsx
from duebook.errors import SourceError, SourceUnavailableError

UNREADABLE = "unreadable"
OUTSIDE = "outside"


@dataclass(frozen=True)
class FileState:
    """What a file was when it was last read: its content, and the settings it was read with."""

    sha256: str
    settings: str


@dataclass(frozen=True)
class SetFile:
    """A file together with the file set it belongs to."""

    file: FoundFile
    file_set: FileSet
    state: FileState

    @property
    def name(self) -> str:
        return self.file.name


def files_of(file_sets: Sequence[FileSet], folder: Path, client_folder: Path) -> list[SetFile]:
    """The files that count, in natural order: all of an append set, the newest of a snapshot.

    Raises:
        SourceError: the folder cannot be listed, or two file sets of one entity claim the same file.
    """
    found: dict[str, SetFile] = {}
    for file_set in file_sets:
        files = files_in(folder, client_folder, file_set.pattern)
        for file in files[-1:] if file_set.mode == "snapshot" else files:
            if file.name in found:
                raise SourceError(
                    f"{file.name} matches two file sets of {file_set.entity}: '{found[file.name].file_set.pattern}' "
                    f"and '{file_set.pattern}'. Make the patterns differ."
                )
            digest = _digest(file)
            if digest is not None:
                found[file.name] = SetFile(file, file_set, FileState(digest, file_set.settings))
    return sorted(found.values(), key=lambda entry: natural_order(entry.name))


def _digest(file: FoundFile) -> str | None:
    """What tells this content from another; None if the file has gone since the folder was listed."""
    if file.outside:
        return OUTSIDE
    try:
        return content_digest(file.path)
    except FileNotFoundError:
        return None
    except OSError:
        return UNREADABLE


def _open(entry: SetFile) -> FileRows:
    """Open a file and match its header.

    Raises:
        FileError: it is not what it should be; says why and what to do.
        OSError: it cannot be read.
    """
    if entry.file.outside:
        raise FileError("the file is a link that leads out of the client's folder; put the file itself there")
    path, file_set = entry.file.path, entry.file_set
    workbook = is_workbook(path)
    rows = (
        read_xlsx(path, sheet=file_set.sheet)
        if workbook
        else read_csv(path, delimiter=file_set.delimiter, encoding=file_set.encoding)
    )
    return FileRows(file_set, entry.name, rows, workbook=workbook)


def batches_of(entry: SetFile) -> Generator[tuple[FileRows, Batch]]:
    """The rows of a file in batches.

    Raises:
        FileError: it cannot be read, or not further.
        SourceUnavailableError: it changed while it was read.
    """
    try:
        rows = _open(entry)
        for batch in rows.batches():
            yield rows, batch
    except OSError as error:
        raise FileError(f"the file cannot be read: {error.strerror}; correct its permissions") from None
    finally:
        if _digest(entry.file) != entry.state.sha256:
            raise SourceUnavailableError(
                f"{entry.name} is being written while it is read. Nothing was taken; run again when it is complete, "
                "and let files be renamed into the folder when they are whole."
            )


def states_of(state: object) -> dict[str, dict[str, FileState]]:
    """The file states kept in a manifest, by entity and name."""
    if not isinstance(state, dict):
        return {}
    return {entity: {name: FileState(**entry) for name, entry in files.items()} for entity, files in state.items()}


def as_state(states: Mapping[str, Mapping[str, FileState]]) -> dict[str, dict[str, dict[str, str]]]:
    """The inverse of ``states_of``."""
    return {entity: {name: asdict(entry) for name, entry in files.items()} for entity, files in states.items()}
