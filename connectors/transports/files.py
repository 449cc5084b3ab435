"""Files that a client drops into a folder: which there are, in what order, and what exactly was in them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from connectors.transports.tabular import one_line
from duebook.errors import SourceError

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class FoundFile:
    """One file in the folder.

    Attributes:
        name: its path below the folder, as shown to people and kept in landing.
        path: where it is.
        outside: it is a link that leads out of the client's folder, and must not be read.
    """

    name: str
    path: Path
    outside: bool = False


def natural_order(name: str) -> tuple[list[str | int], str]:
    """A sort key in which digits count as numbers: ``week 2`` comes before ``week 10``."""
    parts: list[str | int] = [
        int(part) if index % 2 else part.casefold() for index, part in enumerate(_DIGITS.split(name))
    ]
    return parts, name


def folder_inside(client_folder: Path, relative: str) -> Path:
    """The folder named in the configuration.

    Raises:
        SourceError: it does not exist, or leads out of the client's folder, be it through a link.
    """
    folder = client_folder / relative
    try:
        resolved = folder.resolve()
        is_folder = resolved.is_dir()
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be opened: {error.strerror}. Correct its permissions.") from None
    if not resolved.is_relative_to(client_folder.resolve()):
        raise SourceError(
            f"The folder {folder} leads out of the client's folder. Use a folder inside it, not a link to elsewhere."
        )
    if not is_folder:
        raise SourceError(f"The folder {folder} does not exist. Create it, or correct 'folder' in client.yaml.")
    return folder


def files_in(folder: Path, client_folder: Path, pattern: str) -> list[FoundFile]:
    """The regular files that match a glob pattern, in natural order of their names.

    Names that start with ``.`` or ``~$`` are left out: temporary files of editors, transfers and Excel.

    Raises:
        SourceError: the folder cannot be listed.
    """
    home = client_folder.resolve()
    found = []
    try:
        # A folder that may not be listed gives no matches in glob, which would read as "there is nothing new".
        next(folder.iterdir(), None)
        for path in folder.glob(pattern):
            relative = path.relative_to(folder)
            if any(part.startswith((".", "~$")) for part in relative.parts) or not path.is_file():
                continue
            outside = not path.resolve().is_relative_to(home)
            found.append(FoundFile(one_line(relative.as_posix()), path, outside))
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be listed: {error.strerror}. Correct its permissions.") from None
    return sorted(found, key=lambda file: natural_order(file.name))


def content_digest(path: Path) -> str:
    """The SHA-256 of a file's content.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
