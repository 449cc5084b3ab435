"""The two reference clients, each run once a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clients import run_ibm, run_odoo
from duebook.snapshot import Snapshot
from duebook.workspace import Workspace


@pytest.fixture(scope="session")
def reference_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUEBOOK_HOME", str(home))
        patch.setenv("DAGSTER_HOME", str(home / "data" / ".dagster"))
        (home / "data" / ".dagster").mkdir(parents=True)
        yield Workspace(home)


@pytest.fixture(scope="session")
def odoo_snapshot(reference_workspace: Workspace, odoo_url: str) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_ODOO_URL", odoo_url)
        return run_odoo(reference_workspace, date(2026, 11, 21))


@pytest.fixture(scope="session")
def ibm_snapshot(reference_workspace: Workspace, shared_data: Path) -> Snapshot:
    return run_ibm(reference_workspace, shared_data, date(2013, 12, 31))
