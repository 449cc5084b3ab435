"""Readers see the last good version whole, and nothing else; a user's query can read it and do nothing more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from duebook.errors import AuditError, NoSnapshotError, QueryError
from duebook.snapshot import KEPT_VERSIONS, PublishedTable, Snapshot, current_version, open_current, publish
from duebook.workspace import ClientPaths

DAY = date(2026, 3, 31)
TABLES = (PublishedTable("item", "item", ("id desc",)),)
Publish = Callable[[int], Snapshot]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def fill(warehouse: duckdb.DuckDBPyConnection, rows: int) -> None:
    warehouse.execute(f"create or replace table item as select i as id, 'n' || i as name from range({rows}) as r(i)")


@pytest.fixture
def publish_rows(paths: ClientPaths, warehouse: duckdb.DuckDBPyConnection) -> Publish:
    def publish_rows(rows: int) -> Snapshot:
        fill(warehouse, rows)
        return publish(paths, warehouse, TABLES, as_of=DAY, facts={"home_currency": "EUR"}, audit=lambda version: None)

    return publish_rows


def count(snapshot: Snapshot) -> int:
    rows: int = snapshot.rows("select count(*) as n from item")[0]["n"]
    return rows


def test_before_the_first_publication_the_reader_is_told_what_to_run(paths: ClientPaths) -> None:
    assert current_version(paths) is None
    with pytest.raises(NoSnapshotError, match="Run: duebook run nordwind"):
        open_current(paths)


def test_a_published_version_is_the_current_one_with_its_facts_and_order(
    paths: ClientPaths, publish_rows: Publish
) -> None:
    version = publish_rows(3).version
    current = open_current(paths)
    assert current.version == current_version(paths) == version
    assert (current.client_id, current.as_of, current.facts) == ("nordwind", DAY, {"home_currency": "EUR"})
    assert [row["id"] for row in current.rows("select id from item")] == [2, 1, 0]
    manifest = json.loads((current.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"]["item"] == {"rows": 3, "bytes": (current.folder / "item.parquet").stat().st_size}


def test_a_failed_audit_leaves_the_last_good_version_and_the_pointer(
    paths: ClientPaths, warehouse: duckdb.DuckDBPyConnection, publish_rows: Publish
) -> None:
    publish_rows(3)
    pointer = paths.published / "CURRENT"
    before = (pointer.read_bytes(), pointer.stat().st_mtime_ns, pointer.stat().st_ino)
    fill(warehouse, 4)

    def audit(version: Snapshot) -> None:
        assert count(version) == 4
        raise AuditError("the balance differs")

    with pytest.raises(AuditError, match="the balance differs"):
        publish(paths, warehouse, TABLES, as_of=DAY, facts={}, audit=audit)
    assert (pointer.read_bytes(), pointer.stat().st_mtime_ns, pointer.stat().st_ino) == before
    assert count(open_current(paths)) == 3


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
import duckdb
from duebook.snapshot import PublishedTable, publish
from duebook.workspace import ClientPaths
warehouse = duckdb.connect()
warehouse.execute("create table item as select 1 as id")
publish(ClientPaths("nordwind", Path(), Path(sys.argv[1])), warehouse, [PublishedTable("item", "item")],
        as_of=date(2026, 3, 31), facts={}, audit=lambda version: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_what_a_killed_publication_left_is_never_seen_and_is_swept(paths: ClientPaths, publish_rows: Publish) -> None:
    publish_rows(3)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(paths.data)], check=False)
    assert killed.returncode == -9
    assert len(list(paths.published.iterdir())) == 3, "the killed publication was to leave its unfinished folder"
    assert count(open_current(paths)) == 3
    publish_rows(5)
    assert count(open_current(paths)) == 5
    assert len(list(paths.published.iterdir())) == 3, "two versions and the pointer"


def test_the_newest_versions_are_kept_and_older_ones_go(paths: ClientPaths, publish_rows: Publish) -> None:
    versions = [publish_rows(rows).version for rows in range(1, KEPT_VERSIONS + 4)]
    kept = sorted(entry.name for entry in paths.published.iterdir() if entry.is_dir())
    assert kept == versions[-KEPT_VERSIONS:]
    assert KEPT_VERSIONS == 5


def test_an_older_as_of_published_later_is_the_newest_version(
    paths: ClientPaths, warehouse: duckdb.DuckDBPyConnection, publish_rows: Publish
) -> None:
    for rows in range(1, KEPT_VERSIONS + 1):
        publish_rows(rows)
    fill(warehouse, 99)
    publish(paths, warehouse, TABLES, as_of=date(2020, 1, 1), facts={}, audit=lambda version: None)
    publish_rows(7)
    assert any(entry.name.startswith("2020-01-01_") for entry in paths.published.iterdir())


def test_the_pointer_moved_back_by_hand_rolls_back(paths: ClientPaths, publish_rows: Publish) -> None:
    first = publish_rows(1).version
    publish_rows(2)
    (paths.published / "CURRENT").write_text(first + "\n", encoding="utf-8")
    assert count(open_current(paths)) == 1


def test_a_reader_keeps_its_version_while_new_ones_are_published(paths: ClientPaths, publish_rows: Publish) -> None:
    publish_rows(10_000)
    reader = open_current(paths)
    stream = reader.query_untrusted("select id from item")
    for rows in range(1, KEPT_VERSIONS):
        publish_rows(rows)
        assert count(reader) == 10_000
    assert sum(batch.num_rows for batch in stream) == 10_000
    assert count(open_current(paths)) == KEPT_VERSIONS - 1


@pytest.fixture
def other_file(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> Path:
    """A published file of another client."""
    fill(warehouse, 2)
    other = ClientPaths("adler", tmp_path, tmp_path / "data" / "adler")
    snapshot = publish(other, warehouse, TABLES, as_of=DAY, facts={}, audit=lambda version: None)
    return snapshot.folder / "item.parquet"


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_parquet('{other}')",
        "select * from '{other}'",
        "from '{other}'",
        "select * from parquet_metadata('{other}')",
        "select * from glob('{folder}/*')",
        "select * from read_text('/etc/hostname')",
        "select * from read_blob('/etc/hostname')",
        "select * from read_csv('/etc/hostname')",
        "select * from read_json('/etc/hostname')",
        "select * from sniff_csv('/etc/hostname')",
        "select (select content from read_text('/etc/hostname'))",
        "with a as (select * from read_csv('/etc/hostname')) select * from a",
        "select * from item where name in (select content from read_text('/etc/hostname'))",
        "select * from query('select * from read_text(''/etc/hostname'')')",
        "select * from query_table('{other}')",
        "select * from read_parquet('{own}/../../../../adler/published/x/item.parquet')",
    ],
)
def test_a_query_reads_no_file_but_the_snapshots_own(publish_rows: Publish, other_file: Path, sql: str) -> None:
    snapshot = publish_rows(3)
    with pytest.raises(QueryError) as caught:
        snapshot.query_untrusted(sql.format(other=other_file, folder=other_file.parent, own=snapshot.folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "select 1; select 2",
        "select 1; drop view item",
        "copy item to '{target}'",
        "copy (select 1) to '{own}'",
        "attach '{target}'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset allowed_paths",
        "pragma version",
        "call pragma_version()",
        "create table x (a int)",
        "create or replace view item as select 1",
        "insert into item values (1)",
        "delete from item",
        "drop view item",
        "export database '{target}'",
        "explain analyze select 1",
        "with a as (insert into item values (1, 'x') returning *) select * from a",
        "with a as (copy (select 1) to '{target}') select * from a",
        "with a as (copy (select 1 as id) to '{own}' (format parquet, use_tmp_file false)) select * from a",
        "select * from (with a as (copy (select 1) to '{own}' (use_tmp_file false)) select * from a)",
        "select * from query('with a as (copy (select 1) to ''{own}'' (use_tmp_file false)) select * from a')",
        "select * from query('copy item to ''{target}''')",
    ],
)
def test_a_query_is_one_select_that_changes_nothing(publish_rows: Publish, tmp_path: Path, sql: str) -> None:
    snapshot = publish_rows(3)
    own, target = snapshot.folder / "item.parquet", tmp_path / "target"
    before = own.read_bytes()
    with pytest.raises(QueryError) as caught:
        snapshot.query_untrusted(sql.format(own=own, target=target)).read_all()
    assert "\n" not in str(caught.value)
    assert own.read_bytes() == before
    assert not target.exists()
    assert count(snapshot) == 3


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n from item;",
        "select count(*) as n from item ; -- one ü; comment",
        "from (select count(*) as n from item)",
        "with a as (select count(*) as n from item) select n from a",
        "/* ü; */ select count(*) as n from item where name <> ';'",
    ],
)
def test_an_honest_select_is_answered_however_it_is_written(publish_rows: Publish, sql: str) -> None:
    assert publish_rows(3).query_untrusted(sql).read_all().to_pylist() == [{"n": 3}]


@pytest.mark.parametrize(
    "sql",
    ["selec 1", "select nope from item", "select * from absent", "select 1 / 'a'", "select $1", "select error('a\nb')"],
)
def test_a_query_that_fails_is_told_in_one_line(publish_rows: Publish, sql: str) -> None:
    with pytest.raises(QueryError) as caught:
        publish_rows(3).query_untrusted(sql).read_all()
    assert "\n" not in str(caught.value)


def test_a_query_that_fails_far_down_its_rows_is_told_in_one_line_too(publish_rows: Publish) -> None:
    rows = publish_rows(1).query_untrusted(
        "select cast(case when i = 900000 then 'x' else '1' end as int) as n from range(1000000) as r(i)"
    )
    with pytest.raises(QueryError, match="Could not convert") as caught:
        for _ in rows:
            pass
    assert "\n" not in str(caught.value)


def test_a_query_cannot_see_the_variables_of_the_program(publish_rows: Publish) -> None:
    snapshot = publish_rows(1)
    secret = snapshot.query("select 1 as a")
    assert secret.num_rows == 1
    with pytest.raises(QueryError, match="secret does not exist"):
        snapshot.query_untrusted("select * from secret")
