"""What customers get from one day to the next."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date

import pytest
from orchestration_home import UNTIL, Home

from duebook.snapshot import open_current

NEXT_DAY = date(2026, 4, 1)
CLIENT = "brightwater"


@pytest.fixture(scope="module")
def two_days(module_home: Home) -> Home:
    for day in (UNTIL, NEXT_DAY):
        done = module_home.run(CLIENT, day)
        assert done.returncode == 0, done.stdout
    return module_home


def messages(home: Home) -> list[tuple[str, str, str]]:
    with sqlite3.connect(home.paths(CLIENT).casebook) as connection:
        return connection.execute("select planned_on, customer_key, message_key from outbox_message").fetchall()


def test_nobody_is_contacted_again_the_next_day(two_days: Home) -> None:
    contacted: dict[str, set[str]] = defaultdict(set)
    for day, customer_key, _ in messages(two_days):
        contacted[day].add(customer_key)
    assert len(contacted[UNTIL.isoformat()]) > 10
    assert not contacted[UNTIL.isoformat()] & contacted[NEXT_DAY.isoformat()]


def test_what_was_told_yesterday_says_so_today(two_days: Home) -> None:
    snapshot = open_current(two_days.paths(CLIENT))
    reasons = {row["reason"] for row in snapshot.rows("select distinct reason from suppressed")}
    assert reasons & {"already_contacted", "contacted_recently"}
    told = {customer_key for day, customer_key, _ in messages(two_days) if day == UNTIL.isoformat()}
    held_back = {row["customer_key"] for row in snapshot.rows("select customer_key from suppressed")}
    still_overdue = {
        row["customer_key"]
        for row in snapshot.rows(
            """
            select distinct item.customer_key
            from open_interval inner join item on item.item_key = open_interval.item_key
            where valid_from <= $day and valid_to > $day and open_amount > 0 and due_on < $day
            """,
            {"day": NEXT_DAY},
        )
    }
    assert told & still_overdue <= held_back


def test_no_key_is_used_twice(two_days: Home) -> None:
    keys = [key for _, _, key in messages(two_days)]
    assert len(keys) == len(set(keys))
