"""A client with an approved strategy, and a builder of due messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from outreach_house import CLIENT_YAML, STRATEGIES_YAML, Due, House

from casebook import open_casebook
from duebook.workspace import Workspace


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    config = tmp_path / "clients" / "nordwind"
    config.mkdir(parents=True)
    (config / "client.yaml").write_text(CLIENT_YAML, encoding="utf-8")
    (config / "strategies.yaml").write_text(STRATEGIES_YAML, encoding="utf-8")
    paths = Workspace(tmp_path).client("nordwind")
    with open_casebook(paths.casebook) as casebook:
        yield House(paths, casebook)


@pytest.fixture
def make_due() -> Callable[..., Due]:
    """Build a due message: the step, the customer, and any column that should differ."""

    def make(step: str = "reminder", customer_id: str = "C-17", **given: Any) -> Due:
        own = {name: given.pop(name) for name in ("items", "currency", "rate") if name in given}
        return Due(step, customer_id, columns=given, **own)

    return make
