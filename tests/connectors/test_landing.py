"""A load is there whole or not at all, later loads come later, and the warehouse sees what exists."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.base import CheckLine, Column, ColumnType, Connector, Entity, Options
from connectors.landed_views import create_landed_views
from connectors.landing import Landing, Load, Manifest
from duebook.clients import Agency, Client, Sender, Source

ITEM = Entity("item", (Column("id", ColumnType.INTEGER), Column("amount", ColumnType.MONEY)), cursor="id")
OTHER = Entity("other", (Column("id", ColumnType.INTEGER),))
WIDER = Entity("item", (Column("note"), *ITEM.columns, Column("paid", ColumnType.BOOLEAN)), cursor="id")


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", "erp")


def rows(*ids: int, **columns: list[Any]) -> pa.Table:
    return pa.table({"id": list(ids), **columns})


def land(landing: Landing, *ids: int, deleted: Sequence[int] = (), entity: Entity = ITEM, **columns: list[Any]) -> Load:
    with landing.load("odoo", [entity]) as load:
        load.write(entity.name, rows(*ids, **columns))
        load.write_deleted(entity.name, pa.table({"id": pa.array(deleted, pa.int64())}))
    return load


def live(landing: Landing, entity: Entity = ITEM, *columns: str) -> list[dict[str, Any]]:
    found = landing.newest_versions(entity, columns or ("id",)).to_pylist()
    return sorted(found, key=lambda row: int(row["id"]))


def files(landing: Landing) -> list[str]:
    return sorted(str(path.relative_to(landing.folder)) for path in landing.folder.rglob("*") if path.is_file())


def test_a_load_has_a_manifest_that_matches_its_files(landing: Landing) -> None:
    with landing.load("odoo", [ITEM, OTHER]) as load:
        load.write("item", rows(1, 2))
        load.write("item", rows(3).to_batches()[0])
        load.write_deleted("item", rows(9))
        load.set_cursor("item", "3")
        load.state["seen"] = ["a.csv"]
    (manifest,) = landing.manifests()
    entry = manifest.entities["item"]
    (file,) = landing.files("item")
    assert (entry.rows, entry.deleted, entry.cursor) == (3, 1, "3")
    assert entry.bytes == file.stat().st_size
    assert entry.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert pq.read_metadata(file).num_rows == 4
    assert (manifest.source, manifest.erp, manifest.state) == ("erp", "odoo", {"seen": ["a.csv"]})
    assert (manifest.entities["other"].rows, landing.files("other")) == (0, [])


def test_landed_rows_carry_their_load_and_whether_they_are_gone(landing: Landing) -> None:
    load = land(landing, 1, deleted=[9])
    landed = pq.read_table(landing.files("item")[0]).to_pylist()
    assert [(row["id"], row["_deleted"], row["_load_id"]) for row in landed] == [
        (1, False, load.load_id),
        (9, True, load.load_id),
    ]
    assert abs((datetime.now(UTC) - landed[0]["_extracted_at"]).total_seconds()) < 60


KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
from connectors.base import Column, ColumnType, Entity
from connectors.landing import Landing
item = Entity("item", (Column("id", ColumnType.INTEGER), Column("amount", ColumnType.MONEY)), cursor="id")
with Landing(Path(sys.argv[1]), "erp").load("odoo", [item]) as load:
    load.write("item", pa.table({"id": [7, 8]}))
    load.set_cursor("item", "8")
    if sys.argv[2] == "closed":
        load.manifest.write = lambda path: os.kill(os.getpid(), signal.SIGKILL)
        load.commit()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["writing", "closed"])
def test_a_load_killed_before_its_manifest_is_invisible_and_swept(landing: Landing, when: str) -> None:
    land(landing, 1)
    good = files(landing)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(landing.folder.parent), when], check=False)
    assert killed.returncode == -9
    assert len(files(landing)) == len(good) + 1, "the killed load was to leave its file"
    assert live(landing) == [{"id": 1}]
    assert len(landing.manifests()) == 1
    with landing.load("odoo", [ITEM]) as load:
        assert load.previous_cursor("item") is None
        assert files(landing) == good
    assert live(landing) == [{"id": 1}]


def test_a_manifest_that_was_not_finished_is_no_load(landing: Landing) -> None:
    land(landing, 1)
    half = landing.folder / "_manifests" / ".x.json.123.tmp"
    half.write_text("{", encoding="utf-8")
    assert len(landing.manifests()) == 1
    land(landing, 2)
    assert not half.exists()


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_an_extraction_that_fails_leaves_nothing(landing: Landing, error: BaseException) -> None:
    land(landing, 1)
    good = files(landing)

    def extract() -> None:
        with landing.load("odoo", [ITEM]) as load:
            load.write("item", rows(2))
            raise error

    with pytest.raises(type(error)):
        extract()
    assert files(landing) == good


def test_a_value_that_does_not_fit_its_type_fails_the_whole_load(landing: Landing) -> None:
    def extract() -> None:
        with landing.load("odoo", [ITEM]) as load:
            load.write("item", pa.table({"id": ["1"]}))
            load.write("item", pa.table({"id": ["one"]}))

    with pytest.raises(pa.ArrowInvalid):
        extract()
    assert files(landing) == []


def test_the_cursor_comes_from_the_last_good_load_and_stays_when_nothing_is_new(landing: Landing) -> None:
    with landing.load("odoo", [ITEM]) as load:
        assert load.previous_cursor("item") is None
        load.set_cursor("item", "2026-01-01")
    with landing.load("odoo", [ITEM]) as load:
        load.set_cursor("item", None)
    with landing.load("odoo", [ITEM, OTHER]) as load:
        assert load.previous_cursor("item") == "2026-01-01"
        assert load.previous_cursor("other") is None
    with landing.load("odoo", [ITEM], full=True) as load:
        assert load.previous_cursor("item") is None
        assert load.state == {}


def test_loads_stay_in_order_when_the_clock_is_set_back(landing: Landing) -> None:
    future = Manifest("20991231T235959.000000Z", "erp", "odoo", "2099-12-31T23:59:59+00:00", {})
    future.write(landing.folder / "_manifests" / f"{future.load_id}.json")
    loads = [land(landing, 1, amount=[amount]).load_id for amount in ("1", "2", "3")]
    assert len({future.load_id, *loads}) == 4
    assert [manifest.load_id for manifest in landing.manifests()] == [future.load_id, *loads]
    assert sorted([future.load_id, *loads]) == [future.load_id, *loads]
    assert [str(row["amount"]) for row in live(landing, ITEM, "id", "amount")] == ["3.0000"]


def test_the_newest_version_of_what_exists_counts(landing: Landing) -> None:
    land(landing, 1, 2, 3, amount=["10", "20", "30"])
    land(landing, 2, amount=["21"], deleted=[1])
    land(landing, deleted=[3])
    assert live(landing) == [{"id": 2}]
    land(landing, 3, amount=["33"])
    assert [(row["id"], str(row["amount"])) for row in live(landing, ITEM, "id", "amount")] == [
        (2, "21.0000"),
        (3, "33.0000"),
    ]


def test_a_record_deleted_and_made_again_in_one_load_exists(landing: Landing) -> None:
    land(landing, 1)
    land(landing, 1, deleted=[1])
    assert live(landing) == [{"id": 1}]


def test_an_entity_that_gained_columns_is_read_with_nulls_for_older_loads(landing: Landing) -> None:
    land(landing, 1, amount=["10"])
    assert live(landing, WIDER, "id", "paid") == [{"id": 1, "paid": None}], "before any load with the new column"
    land(landing, 2, entity=WIDER, note=["n"], amount=["20"], paid=[True])
    expected = [{"id": 1, "note": None, "paid": None}, {"id": 2, "note": "n", "paid": True}]
    assert live(landing, WIDER, "id", "note", "paid") == expected


class Demo(Connector):
    """A connector that only says what it would land."""

    erp = "demo"
    entities: ClassVar[tuple[Entity, ...]] = (WIDER, OTHER)
    options_model = Options

    def configure(self, options: Options) -> None:
        pass

    def check(self) -> Sequence[CheckLine]:
        return []

    def extract(self, load: Load) -> None:
        pass


def demo(source: str) -> Demo:
    configured = Source(name=source, erp="demo")
    client = Client(
        id="nordwind",
        name="Nordwind",
        home_currency="EUR",
        country="DE",
        timezone="Europe/Berlin",
        languages=("de",),
        sender=Sender(name="N", email="a@b.example"),
        agency=Agency(name="A"),
        sources=(configured,),
    )
    return Demo(client, configured, Options(), Path())


def test_the_warehouse_sees_all_versions_of_all_sources_with_todays_columns(landing: Landing) -> None:
    land(landing, 1, amount=["10"])
    land(landing, 1, entity=WIDER, note=["n"], amount=["11"], paid=[False])
    with duckdb.connect() as warehouse:
        create_landed_views(warehouse, landing.folder.parent, [demo("erp"), demo("never_landed")], [])
        seen = warehouse.execute(
            "select _source, id, amount, note, paid from landing.demo__item order by _load_id"
        ).fetchall()
        described = warehouse.execute("describe landing.demo__item").fetchall()
        empty = warehouse.execute("select count(*) from landing.demo__other").fetchone()
    assert [(row[0], row[1], str(row[2]), *row[3:]) for row in seen] == [
        ("erp", 1, "10.0000", None, None),
        ("erp", 1, "11.0000", "n", False),
    ]
    assert empty == (0,)
    assert [column[:2] for column in described] == [
        ("note", "VARCHAR"),
        ("id", "BIGINT"),
        ("amount", "DECIMAL(20,4)"),
        ("paid", "BOOLEAN"),
        ("_load_id", "VARCHAR"),
        ("_extracted_at", "TIMESTAMP WITH TIME ZONE"),
        ("_deleted", "BOOLEAN"),
        ("_source", "VARCHAR"),
    ]


def test_the_warehouse_sees_nothing_of_an_unfinished_load(landing: Landing) -> None:
    land(landing, 1)
    stray = landing.folder / "item" / "29990101T000000.000000Z.parquet"
    stray.write_bytes(landing.files("item")[0].read_bytes())
    with duckdb.connect() as warehouse:
        create_landed_views(warehouse, landing.folder.parent, [demo("erp")], [])
        assert warehouse.execute("select count(*) from landing.demo__item").fetchone() == (1,)


def test_a_source_that_never_landed_is_empty_but_typed_for_every_column_type(tmp_path: Path) -> None:
    class AllTypes(Demo):
        entities: ClassVar[tuple[Entity, ...]] = (
            Entity("all", tuple(Column(kind.name.lower(), kind) for kind in ColumnType)),
        )

    source = demo("erp")
    with duckdb.connect() as warehouse:
        create_landed_views(warehouse, tmp_path, [AllTypes(source.client, source.source, Options(), Path())], [])
        types = dict(row[:2] for row in warehouse.execute('describe landing."demo__all"').fetchall())
    assert types["money"] == "DECIMAL(20,4)"
    assert types["rate"] == "DECIMAL(38,12)"
    assert (types["text"], types["json"], types["date"], types["timestamp"]) == (
        "VARCHAR",
        "VARCHAR",
        "DATE",
        "TIMESTAMP",
    )
