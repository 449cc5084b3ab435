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
from babel.core import get_global
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from duebook.currencies import is_currency
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths

_ENV_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAMES_A_SECRET = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key)"  # noqa: S105
_SECRET_KEY = re.compile(_NAMES_A_SECRET, re.IGNORECASE)
# user:password@ (but not host:8080/path@), or a password among the parameters.
_URL_SECRET = re.compile(
    rf"://[^/@\s:]*:(?!\$\{{|\d+/)[^@]+@|[?&][^=&]*{_NAMES_A_SECRET}[^=&]*=(?!\$\{{)[^&]", re.IGNORECASE
)


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"'{value}' is not a time zone; give an IANA name such as Europe/Berlin")
    return value


def _currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError(f"'{value}' is not a currency; give its ISO 4217 code, such as EUR")
    return value


def _country(value: str) -> str:
    if len(value) != len("DE") or value not in get_global("territory_languages"):
        raise ValueError(f"'{value}' is not a country; give its ISO 3166 code of two letters, such as DE")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValueError(f"'{value}' is not a language; give a BCP 47 tag such as de or pt-BR")
    return value


def _time_of_day(value: Any) -> Any:
    # A bare number would be taken for seconds, and a time zone of its own would go unheard.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{2}:[0-9]{2}", value):
        raise ValueError("must be a time of day such as 05:00")
    return value


def _one_line(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if any(ord(character) < 32 for character in value):
        raise ValueError("must be a single line without control characters")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+", value):
        raise ValueError(f"'{value}' is not an email address; give one such as ar@example.com")
    return value


TimeZone = Annotated[str, AfterValidator(_timezone)]
Currency = Annotated[str, AfterValidator(_currency)]
Country = Annotated[str, AfterValidator(_country)]
Language = Annotated[str, AfterValidator(_language)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Line = Annotated[str, AfterValidator(_one_line)]
EmailAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_email)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


LONGEST_AGE_DAYS = 36_500


class Ageing(_Strict):
    """How overdue amounts are put into buckets.

    ``edges`` are the last days of each bucket: [30, 60] gives 1–30, 31–60 and over 60.
    ``credits``: ``apart`` keeps unapplied credits in a column of their own; ``aged`` puts them into
    the bucket of their own date, as some ERPs' reports do.
    """

    basis: Literal["due_date", "document_date"] = "due_date"
    edges: tuple[int, ...] = Field(default=(30, 60, 90, 120), max_length=24)
    credits: Literal["apart", "aged"] = "apart"

    @field_validator("edges")
    @classmethod
    def _increasing(cls, edges: tuple[int, ...]) -> tuple[int, ...]:
        if not edges or edges[0] < 1 or edges[-1] > LONGEST_AGE_DAYS or any(a >= b for a, b in pairwise(edges)):
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
    control_tolerance: Decimal = Field(default=Decimal("0.00"), ge=0, le=10**9)
    max_data_age_days: int = Field(default=3, ge=0, le=365)
    run_at: TimeOfDay = time(5, 0)
    strategies: Line | None = None
    sender: Sender
    agency: Agency
    sources: tuple[Source, ...] = Field(min_length=1)

    @field_validator("sources")
    @classmethod
    def _source_names_differ(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are called '{name}'; give each its own name")
            if name in RESERVED_SOURCES:
                raise ValueError(f"'{name}' is a name Duebook uses itself; call the source something else")
        return sources

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


RESERVED_SOURCES = frozenset({"casebook", "ecb"})


class _PlainLoader(yaml.SafeLoader):
    """YAML with keys that are text and given once; what is not plainly a number, true, false or null is text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            problem = None
            if not isinstance(key, str):
                problem = f"the key '{key}' is not text; put it into quotes"
            elif key in seen:
                problem = f"the key '{key}' is given twice"
            if problem:
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


# As in YAML 1.2: the language code no is a word, 10:30 is no number of seconds, and 010 is ten. Dates stay text too:
# whoever needs one says which key is wrong.
_PlainLoader.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [entry for entry in resolvers if entry[0].rpartition(":")[2] in ("null", "merge")])
}
for _tag, _pattern, _first in (
    ("bool", "true|false", "tf"),
    ("int", "[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)", "-+.0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def load_yaml(path: Path) -> Any:
    """Read a YAML file of ours.

    Raises:
        ConfigError: the file is absent, not UTF-8, not YAML, or gives a key twice; names file and line.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise ConfigError(f"{path}: the file does not exist.") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ConfigError(f"{path}{where}: not readable as YAML: {problem.rstrip('.')}.") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply to be read.") from None
    except (ValueError, AttributeError, TypeError) as error:
        # What a tag such as !!int makes of a text that is no number.
        raise ConfigError(f"{path}: a value does not fit its tag: {' '.join(str(error).split())}.") from None


_PLAIN_WORDS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a key Duebook knows; check its spelling or remove it",
    "string_type": "must be a string; put it into quotes",
    "tuple_type": "must be a list in square brackets",
    "model_type": "must be a mapping of keys",
    "too_short": "must have at least one entry",
}


def describe_validation(path: Path, error: ValidationError, prefix: str = "") -> ConfigError:
    """A validation error as one line a key: file, key, and what would be right. Values are not repeated."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        key = (prefix + ".".join(str(part) for part in problem["loc"])).rstrip(".") or "(whole file)"
        said = problem["msg"].removeprefix("Value error, ")
        message = _PLAIN_WORDS.get(problem["type"], said)
        lines.append(f"{path}: {key}: {message}")
    return ConfigError("\n".join(lines))


def _refuse_plain_secrets(path: Path, value: Any, key: str = "", *, secret: bool = False) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            named = secret or bool(_SECRET_KEY.search(name))
            _refuse_plain_secrets(path, inner, f"{key}.{name}" if key else name, secret=named)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_plain_secrets(path, inner, f"{key}.{index}", secret=secret)
    elif value is not None:
        text = str(value)
        if (secret and not _ENV_REFERENCE.search(text)) or _URL_SECRET.search(text):
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
