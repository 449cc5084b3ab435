"""Dagster's own home, under the workspace's data folder, with telemetry off."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import dagster as dg

from duebook.files import write_durably
from duebook.workspace import Workspace

_CONFIGURATION = """\
# Written by Duebook. One run a client at a time; runs of different clients side by side.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: dagster/partition
        value:
          applyLimitPerUniqueValue: true
        limit: 1
"""


def dagster_home(workspace: Workspace) -> Path:
    """The folder of the Dagster instance, made and configured when it is not there; DAGSTER_HOME goes before it."""
    if named := os.environ.get("DAGSTER_HOME"):
        return Path(named)
    home = workspace.data / ".dagster"
    configuration = home / "dagster.yaml"
    if not configuration.is_file() or configuration.read_text(encoding="utf-8") != _CONFIGURATION:
        write_durably(configuration, _CONFIGURATION.encode())
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance(workspace: Workspace) -> dg.DagsterInstance:
    """The Dagster instance that the command line and the web server share."""
    home = dagster_home(workspace)
    # Two processes that open a new instance at once would both create its databases, and one would fail.
    with (home / ".opening").open("w") as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        instance = dg.DagsterInstance.get()
        instance.get_dynamic_partitions("client")
        instance.get_run_records(limit=1)
        instance.all_instigator_state()
    return instance
