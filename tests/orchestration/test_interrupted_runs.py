"""A run that is killed anywhere is simply run again: same numbers, nothing twice, nothing to clean up."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from orchestration_home import Home
from published import outbox_files, published_content, recorded_messages

from duebook.workspace import ClientPaths

CLIENT = "nordwind"
PATIENCE_SECONDS = 120


def extracting(paths: ClientPaths) -> bool:
    landed = list(paths.landing.glob("*/*/*.parquet"))
    return bool(landed) and not list(paths.landing.glob("erp/_manifests/*.json"))


def building_the_warehouse(paths: ClientPaths) -> bool:
    return paths.warehouse.exists() and paths.warehouse.with_name("warehouse.duckdb.wal").exists()


def publishing(paths: ClientPaths) -> bool:
    return bool(list(paths.published.glob(".building-*")))


def writing_messages(paths: ClientPaths) -> bool:
    return len(list(paths.outbox.glob("*/email/*.eml"))) >= 3


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert process.poll() is None, f"the run ended before it could be killed: {process.communicate()[0]}"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def undisturbed(module_home: Home) -> Home:
    done = module_home.run(CLIENT)
    assert done.returncode == 0, done.stdout
    return module_home


@pytest.mark.parametrize(
    "stage", [extracting, building_the_warehouse, publishing, writing_messages], ids=lambda stage: stage.__name__
)
def test_a_killed_run_is_simply_run_again(home: Home, undisturbed: Home, stage: Callable[[ClientPaths], bool]) -> None:
    paths = home.paths(CLIENT)
    kill_when(home.start("run", CLIENT, "--as-of", "2026-03-31"), lambda: stage(paths))
    again = home.run(CLIENT)
    assert again.returncode == 0, again.stdout
    reference = undisturbed.paths(CLIENT)
    assert published_content(paths) == published_content(reference)
    assert recorded_messages(paths) == recorded_messages(reference)
    assert outbox_files(paths) == outbox_files(reference)
    assert not list(paths.published.glob(".building-*"))


def test_running_again_the_same_day_creates_nothing_twice(undisturbed: Home) -> None:
    paths = undisturbed.paths(CLIENT)
    before = (published_content(paths), outbox_files(paths), recorded_messages(paths))
    assert len(recorded_messages(paths)) > 10
    assert undisturbed.run(CLIENT).returncode == 0
    assert (published_content(paths), outbox_files(paths), recorded_messages(paths)) == before
