"""The commands in README and docs do what they say: each is run, in the order of its page."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from orchestration_home import Home

from duebook.workspace import REPOSITORY

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def commands(page: Path) -> list[str]:
    return [line for block in _BLOCK.findall(page.read_text(encoding="utf-8")) for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def ran(module_home: Home) -> Home:
    for client_id in ("nordwind", "brightwater"):
        assert module_home.run(client_id).returncode == 0
    return module_home


def serves(home: Home) -> None:
    """Both addresses answer, and both processes end with the command."""
    process = home.start("serve", "--dashboards-port", "18501", "--dagster-port", "13000")
    try:
        for address in ("http://127.0.0.1:18501/_stcore/health", "http://127.0.0.1:13000/server_info"):
            deadline = time.monotonic() + 90
            while True:
                try:
                    with urllib.request.urlopen(address, timeout=5) as answer:
                        assert answer.status == 200
                    break
                except (urllib.error.URLError, ConnectionError):
                    assert process.poll() is None, process.communicate()[0]
                    assert time.monotonic() < deadline, f"{address} does not answer"
                    time.sleep(0.5)
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_works(ran: Home, page: Path, tmp_path: Path) -> None:
    for line in commands(page):
        program, *arguments = shlex.split(line)
        if program == "make":
            subprocess.run(["make", "--dry-run", *arguments], cwd=REPOSITORY, check=True, capture_output=True)
        elif arguments == ["serve"]:
            serves(ran)
        else:
            assert program == "duebook", f"{page.name}: {line}"
            if "--out" in arguments:
                position = arguments.index("--out") + 1
                arguments[position] = str(tmp_path / arguments[position])
            done = ran.duebook(*arguments)
            assert done.returncode == 0, f"{page.name}: {line}\n{done.stdout}"


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "DECISIONS.md"], ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} points to {target}"
