"""Clients share nothing: they run side by side, and one that fails fails alone and says why."""

from __future__ import annotations

import socket

from dagster import DagsterInstance
from orchestration_home import Home

from duebook.snapshot import current_version, last_refusal, open_current

DOWN = """\
name: Down Ltd
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [en]
sender: {name: Down AR, email: ar@down.example}
agency: {name: Example Collections}
sources:
  - {name: erp, erp: odoo, url: "${DOWN_URL}", company: 1}
"""


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def add_client_that_is_down(home: Home) -> None:
    folder = home.workspace.clients / "down"
    folder.mkdir()
    (folder / "client.yaml").write_text(DOWN, encoding="utf-8")
    home.environment["DOWN_URL"] = f"postgresql://reader:hunter2@127.0.0.1:{closed_port()}/odoo"


def test_two_clients_run_side_by_side_and_a_third_fails_alone(home: Home) -> None:
    add_client_that_is_down(home)
    processes = {
        client_id: home.start("run", client_id, "--as-of", "2026-03-31")
        for client_id in ("nordwind", "brightwater", "down")
    }
    outputs = {client_id: process.communicate(timeout=240)[0] for client_id, process in processes.items()}
    assert processes["nordwind"].returncode == 0, outputs["nordwind"]
    assert processes["brightwater"].returncode == 0, outputs["brightwater"]
    assert processes["down"].returncode == 1
    last_line = outputs["down"].strip().splitlines()[-1]
    assert "client 'down', source 'erp' (odoo)" in last_line
    assert "refused" in last_line
    assert "Traceback" not in outputs["down"]
    assert "hunter2" not in outputs["down"]
    for client_id in ("nordwind", "brightwater"):
        assert open_current(home.paths(client_id)).client_id == client_id


def test_a_client_that_is_being_run_is_not_run_twice(home: Home) -> None:
    first = home.start("run", "nordwind", "--as-of", "2026-03-31")
    lock = home.paths("nordwind").data / ".lock"
    while not (lock.exists() and lock.read_text()):
        assert first.poll() is None
    second = home.run("nordwind")
    first_output = first.communicate(timeout=240)[0]
    assert first.returncode == 0, first_output
    assert second.returncode == 1
    assert f"Client 'nordwind' is being run by process {first.pid}" in second.stdout


def test_a_failing_audit_leaves_the_last_good_snapshot_and_says_so(home: Home) -> None:
    paths = home.paths("brightwater")
    assert home.run("brightwater").returncode == 0
    good = current_version(paths)
    (totals,) = (paths.config / "inbox").glob("*control*")
    lines = totals.read_bytes().decode("cp1252").splitlines()
    lines[-1] = lines[-1][:-1] + str((int(lines[-1][-1]) + 1) % 10)
    totals.write_bytes(("\n".join(lines) + "\n").encode("cp1252"))
    failed = home.run("brightwater")
    assert failed.returncode == 1
    assert "agrees_with_control_account" in failed.stdout
    assert f"The snapshot {good} stays published" in failed.stdout
    assert "Traceback" not in failed.stdout
    assert current_version(paths) == good
    refusal = last_refusal(paths)
    assert refusal is not None
    assert "agrees_with_control_account" in refusal.reason
    assert not [path for path in paths.published.iterdir() if path.name.startswith(".building")]


def test_an_unset_variable_is_named_with_file_and_key(home: Home) -> None:
    add_client_that_is_down(home)
    del home.environment["DOWN_URL"]
    done = home.run("down")
    assert done.returncode == 1
    assert "client.yaml: source 'erp': url: the environment variable DOWN_URL is not set" in done.stdout


def test_a_run_is_recorded_where_the_dagster_ui_sees_it(home: Home) -> None:
    assert home.run("nordwind").returncode == 0
    with DagsterInstance.from_config(str(home.workspace.data / ".dagster")) as instance:
        (run,) = instance.get_runs()
        assert run.is_success
        assert run.tags["dagster/partition"] == "nordwind"
        assert set(instance.get_dynamic_partitions("client")) == {"brightwater", "nordwind"}
