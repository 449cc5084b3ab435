"""A client is run by one process at a time, and a killed run leaves nothing to clean up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from duebook.errors import ClientBusyError
from duebook.workspace import ClientPaths, client_lock

HOLDER = """
import sys, time
from pathlib import Path
from duebook.workspace import ClientPaths, client_lock
with client_lock(ClientPaths("nordwind", Path(), Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def start_holder(data: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_process_is_told_who_holds_the_client(paths: ClientPaths) -> None:
    holder = start_holder(paths.data)
    try:
        with pytest.raises(ClientBusyError) as caught, client_lock(paths):
            pass
        assert "'nordwind'" in str(caught.value)
        assert f"process {holder.pid}" in str(caught.value)
    finally:
        holder.communicate("\n")
    with client_lock(paths):
        pass


def test_the_lock_of_a_killed_process_is_gone(paths: ClientPaths) -> None:
    holder = start_holder(paths.data)
    holder.kill()
    holder.communicate()
    with client_lock(paths):
        pass


def test_a_process_may_take_its_own_lock_again_and_keeps_it_until_the_outermost_ends(paths: ClientPaths) -> None:
    program = [sys.executable, "-c", HOLDER, str(paths.data)]
    with client_lock(paths):
        with client_lock(paths), pytest.raises(ZeroDivisionError), client_lock(paths):
            raise ZeroDivisionError
        refused = subprocess.run(program, input="\n", capture_output=True, text=True, check=False)
    allowed = subprocess.run(program, input="\n", capture_output=True, text=True, check=False)
    assert "ClientBusyError" in refused.stderr
    assert allowed.stdout == "held\n"


def test_one_clients_lock_does_not_hold_up_another(paths: ClientPaths, tmp_path: Path) -> None:
    holder = start_holder(paths.data)
    try:
        with client_lock(ClientPaths("adler", tmp_path, tmp_path / "data" / "adler")):
            pass
    finally:
        holder.communicate("\n")
