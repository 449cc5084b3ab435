"""The dry run: every message is made and written to files, and nothing leaves the house.

Under the client's data folder::

    outbox/<as_of>/email/<customer>_<key>.eml
    outbox/<as_of>/letter/<customer>_<key>.pdf
    outbox/<as_of>/manifest.csv
    worklists/<as_of>.xlsx
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from casebook import Casebook, Evidence, MessageState, OutboxMessage
from duebook.clients import Client
from duebook.errors import DuebookError
from duebook.files import write_durably
from duebook.snapshot import Snapshot
from duebook.workspace import ClientPaths
from outreach_jobs.compose import TemplateLibrary, render
from outreach_jobs.compose.clean import clean_line, file_part
from outreach_jobs.compose.render import Rendered
from outreach_jobs.deliver.address import email_recipient, postal_recipient
from outreach_jobs.deliver.email_file import build_email, key_hash
from outreach_jobs.deliver.letter import LetterPress
from outreach_jobs.deliver.manifest import manifest_csv
from outreach_jobs.due import DueItem, DueMessage, read_items, read_messages
from outreach_jobs.strategy import require_approval
from outreach_jobs.worklist import Call, write_worklist

# Evidence is kept after every so many files, so that a killed run has little to make again.
_BATCH = 50


@dataclass(frozen=True)
class DayResult:
    """What was made of the messages of a day.

    ``made`` counts by channel what is new; ``problems`` says by message key what kept a message from being made.
    Such a message stays planned, and the next run tries again. ``path`` is the folder or file they are in.
    """

    made: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None


def make_batch(paths: ClientPaths, client: Client, snapshot: Snapshot, casebook: Casebook) -> DayResult:
    """Write the emails and letters that were planned from this snapshot.

    Running it again on the same day gives the same files, byte for byte, and makes no message twice. A message
    that was made on an earlier day is never made again.

    Raises:
        ConfigError: messages are due but the client's strategies are missing or not approved.
        DuebookError: the snapshot belongs to another client, or a due message was never planned.
    """
    day = _Day.of(paths, client, snapshot, casebook, lambda message: message.channel != "phone")
    if not day.messages:
        return DayResult()
    day.write_messages()
    day.write_manifest()
    return DayResult(dict(sorted(day.made.items())), day.problems, day.folder)


def make_worklist(paths: ClientPaths, client: Client, snapshot: Snapshot, casebook: Casebook) -> DayResult:
    """Write the calls that were planned from this snapshot as a worklist; repeatable as ``make_batch`` is.

    Raises:
        ConfigError, DuebookError: as ``make_batch``.
    """
    day = _Day.of(paths, client, snapshot, casebook, lambda message: message.channel == "phone")
    if not day.messages:
        return DayResult()
    path = day.write_worklist()
    day.write_manifest()
    return DayResult(dict(sorted(day.made.items())), day.problems, path)


class _Day:
    def __init__(
        self,
        paths: ClientPaths,
        client: Client,
        snapshot: Snapshot,
        casebook: Casebook,
        messages: Sequence[DueMessage],
    ) -> None:
        self.paths = paths
        self.client = client
        self.snapshot = snapshot
        self.casebook = casebook
        self.messages = messages
        self.folder = paths.outbox / snapshot.as_of.isoformat()
        self.made: Counter[str] = Counter()
        self.problems: dict[str, str] = {}
        self._pending: dict[str, Evidence] = {}

    @classmethod
    def of(
        cls,
        paths: ClientPaths,
        client: Client,
        snapshot: Snapshot,
        casebook: Casebook,
        wanted: Callable[[DueMessage], bool],
    ) -> _Day:
        if snapshot.client_id != client.id:
            raise DuebookError(f"The snapshot of client '{snapshot.client_id}' was given for client '{client.id}'.")
        messages = [message for message in read_messages(snapshot) if wanted(message)]
        if messages:
            require_approval(paths, client)
        return cls(paths, client, snapshot, casebook, messages)

    @cached_property
    def library(self) -> TemplateLibrary:
        return TemplateLibrary.for_client(self.paths)

    @cached_property
    def press(self) -> LetterPress:
        return LetterPress(self.client, self.library)

    @cached_property
    def items(self) -> Mapping[str, list[DueItem]]:
        return read_items(self.snapshot)

    def _entries(self) -> Iterator[tuple[DueMessage, OutboxMessage]]:
        known = self.casebook.messages(self.client.id, [message.message_key for message in self.messages])
        for message in self.messages:
            entry = known.get(message.message_key)
            if entry is None:
                raise DuebookError(
                    f"The message {message.message_key} is due but was never planned. Run the outreach plan first."
                )
            yield message, entry

    def write_messages(self) -> None:
        for message, entry in self._entries():
            try:
                self._write(message, entry)
            except DuebookError as error:
                self.problems[message.message_key] = str(error)
            if len(self._pending) >= _BATCH:
                self._keep_evidence()
        self._keep_evidence()

    def write_manifest(self) -> None:
        manifest = manifest_csv(self.casebook.messages_of_day(self.client.id, self.snapshot.as_of), self.problems)
        write_durably(self.folder / "manifest.csv", manifest)

    def write_worklist(self) -> Path | None:
        calls: list[Call] = []
        for message, entry in self._entries():
            if entry.state != MessageState.PLANNED and entry.planned_on != self.snapshot.as_of:
                continue
            try:
                calls.append(self._call(message, entry))
            except DuebookError as error:
                self.problems[message.message_key] = str(error)
        if not calls:
            return None
        path = write_worklist(self.paths, self.client, self.snapshot, calls)
        for call in calls:
            if call.entry.state == MessageState.PLANNED:
                script = hashlib.sha256(call.rendered.text.encode()).hexdigest()
                phone = clean_line(call.message.phone)
                self._pending[call.message.message_key] = self._evidence(
                    call.message, call.rendered, phone, path, script
                )
                self.made["phone"] += 1
        self._keep_evidence()
        return path

    def _call(self, message: DueMessage, entry: OutboxMessage) -> Call:
        items = self.items.get(message.message_key, [])
        return Call(message, items, render(message, items, self.client, self.library), entry)

    def _write(self, message: DueMessage, entry: OutboxMessage) -> None:
        if entry.state == MessageState.RENDERED and (
            entry.planned_on != message.as_of or (self.paths.data / str(entry.file)).is_file()
        ):
            return
        items = self.items.get(message.message_key, [])
        rendered = render(message, items, self.client, self.library)
        recipient, suffix, content = self._content(message, rendered)
        name = f"{file_part(message.customer_id)}_{key_hash(message)[:8]}.{suffix}"
        file = self.folder / message.channel / name
        evidence = self._evidence(message, rendered, recipient, file, hashlib.sha256(content).hexdigest())
        if entry.state == MessageState.RENDERED and entry.content_hash != evidence.content_hash:
            raise DuebookError(
                f"{file}: the message of this day is no longer there, and would read differently now. "
                "Restore the file from a backup if you need it; the casebook keeps what is known of it."
            )
        write_durably(file, content)
        if entry.state == MessageState.PLANNED:
            self._pending[message.message_key] = evidence
            self.made[message.channel] += 1

    def _content(self, message: DueMessage, rendered: Rendered) -> tuple[str, str, bytes]:
        if message.channel == "email":
            return email_recipient(message).addr_spec, "eml", build_email(message, rendered, self.client)
        lines = postal_recipient(message, self.client)
        return ", ".join(lines), "pdf", self.press.print(message, rendered)

    def _evidence(
        self, message: DueMessage, rendered: Rendered, recipient: str, file: Path, content_hash: str
    ) -> Evidence:
        return Evidence(
            planned_on=message.as_of,
            total_amount=message.total_amount,
            template_version=rendered.template_version,
            content_hash=content_hash,
            sender_name=self.client.sender.name,
            sender_email=self.client.sender.email,
            recipient=recipient,
            subject=rendered.subject,
            file=file.relative_to(self.paths.data).as_posix(),
        )

    def _keep_evidence(self) -> None:
        self.casebook.mark_rendered(self.client.id, self._pending)
        self._pending = {}
