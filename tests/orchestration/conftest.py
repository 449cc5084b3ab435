"""Demo clients made once and copied for each home."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orchestration_home import UNTIL, Home

from connectors.demo import create
from duebook.workspace import Workspace


@pytest.fixture(scope="session")
def demo_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two demo clients as the repository ships them, with their history up to UNTIL."""
    folder = tmp_path_factory.mktemp("demo") / "clients"
    create(folder, UNTIL)
    return folder


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first run of the session puts the parsed dbt project, for the others to find it."""
    return tmp_path_factory.mktemp("parsed")


@pytest.fixture(scope="session")
def make_home(tmp_path_factory: pytest.TempPathFactory, demo_clients: Path, parsed_project: Path) -> Callable[[], Home]:
    def make() -> Home:
        folder = tmp_path_factory.mktemp("home")
        shutil.copytree(demo_clients, folder / "clients")
        (folder / "data").mkdir()
        (folder / "data" / ".dbt").symlink_to(parsed_project, target_is_directory=True)
        return Home(Workspace(folder))

    return make


@pytest.fixture
def home(make_home: Callable[[], Home]) -> Home:
    return make_home()


@pytest.fixture(scope="module")
def module_home(make_home: Callable[[], Home]) -> Home:
    return make_home()
