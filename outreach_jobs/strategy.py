"""The strategy a client approved: ``clients/<id>/strategies.yaml``, read and validated."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from duebook.clients import Client, Line, describe_validation, load_yaml
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths
from outreach_jobs.compose.library import TemplateLibrary

DEFAULT_FILE = "strategies.yaml"

Channel = Literal["email", "letter", "phone"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$", description="lower-case letters, digits and '_'")]

_TEXT = pa.string()


def _schema(**types: pa.DataType) -> pa.Schema:
    return pa.schema(list(types.items()))


STRATEGY_SCHEMA = _schema(
    client_id=_TEXT,
    strategy=_TEXT,
    version=_TEXT,
    approved=pa.bool_(),
    approved_by=_TEXT,
    approved_on=pa.date32(),
    minimum_amount=pa.decimal128(18, 3),
    min_days_between_contacts=pa.int32(),
)
STEP_SCHEMA = _schema(
    client_id=_TEXT,
    strategy=_TEXT,
    step_order=pa.int32(),
    step=_TEXT,
    offset_days=pa.int32(),
    channel=_TEXT,
    template=_TEXT,
    tone=_TEXT,
)
TEMPLATE_SCHEMA = _schema(client_id=_TEXT, template=_TEXT, channel=_TEXT, language=_TEXT)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Approval(_Strict):
    """Who at the client approved the strategies, and when."""

    by: Line
    on: date


class Step(_Strict):
    """What is done once an item has reached so many days from its due date; negative days lie before it."""

    name: Name
    offset_days: int = Field(ge=-365, le=3650)
    channel: Channel
    template: Name
    tone: Literal["friendly", "firm", "formal"]

    @model_validator(mode="after")
    def _template_exists(self, info: ValidationInfo) -> Step:
        library: TemplateLibrary = (info.context or {})["library"]
        coverage = library.coverage()
        known = sorted({entry.template for entry in coverage if entry.channel == self.channel})
        if self.template not in known:
            raise ValueError(
                f"there is no template '{self.template}' for channel {self.channel}; "
                f"available: {', '.join(known) or 'none'}, or add your own under templates/"
            )
        return self


class Strategy(_Strict):
    """Named steps in the order of their days. ``minimum_amount`` is in the client's home currency."""

    name: Name
    minimum_amount: Decimal = Field(default=Decimal(0), ge=0, max_digits=18, decimal_places=3)
    min_days_between_contacts: int = Field(default=0, ge=0, le=365)
    steps: tuple[Step, ...] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _ordered(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        for earlier, later in pairwise(steps):
            if earlier.offset_days >= later.offset_days:
                raise ValueError(
                    f"offset_days must increase from step to step, but '{later.name}' ({later.offset_days}) "
                    f"follows '{earlier.name}' ({earlier.offset_days})"
                )
        names = [step.name for step in steps]
        if repeated := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two steps are called '{repeated}'; give each its own name")
        return steps


class StrategySet(_Strict):
    """All strategies of a client. ``version`` is a hash of the file, so that it names exactly what was approved."""

    approved: Approval | None = None
    strategies: tuple[Strategy, ...]
    version: str

    @field_validator("strategies")
    @classmethod
    def _exactly_one(cls, strategies: tuple[Strategy, ...]) -> tuple[Strategy, ...]:
        if len(strategies) != 1:
            raise ValueError(f"must hold exactly one strategy, not {len(strategies)}")
        return strategies


def load_strategies(paths: ClientPaths, client: Client) -> StrategySet | None:
    """Read and validate the client's strategies; None for a client that has no such file.

    Raises:
        ConfigError: names the file, the key and what would be right. Also when ``strategies:`` in
            ``client.yaml`` names a file that is absent or outside the client's folder.
    """
    path = _strategy_file(paths, client)
    if path is None:
        return None
    content = load_yaml(path)
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must be a mapping with the keys 'approved:' and 'strategies:'.")
    if "version" in content:
        raise ConfigError(f"{path}: version: is made of the file's content; remove the key.")
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    try:
        return StrategySet.model_validate(
            {**content, "version": version}, context={"library": TemplateLibrary.for_client(paths)}
        )
    except ValidationError as error:
        raise describe_validation(path, error) from None


def require_approval(paths: ClientPaths, client: Client) -> None:
    """Nothing is planned or made before the client approved the strategies; the SQL's own guard stands before this.

    Raises:
        ConfigError: the strategies are missing, wrong or not approved.
    """
    strategies = load_strategies(paths, client)
    if strategies is None or strategies.approved is None:
        raise ConfigError(
            f"{paths.config / (client.strategies or 'strategies.yaml')}: approved: is missing, "
            "so nothing may be sent to customers. Add who approved the strategies and when: "
            "approved: {by: Name, on: 2026-01-15}."
        )


def _strategy_file(paths: ClientPaths, client: Client) -> Path | None:
    if client.strategies is None:
        path = paths.config / DEFAULT_FILE
        return path if path.is_file() else None
    path = (paths.config / client.strategies).resolve()
    if not path.is_relative_to(paths.config.resolve()):
        raise ConfigError(f"{paths.config_file}: strategies: must name a file in the client's own folder.")
    return path


def config_rows(paths: ClientPaths, client: Client, strategies: StrategySet | None) -> dict[str, pa.Table]:
    """The strategy and the templates as tables for the warehouse: ``strategy``, ``strategy_step``, ``template``.

    ``template`` holds what this client may be written in: the templates there are, in the client's languages.
    """
    loaded = strategies.strategies if strategies else ()
    approval = strategies.approved if strategies else None
    strategy_rows = [
        {
            "client_id": client.id,
            "strategy": strategy.name,
            "version": strategies.version if strategies else None,
            "approved": approval is not None,
            "approved_by": approval.by if approval else None,
            "approved_on": approval.on if approval else None,
            "minimum_amount": strategy.minimum_amount,
            "min_days_between_contacts": strategy.min_days_between_contacts,
        }
        for strategy in loaded
    ]
    step_rows = [
        {
            "client_id": client.id,
            "strategy": strategy.name,
            "step_order": order,
            "step": step.name,
            **step.model_dump(exclude={"name"}),
        }
        for strategy in loaded
        for order, step in enumerate(strategy.steps, start=1)
    ]
    spoken = {language.partition("-")[0] for language in client.languages}
    template_rows = [
        {"client_id": client.id, **entry._asdict()}
        for entry in TemplateLibrary.for_client(paths).coverage()
        if entry.language.partition("-")[0] in spoken
    ]
    return {
        "strategy": pa.Table.from_pylist(strategy_rows, STRATEGY_SCHEMA),
        "strategy_step": pa.Table.from_pylist(step_rows, STEP_SCHEMA),
        "template": pa.Table.from_pylist(template_rows, TEMPLATE_SCHEMA),
    }
