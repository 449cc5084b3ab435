"""A client's configuration: ``clients/<id>/client.yaml``, read and validated."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from duebook.errors import ConfigError
from duebook.workspace import ClientPaths

_ENV_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_URL_PASSWORD = re.compile(r"://[^/@\s:]*:(?!\$\{)[^/@\s]+@")
_SECRET_KEY = re.compile(r"password|passwd|secret|token|api_?key|private_?key", re.IGNORECASE)


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"'{value}' is not a time zone; give an IANA name such as Europe/Berlin")
    return value


def _one_line(value: str) -> str:
    if any(ord(character) < 32 for character in value):
        raise ValueError("must be a single line without control characters")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+", value):
        raise ValueError(f"'{value}' is not an email address; give one such as ar@example.com")
    return value


TimeZone = Annotated[str, AfterValidator(_timezone)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2 code")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47 tag")]
Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
EmailAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_email)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ageing(_Strict):
    """How overdue amounts are put into buckets.

    ``edges`` are the last days of each bucket: [30, 60] gives 1–30, 31–60 and over 60.
    ``credits``: ``apart`` keeps unapplied credits in a column of their own; ``aged`` puts them into
    the bucket of their own date, as some ERPs' reports do.
    """

    basis: Literal["due_date", "document_date"] = "due_date"
    edges: tuple[int, ...] = (30, 60, 90, 120)
    credits: Literal["apart", "aged"] = "apart"

    @field_validator("edges")
    @classmethod
    def _increasing(cls, edges: tuple[int, ...]) -> tuple[int, ...]:
        if not edges or edges[0] < 1 or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("must be whole days that increase, such as [30, 60, 90, 120]")
        return edges


class Sender(_Strict):
    """In whose name customers are written to before escalation: the client."""

    name: Line
    email: EmailAddress
    reply_to: EmailAddress | None = None
    phone: Line | None = None
    address: tuple[Line, ...] = ()
    signature: Line | None = None


class Agency(_Strict):
    """The provider's own identity; it speaks only in an escalation step that the client approved."""

    name: Line
    email: EmailAddress | None = None
    address: tuple[Line, ...] = ()


class Source(BaseModel):
    """One source of a client. Keys beyond ``name`` and ``erp`` belong to the connector, which validates them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    erp: str

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Client(_Strict):
    """A client as configured. ``id`` is the name of its folder."""

    id: str
    name: Line
    home_currency: Currency
    country: Country
    timezone: TimeZone
    languages: tuple[Language, ...] = Field(min_length=1)
    ageing: Ageing = Ageing()
    dso_window_days: int = Field(default=90, ge=1, le=730)
    promise_tolerance_days: int = Field(default=3, ge=0, le=60)
    control_tolerance: Decimal = Field(default=Decimal("0.00"), ge=0)
    max_data_age_days: int = Field(default=3, ge=0, le=365)
    run_at: time = time(5, 0)
    strategies: str | None = None
    sender: Sender
    agency: Agency
    sources: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _source_names_differ(self) -> Client:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are called '{name}'; give each its own name")
            if name in RESERVED_SOURCES:
                raise ValueError(f"'{name}' is a name Duebook uses itself; call the source something else")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


RESERVED_SOURCES = frozenset({"casebook", "ecb"})


class _UniqueKeyLoader(yaml.SafeLoader):
    """A YAML loader that refuses a key given twice instead of silently taking the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


# As in YAML 1.2: the language code no and the key on are words, only true and false are booleans.
_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeyLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def load_yaml(path: Path) -> Any:
    """Read a YAML file of ours.

    Raises:
        ConfigError: the file is absent, not UTF-8, not YAML, or gives a key twice; names file and line.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise ConfigError(f"{path}: the file does not exist.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"{path}{where}: not readable as YAML: {problem}.") from None


def describe_validation(path: Path, error: ValidationError, prefix: str = "") -> ConfigError:
    """A validation error as one line a key: file, key, and what would be right. Values are not repeated."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        key = prefix + ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "missing":
            message = "is missing; add it"
        elif problem["type"] == "extra_forbidden":
            message = "is not a key Duebook knows; check its spelling or remove it"
        lines.append(f"{path}: {key}: {message}")
    return ConfigError("\n".join(lines))


def _refuse_plain_secrets(path: Path, value: Any, key: str = "") -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_plain_secrets(path, inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_plain_secrets(path, inner, f"{key}.{index}")
    elif isinstance(value, str):
        named_secret = _SECRET_KEY.search(key.rpartition(".")[2]) and not _ENV_REFERENCE.search(value)
        if named_secret or _URL_PASSWORD.search(value):
            raise ConfigError(
                f"{path}: {key}: holds a secret in plain text. "
                "Put it into an environment variable and write ${NAME_OF_VARIABLE} here."
            )


def load_client(paths: ClientPaths) -> Client:
    """Read and validate one client's configuration.

    Environment variables are not needed for this: they are looked up when a source is used.

    Raises:
        ConfigError: names the file, the key and what would be right.
    """
    path = paths.config_file
    content = load_yaml(path)
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must be a mapping of keys such as 'name:' and 'sources:'.")
    if "id" in content:
        raise ConfigError(f"{path}: id: is the name of the folder; remove the key.")
    _refuse_plain_secrets(path, content)
    try:
        return Client(id=paths.client_id, **content)
    except ValidationError as error:
        raise describe_validation(path, error) from None


def resolve_environment(value: str, where: str) -> str:
    """Replace each ``${NAME}`` by the environment variable of that name.

    Raises:
        ConfigError: a variable is unset or empty; ``where`` says which file and key asked for it.
    """

    def look_up(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise ConfigError(f"{where}: the environment variable {match[1]} is not set. Set it and run again.")
        return found

    return _ENV_REFERENCE.sub(look_up, value)
