"""Templates: those that come with Duebook, and a client's own, which win where the path is the same.

Layout of both folders::

    <template>/<channel>/<language>.txt    a whole document: "Subject: …", an empty line, the text
    labels/<language>.yaml                 headings and document kinds of the table of items
    layout/email.html, layout/letter.typ   the frame around a document
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, NamedTuple

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from duebook.clients import describe_validation, load_yaml
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths

PACKAGED = Path(__file__).resolve().parent.parent / "templates"

EMAIL_LAYOUT = "layout/email.html"
LETTER_LAYOUT = "layout/letter.typ"

PLACEHOLDERS = frozenset(
    {
        "client_name",
        "contact_name",
        "credit_amount",
        "customer_id",
        "customer_name",
        "has_credits",
        "has_not_due",
        "items",
        "next_due_on",
        "not_due_amount",
        "oldest_due_on",
        "overdue_amount",
        "pay_by",
        "sender_name",
        "signature",
        "today",
        "total_amount",
    }
)

Label = Annotated[str, Field(min_length=1)]


class Labels(BaseModel):
    """The words of one language around a document: table headings, parts, totals, kinds of document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: Label
    customer_number: Label
    as_at: Label
    document: Label
    issued: Label
    due: Label
    days: Label
    amount: Label
    open: Label
    overdue: Label
    not_due: Label
    credit: Label
    total: Label
    date: Label
    telephone: Label
    email: Label
    page: Label
    kinds: dict[str, Label]


class Coverage(NamedTuple):
    """A document there is."""

    template: str
    channel: str
    language: str


@dataclass(frozen=True)
class Document:
    """A document's source, where it was found, and a version that changes with anything its look depends on."""

    path: Path
    source: str
    labels: Labels
    language: str
    version: str


class TemplateLibrary:
    """The templates a client has. A client's templates run sandboxed, as the packaged ones do."""

    def __init__(self, own: Path | None = None) -> None:
        self.folders = (own, PACKAGED) if own else (PACKAGED,)
        # No loader: a document cannot pull in files, so its version covers everything it says.
        self.text = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
        self.html = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.text.globals.clear()
        self.html.globals.clear()
        self._documents: dict[Coverage, Document] = {}

    @classmethod
    def for_client(cls, paths: ClientPaths) -> TemplateLibrary:
        return cls(paths.config / "templates")

    @cached_property
    def _coverage(self) -> frozenset[Coverage]:
        found = set()
        for folder in self.folders:
            for path in folder.glob("*/*/*.txt"):
                found.add(Coverage(path.parent.parent.name, path.parent.name, path.stem))
        return frozenset(found)

    def coverage(self) -> list[Coverage]:
        """All documents there are, in order."""
        return sorted(self._coverage)

    def document(self, template: str, channel: str, language: str) -> Document:
        """The document in this language; de-AT is served by de when it has none of its own.

        Raises:
            ConfigError: there is none in that language, or it is not a template that can be used.
        """
        for candidate in dict.fromkeys((language, language.partition("-")[0])):
            wanted = Coverage(template, channel, candidate)
            if wanted in self._coverage:
                if wanted not in self._documents:
                    self._documents[wanted] = self._load(wanted)
                return self._documents[wanted]
        there = sorted(e.language for e in self._coverage if (e.template, e.channel) == (template, channel))
        raise ConfigError(
            f"There is no template '{template}' for channel {channel} in language '{language}'. "
            f"There is one in: {', '.join(there) or 'no language'}. Add templates/{template}/{channel}/{language}.txt "
            "to the client's folder, or change the customer's language."
        )

    def path(self, relative: str) -> Path:
        """Where a file of the library is: with the client, or else packaged."""
        for folder in self.folders:
            if (folder / relative).is_file():
                return folder / relative
        raise ConfigError(f"The template file {relative} does not exist. Add it to the client's templates folder.")

    def _load(self, wanted: Coverage) -> Document:
        path = self.path(f"{wanted.template}/{wanted.channel}/{wanted.language}.txt")
        labels_path = self._labels_path(wanted.language)
        layouts = [self.path(name) for name in (EMAIL_LAYOUT, LETTER_LAYOUT)]
        source = _read(path)
        self._check(path, source)
        digest = hashlib.sha256()
        for part in (path, labels_path, *layouts):
            digest.update(hashlib.sha256(part.read_bytes()).digest())
        return Document(path, source, _load_labels(labels_path), wanted.language, digest.hexdigest()[:12])

    def _labels_path(self, language: str) -> Path:
        names = [f"labels/{name}.yaml" for name in dict.fromkeys((language, language.partition("-")[0]))]
        for name in names[:-1]:
            if any((folder / name).is_file() for folder in self.folders):
                return self.path(name)
        return self.path(names[-1])

    def _check(self, path: Path, source: str) -> None:
        if not source.startswith("Subject:"):
            raise ConfigError(f"{path}: line 1: must be 'Subject: …', followed by an empty line and the text.")
        try:
            used = meta.find_undeclared_variables(self.text.parse(source))
        except TemplateSyntaxError as error:
            raise ConfigError(f"{path}: line {error.lineno}: not readable as a template: {error.message}.") from None
        if unknown := sorted(used - PLACEHOLDERS):
            raise ConfigError(
                f"{path}: uses {', '.join(unknown)}, which no message has. "
                f"Known placeholders: {', '.join(sorted(PLACEHOLDERS))}."
            )
        if "items" not in used:
            raise ConfigError(f"{path}: does not show the items; put {{{{ items }}}} on a line of its own.")


def fill(environment: ImmutableSandboxedEnvironment, path: Path, source: str, values: dict[str, object]) -> str:
    """Fill a template in the sandbox.

    Raises:
        ConfigError: it asks for something that is not there, or that templates may not reach; names the file.
    """
    try:
        return environment.from_string(source).render(values)
    except TemplateError as error:
        raise ConfigError(f"{path}: {error.message}. Use only the placeholders that messages have.") from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be filled in: {error}.") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from None


def _load_labels(path: Path) -> Labels:
    content = load_yaml(path)
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must be a mapping of labels.")
    try:
        return Labels.model_validate(content)
    except ValidationError as error:
        raise describe_validation(path, error) from None
