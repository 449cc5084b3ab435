"""The reference clients, each run once a session."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from clients import run_erpnext, run_ibm, run_odoo, run_tryton
from duebook.snapshot import Snapshot
from duebook.workspace import Workspace


class Postgres(Protocol):
    def create(self, name: str) -> str: ...
    def psql(self, name: str, sql: str | bytes) -> str: ...


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
def erpnext_snapshot(reference_workspace: Workspace, erpnext_url: str) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_ERPNEXT_URL", erpnext_url)
        return run_erpnext(reference_workspace, date(2026, 11, 21))


@pytest.fixture(scope="session")
def tryton_url(postgres: Postgres, shared_data: Path) -> str:
    """The database of a running Tryton 8.2, restored; tests must not change it."""
    url = postgres.create("tryton82")
    postgres.psql("tryton82", gzip.decompress((shared_data / "tryton" / "tryton82.sql.gz").read_bytes()))
    return url


@pytest.fixture(scope="session")
def tryton_snapshot(reference_workspace: Workspace, tryton_url: str) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_TRYTON_URL", tryton_url)
        return run_tryton(reference_workspace, date(2026, 11, 21))


@pytest.fixture(scope="session")
def ibm_snapshot(reference_workspace: Workspace, shared_data: Path) -> Snapshot:
    return run_ibm(reference_workspace, shared_data, date(2013, 12, 31))
