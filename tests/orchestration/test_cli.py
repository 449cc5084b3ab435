"""The command line: what a user asks, and what a user does wrong."""

from __future__ import annotations

import csv
import io
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from orchestration_home import Home

from duebook.snapshot import open_current


@pytest.fixture(scope="module")
def ran(module_home: Home) -> Home:
    """Both demo clients, run."""
    for client_id in ("nordwind", "brightwater"):
        done = module_home.run(client_id)
        assert done.returncode == 0, done.stdout
    return module_home


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    assert done.returncode == 0, done.stdout
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_clients_are_listed_with_their_sources_and_what_is_published(ran: Home) -> None:
    done = ran.duebook("clients")
    assert done.returncode == 0
    lines = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    assert set(lines) == {"brightwater", "nordwind"}
    assert "erp (odoo)" in lines["nordwind"]
    assert lines["nordwind"].endswith(open_current(ran.paths("nordwind")).version)


def test_check_tells_counts_and_control_total_and_changes_nothing(home: Home) -> None:
    done = home.duebook("check", "nordwind")
    assert done.returncode == 0, done.stdout
    assert "account_move_line:" in done.stdout
    assert "control total:" in done.stdout
    assert not (home.workspace.data / "nordwind").exists()


def test_check_of_a_source_that_is_missing_fails_plainly(home: Home) -> None:
    (home.paths("nordwind").config / "erp.sqlite").unlink()
    done = home.duebook("check", "nordwind")
    assert done.returncode == 1
    assert "does not exist or cannot be read" in done.stdout
    assert "Traceback" not in done.stdout


def test_query_gives_csv_of_the_snapshot(ran: Home) -> None:
    (row,) = rows(ran.duebook("query", "nordwind", "select count(*) as items, 'a,\"b' as text from item"))
    snapshot = open_current(ran.paths("nordwind"))
    assert row == {"items": str(snapshot.tables["item"]["rows"]), "text": 'a,"b'}


def test_query_gives_lists_and_structs_as_text(ran: Home) -> None:
    (row,) = rows(ran.duebook("query", "nordwind", "select [1, 2] as l, {'a': date '2026-01-01'} as s, null as n"))
    assert row == {"l": "[1, 2]", "s": "{'a': datetime.date(2026, 1, 1)}", "n": ""}


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('{other}')",
        "select * from '{other}'",
        "copy item to '/tmp/stolen.csv'",
        "attach '{warehouse}' as w",
        "select 1; select 2",
        "set enable_external_access = true",
        "selekt 1",
        "select * from no_such_table",
    ],
)
def test_query_reads_nothing_else_of_the_machine(ran: Home, sql: str) -> None:
    other = open_current(ran.paths("brightwater")).folder / "item.parquet"
    done = ran.duebook("query", "nordwind", sql.format(other=other, warehouse=ran.paths("nordwind").warehouse))
    assert done.returncode == 1
    assert len(done.stdout.strip().splitlines()) <= 2
    assert "Traceback" not in done.stdout


def test_the_reader_of_a_query_may_go_away(ran: Home) -> None:
    process = ran.start("query", "nordwind", "select * from item cross join (select * from item limit 50)")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.wait(timeout=60)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_export_writes_the_same_ageing_in_every_format(ran: Home, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"ageing.{kind}"
    done = ran.duebook("export", "brightwater", "ageing", "--as-of", "2026-02-11", "--format", kind, "--out", str(file))
    assert done.returncode == 0, done.stdout
    if kind == "csv":
        table = [(row["customer_id"], row["currency"], Decimal(row["total"])) for row in csv.DictReader(file.open())]
    elif kind == "parquet":
        table = [(row["customer_id"], row["currency"], row["total"]) for row in pq.read_table(file).to_pylist()]
    else:
        sheet = openpyxl.load_workbook(file)["ageing"]
        heading, *lines = sheet.iter_rows(values_only=True)
        at = {name: index for index, name in enumerate(heading)}
        table = [
            (line[at["customer_id"]], line[at["currency"]], round(Decimal(str(line[at["total"]])), 3)) for line in lines
        ]
    expected = open_current(ran.paths("brightwater")).rows(
        """
        select customer.customer_id, open_interval.currency, sum(open_amount) as total
        from open_interval inner join customer on customer.customer_key = open_interval.customer_key
        where valid_from <= $day and valid_to > $day
        group by all
        """,
        {"day": date(2026, 2, 11)},
    )
    assert sorted(table) == sorted((row["customer_id"], row["currency"], row["total"]) for row in expected)
    assert len(table) > 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nobody"], "There is no client 'nobody'"),
        (["run", "../nordwind"], "There is no client '../nordwind'"),
        (["export", "nordwind", "profits", "--out", "x.csv"], "There is no report 'profits'. Reports: ageing,"),
        (["export", "nordwind", "ageing", "--as-of", "2099-01-01", "--out", "x.csv"], "is not known yet"),
        (["export", "nordwind", "ageing", "--out", "/proc/none/x.csv"], "cannot be written"),
        (["export", "nordwind", "ageing", "--out", "."], "is a folder"),
        (["export", "nordwind", "ageing", "--out", "ageing.pdf"], "tells no format"),
    ],
)
def test_what_a_user_does_wrong_is_told_in_a_line_or_two(ran: Home, arguments: list[str], words: str) -> None:
    done = ran.duebook(*arguments)
    assert done.returncode == 1
    assert words in done.stdout
    assert len(done.stdout.strip().splitlines()) <= 2
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("arguments", [["run", "nordwind", "--as-of", "31.03.2026"], ["export", "nordwind"], ["rum"]])
def test_a_wrong_option_is_explained(ran: Home, arguments: list[str]) -> None:
    done = ran.duebook(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout


def test_nothing_published_says_what_to_run(home: Home) -> None:
    done = home.duebook("export", "nordwind", "ageing", "--out", "x.csv")
    assert done.returncode == 1
    assert "duebook run nordwind" in done.stdout


def test_a_broken_client_is_named_and_the_others_are_listed(home: Home) -> None:
    (home.paths("brightwater").config / "client.yaml").write_text("name: [", encoding="utf-8")
    done = home.duebook("clients")
    assert done.returncode == 1
    assert "nordwind\t" in done.stdout
    assert "client.yaml line" in done.stdout
