"""When a client's daily run is due, and that clients come and break without holding up one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from duebook.clients import Agency, Client, Sender, Source
from duebook.workspace import Workspace
from orchestration.schedules import TICK, daily_client_runs, is_due
from orchestration.sensors import housekeeping

CLIENT_YAML = """\
name: {name}
home_currency: EUR
country: DE
timezone: {zone}
languages: [de]
run_at: "{run_at}"
sender: {{name: N, email: a@b.example}}
agency: {{name: A}}
sources: [{{name: erp, erp: odoo, url: "${{UNSET_URL}}"}}]
"""


def client(zone: str, run_at: str) -> Client:
    return Client.model_validate(
        {
            "id": "nordwind",
            "name": "Nordwind",
            "home_currency": "EUR",
            "country": "DE",
            "timezone": zone,
            "languages": ["de"],
            "run_at": run_at,
            "sender": Sender(name="N", email="a@b.example"),
            "agency": Agency(name="A"),
            "sources": [Source(name="erp", erp="odoo")],
        }
    )


def ticks(first: date, days: int) -> Iterator[datetime]:
    start = datetime.combine(first, datetime.min.time(), UTC)
    return (start + number * TICK for number in range(days * 96))


# Spring and autumn of 2026 where clocks change at 2 or 3, at midnight, by half an hour, and not at all.
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "America/New_York",
        "America/Santiago",
        "Africa/Cairo",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
    ],
)
@pytest.mark.parametrize("run_at", ["00:00", "00:30", "02:30", "05:07", "23:55"])
def test_a_client_is_due_exactly_once_on_every_local_day_also_when_clocks_change(zone: str, run_at: str) -> None:
    configured = client(zone, run_at)
    local = ZoneInfo(zone)
    for first in (date(2026, 3, 5), date(2026, 9, 1), date(2026, 10, 20)):
        days = 16 if first.month == 10 else 55 if first.month == 3 else 10
        due = [tick.astimezone(local).date() for tick in ticks(first, days) if is_due(configured, tick)]
        whole = [first + timedelta(days=number) for number in range(1, days - 1)]
        assert [day for day in due if day in whole] == whole


def test_a_run_is_due_in_the_quarter_of_an_hour_that_holds_its_local_time() -> None:
    summer = client("Europe/Berlin", "05:07")
    assert is_due(summer, datetime(2026, 7, 1, 3, 0, tzinfo=UTC))
    assert not is_due(summer, datetime(2026, 7, 1, 3, 15, tzinfo=UTC))
    assert not is_due(summer, datetime(2026, 7, 1, 4, 0, tzinfo=UTC))
    assert is_due(summer, datetime(2026, 12, 1, 4, 0, tzinfo=UTC))


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(tempdir=str(home), overrides={"telemetry": {"enabled": False}}) as instance:
        yield instance


def configure(workspace: Workspace, client_id: str, zone: str = "Europe/Berlin", run_at: str = "05:00") -> None:
    folder = workspace.clients / client_id
    folder.mkdir()
    text = CLIENT_YAML.format(name=client_id, zone=zone, run_at=run_at)
    (folder / "client.yaml").write_text(text, encoding="utf-8")


def evaluate(instance: dg.DagsterInstance, at: datetime) -> list[dg.RunRequest | dg.SkipReason]:
    with dg.build_schedule_context(instance=instance, scheduled_execution_time=at) as context:
        results = daily_client_runs(context)
        assert isinstance(results, Iterator)
        return list(results)


def requested(results: list[dg.RunRequest | dg.SkipReason]) -> list[tuple[str | None, str | None]]:
    return [(result.partition_key, result.run_key) for result in results if isinstance(result, dg.RunRequest)]


def test_each_client_is_requested_at_its_own_local_time_once_a_day(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    configure(workspace, "adler")
    configure(workspace, "tokyo", zone="Asia/Tokyo")
    assert requested(evaluate(instance, datetime(2026, 7, 1, 3, tzinfo=UTC))) == [("adler", "adler:2026-07-01")]
    assert requested(evaluate(instance, datetime(2026, 7, 1, 20, tzinfo=UTC))) == [("tokyo", "tokyo:2026-07-02")]
    (skipped,) = evaluate(instance, datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert isinstance(skipped, dg.SkipReason)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"name: [", b"1: x\n", b"name: 2026-02-30\n", b"[a]: b\n", b"timezone: Mars/Base\n"]
)
def test_a_broken_client_does_not_hold_up_another(
    workspace: Workspace, instance: dg.DagsterInstance, content: bytes
) -> None:
    configure(workspace, "adler")
    configure(workspace, "broken")
    configure(workspace, "cormoran")
    (workspace.clients / "broken" / "client.yaml").write_bytes(content)
    results = requested(evaluate(instance, datetime(2026, 7, 1, 3, tzinfo=UTC)))
    assert [partition for partition, _ in results] == ["adler", "cormoran"]


def test_a_new_client_is_run_by_the_schedule_without_waiting_for_the_sensor(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    configure(workspace, "adler")
    evaluate(instance, datetime(2026, 7, 1, 3, tzinfo=UTC))
    assert instance.get_dynamic_partitions("client") == ["adler"]


def test_a_folder_added_under_clients_becomes_a_partition(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    configure(workspace, "adler")
    (workspace.clients / "no_client").mkdir()
    with dg.build_sensor_context(instance=instance) as context:
        result = housekeeping(context)
        assert isinstance(result, dg.SensorResult)
        (request,) = result.dynamic_partitions_requests or []
        assert (request.partitions_def_name, list(request.partition_keys)) == ("client", ["adler"])
        instance.add_dynamic_partitions("client", ["adler"])
        assert isinstance(housekeeping(context), dg.SkipReason)
