"""Dashboards and Dagster as processes of this machine, bound to loopback: neither has a login of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import typer

from dashboards import command as dashboards_command
from duebook.errors import DuebookError
from duebook.workspace import REPOSITORY, Workspace
from orchestration.instance import dagster_home, open_instance

HOST = "127.0.0.1"
_GRACE_SECONDS = 10


def serve_all(workspace: Workspace, dashboards_port: int, dagster_port: int) -> None:
    """Start the dashboards, the Dagster UI and its daemon, and wait; all end together.

    Raises:
        DuebookError: a port is taken, or one of them ended by itself.
    """
    require_free_ports(dashboards_port, dagster_port)
    with open_instance(workspace):
        pass  # made here, once, before two processes look for it
    environment = {
        **os.environ,
        "DUEBOOK_HOME": str(workspace.home),
        "DAGSTER_HOME": str(dagster_home(workspace)),
        "DO_NOT_TRACK": "1",
    }
    definitions = str(REPOSITORY / "workspace.yaml")
    commands = {
        "dashboards": dashboards_command(dashboards_port),
        "Dagster UI": _module(
            "dagster_webserver", "--host", HOST, "--port", str(dagster_port), "--workspace", definitions
        ),
        "Dagster daemon": _module("dagster._daemon", "run", "--workspace", definitions),
    }
    processes = {name: subprocess.Popen(command, env=environment) for name, command in commands.items()}
    previous = signal.signal(signal.SIGTERM, _interrupt)
    typer.echo("Starting; this takes some seconds.")
    try:
        for port in (dashboards_port, dagster_port):
            while not _answers(port):
                _require_alive(processes)
                time.sleep(0.2)
        typer.echo(f"Dashboards  http://{HOST}:{dashboards_port}")
        typer.echo(f"Dagster     http://{HOST}:{dagster_port}")
        typer.echo("Ctrl-C ends both.")
        while True:
            _require_alive(processes)
            time.sleep(0.5)
    except KeyboardInterrupt:
        typer.echo("Ending.")
    finally:
        signal.signal(signal.SIGTERM, previous)
        _end(list(processes.values()))


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def require_free_ports(*ports: int) -> None:
    """Refuse ports that something else listens on, before anything is started.

    Raises:
        DuebookError: names the port that is taken.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise DuebookError(
                    f"Port {port} on {HOST} is taken. End what uses it, or give another: "
                    "duebook serve --dashboards-port N --dagster-port M"
                ) from None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _require_alive(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise DuebookError(f"The {name} ended with status {process.returncode}; its output above says why.")


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
