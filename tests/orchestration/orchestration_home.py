"""A workspace and the command line that works on it, as a user has them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from duebook.workspace import REPOSITORY, ClientPaths, Workspace

UNTIL = date(2026, 3, 31)
DUEBOOK = Path(sys.executable).parent / "duebook"


@dataclass
class Home:
    """A DUEBOOK_HOME and the command line that works on it."""

    workspace: Workspace
    environment: dict[str, str] = field(default_factory=dict)

    def paths(self, client_id: str) -> ClientPaths:
        return self.workspace.client(client_id)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # A run in the test process itself leaves its own Dagster home behind.
        inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
        return subprocess.Popen(
            [DUEBOOK, *arguments],
            env={**inherited, **self.environment, "DUEBOOK_HOME": str(self.workspace.home)},
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def duebook(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=240)
        return subprocess.CompletedProcess(process.args, process.returncode, output, "")

    def run(self, client_id: str, as_of: date = UNTIL) -> subprocess.CompletedProcess[str]:
        return self.duebook("run", client_id, "--as-of", as_of.isoformat())
