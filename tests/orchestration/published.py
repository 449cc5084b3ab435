"""What a client sees of a run, in a form that two runs can be compared by."""

from __future__ import annotations

import hashlib
import sqlite3

from duebook.snapshot import open_current
from duebook.workspace import ClientPaths

# When something was extracted differs from run to run, and is no number.
_OF_THE_RUN = {"client": "data_as_of"}


def published_content(paths: ClientPaths) -> dict[str, tuple[int, str]]:
    """Rows and a fingerprint of every published table."""
    snapshot = open_current(paths)
    content = {}
    for table in snapshot.tables:
        left_out = f"exclude ({_OF_THE_RUN[table]})" if table in _OF_THE_RUN else ""
        rows = snapshot.rows(f'select * {left_out} from "{table}"')
        lines = sorted(repr(row) for row in rows)
        content[table] = (len(rows), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    snapshot.close()
    return content


def outbox_files(paths: ClientPaths) -> dict[str, str]:
    """Every file that was written for customers or staff, by its content."""
    return {
        str(path.relative_to(paths.data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (paths.outbox, paths.worklists)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def recorded_messages(paths: ClientPaths) -> list[tuple[str, str]]:
    """Every message the casebook knows, with its state."""
    with sqlite3.connect(paths.casebook) as connection:
        return connection.execute("select message_key, state from outbox_message order by message_key").fetchall()
