"""The messages that outreach wrote for a day, for reading."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from dashboards import access
from duebook.workspace import ClientPaths


@dataclass(frozen=True)
class WrittenMessage:
    """A message as written: where it is, and what kept it from being written, if anything did."""

    state: str
    recipient: str
    file: Path | None
    problem: str


@dataclass(frozen=True)
class EmailText:
    """What a customer reads. ``html`` is as it would be sent and must only be shown by ``isolated``."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str | None


def written_messages(client_id: str, day: date) -> dict[str, WrittenMessage]:
    """The index of a day's messages by message key; empty where none was written."""
    paths = access.open_client(client_id)
    index = paths.outbox / day.isoformat() / "manifest.csv"
    try:
        content = index.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {
        row["message_key"]: WrittenMessage(
            row["state"], row["recipient"], _inside(paths, row["file"]), row.get("problem") or ""
        )
        for row in csv.DictReader(io.StringIO(content, newline=""))
    }


def worklist(client_id: str, day: date) -> Path | None:
    """The day's calls as a workbook, if there are any."""
    file = access.open_client(client_id).worklists / f"{day.isoformat()}.xlsx"
    return file if file.is_file() else None


def read_email(file: Path) -> EmailText:
    """The text of a written email."""
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
    plain = message.get_body(("plain",))
    rich = message.get_body(("html",))
    return EmailText(
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=plain.get_content() if plain else "",
        html=rich.get_content() if rich else None,
    )


def isolated(content: str) -> str:
    """A page that shows HTML in a frame without scripts, without our origin, and without a way to load anything.

    The frame Streamlit puts around a page may run scripts as us, so the message is in a second one inside.
    """
    nothing = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        "<!doctype html><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{nothing}">'
        "<style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%}</style>"
        f'<iframe sandbox="" title="Message" srcdoc="{html.escape(content, quote=True)}"></iframe>'
    )


def _inside(paths: ClientPaths, name: str) -> Path | None:
    """A file of the outbox by the name in the index; None where it is gone or lies anywhere else."""
    if not name:
        return None
    file = (paths.data / name).resolve()
    return file if file.is_relative_to(paths.outbox.resolve()) and file.is_file() else None
