"""What the casebook promises: nothing is entered twice, nothing goes back, every change can be found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from casebook import Casebook, Evidence, MessageState, open_casebook
from casebook.models import Base
from casebook.schema import HEAD, MIGRATIONS
from duebook.errors import DuebookError

MESSAGE: dict[str, Any] = {
    "client_id": "nordwind",
    "message_key": "erp:7|reminder",
    "source": "erp",
    "customer_id": "7",
    "customer_key": "erp:7",
    "currency": "EUR",
    "language": "de",
    "channel": "email",
    "strategy": "standard",
    "step": "reminder",
    "due_cycle": date(2026, 1, 1),
    "planned_on": date(2026, 1, 4),
    "total_amount": Decimal("123456789012345.678"),
    "template": "reminder",
}
EVIDENCE = Evidence(
    planned_on=date(2026, 1, 4),
    total_amount=Decimal("10.500"),
    template_version="v1",
    content_hash="abc",
    sender_name="Nordwind",
    sender_email="ar@nordwind.example",
    recipient="a@customer.example",
    subject="Zahlungserinnerung",
    file="outbox/2026-01-04/email/7.eml",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nordwind" / "casebook.sqlite"


@pytest.fixture
def book(path: Path) -> Iterator[Casebook]:
    with open_casebook(path) as opened:
        yield opened


def stored(path: Path, columns: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(f"select {columns} from outbox_message order by message_key").fetchall()


def test_a_message_entered_again_is_left_exactly_as_it_is(book: Casebook, path: Path) -> None:
    assert book.add_planned([MESSAGE]) == {"erp:7|reminder"}
    before = stored(path, "*")
    assert book.add_planned([{**MESSAGE, "total_amount": Decimal(1)}]) == set()
    assert stored(path, "*") == before


def test_the_same_key_of_two_clients_is_two_messages(book: Casebook) -> None:
    book.add_planned([MESSAGE])
    assert book.add_planned([{**MESSAGE, "client_id": "suedwind"}]) == {"erp:7|reminder"}


def test_money_is_kept_exactly(book: Casebook, path: Path) -> None:
    book.add_planned([MESSAGE])
    assert stored(path, "total_amount, typeof(total_amount)") == [("123456789012345.678", "text")]
    assert book.messages("nordwind", ["erp:7|reminder"])["erp:7|reminder"].total_amount == MESSAGE["total_amount"]


def test_a_rendered_message_keeps_its_first_evidence(book: Casebook) -> None:
    book.add_planned([MESSAGE])
    assert book.mark_rendered("nordwind", {"erp:7|reminder": EVIDENCE}) == 1
    assert book.mark_rendered("nordwind", {"erp:7|reminder": replace(EVIDENCE, content_hash="other")}) == 0
    kept = book.messages("nordwind", ["erp:7|reminder"])["erp:7|reminder"]
    assert (kept.state, kept.content_hash) == (MessageState.RENDERED, "abc")


def test_every_change_moves_updated_at_on_in_one_format(book: Casebook, path: Path) -> None:
    book.add_planned([MESSAGE])
    (planned,) = stored(path, "updated_at")[0]
    book.mark_rendered("nordwind", {"erp:7|reminder": EVIDENCE})
    (rendered,) = stored(path, "updated_at")[0]
    assert rendered > planned
    for text in (planned, rendered):
        assert datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").isoformat(" ", "microseconds") == text


def test_a_clock_that_was_set_back_hides_no_change(book: Casebook, path: Path) -> None:
    book.add_planned([MESSAGE])
    with sqlite3.connect(path) as connection:
        connection.execute("update outbox_message set updated_at = '2099-01-01 00:00:00.000000'")
    book.add_planned([{**MESSAGE, "message_key": "second"}])
    assert stored(path, "max(updated_at)") == [("2099-01-01 00:00:00.000001",)]
    assert stored(path, "updated_at")[1] == ("2099-01-01 00:00:00.000001",)


def test_many_messages_fit(book: Casebook) -> None:
    keys = [f"key-{number:05}" for number in range(1300)]
    assert book.add_planned([{**MESSAGE, "message_key": key} for key in keys]) == set(keys)
    assert set(book.messages("nordwind", keys)) == set(keys)


def test_what_was_entered_is_there_after_reopening(path: Path) -> None:
    with open_casebook(path) as first:
        first.add_planned([MESSAGE])
    with open_casebook(path) as second:
        assert [message.message_key for message in second.messages_of_day("nordwind", date(2026, 1, 4))] == [
            "erp:7|reminder"
        ]


def test_the_migrations_give_the_tables_the_code_works_with(book: Casebook) -> None:
    with book.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_casebook_of_a_newer_version_is_refused_in_plain_words(path: Path) -> None:
    open_casebook(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(DuebookError, match="newer version of Duebook"):
        open_casebook(path)


def test_a_file_that_is_no_casebook_is_refused_in_plain_words(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"these are not the bytes of a database" * 100)
    with pytest.raises(DuebookError, match="cannot be used as a casebook"):
        open_casebook(path)
