"""What became of the client's data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from streamlit.testing.v1 import AppTest

from duebook.workspace import Workspace


def test_what_landed_is_used_left_out_or_rejected(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    found = {metric.label: int(metric.value) for metric in open_page("data_health").metric}
    assert found == {"Landed": 9, "Used": 6, "Left out": 2, "Rejected": 1}


def test_a_rejected_record_is_shown_with_file_row_column_and_reason(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.more["rejected"] = [
        {
            "source": "erp",
            "entity": "invoices",
            "key": "17",
            "file": "may.csv",
            "row_number": 4,
            "column_name": "Due",
            "reason": "'31.02.2026' is no day",
        }
    ]
    books.publish(workspace)
    (row,) = open_page("data_health").dataframe[-1].value.to_dict("records")
    assert (row["file"], row["row_number"], row["column_name"]) == ("may.csv", 4, "Due")
    assert row["reason"] == "'31.02.2026' is no day"


def test_a_difference_from_the_books_is_named_with_its_amount(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    comparison = {"source": "erp", "scope": "document", "currency": "EUR", "ledger_balance": Decimal(90)}
    books.more["control_comparison"] = [
        comparison | {"day": date(2026, 3, 1), "control_balance": Decimal(90), "difference": Decimal(0)},
        comparison | {"day": date(2026, 3, 20), "control_balance": Decimal(100), "difference": Decimal(-10)},
    ]
    books.publish(workspace)
    app = open_page("data_health")
    assert "10.00 EUR" in app.error[0].value
    app.sidebar.date_input[0].set_value(date(2026, 3, 15)).run()
    assert not app.error
    assert "2026-03-01" in app.success[0].value


def test_each_source_is_listed_with_its_newest_load(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    text = " ".join(markdown.value for markdown in open_page("data_health").markdown)
    assert "**erp** was last read 2026-03-31 06:00 CEST" in text


def test_a_snapshot_of_another_version_of_duebook_is_explained(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    snapshot = books.publish(workspace)
    (snapshot.folder / "run_summary.parquet").write_bytes((snapshot.folder / "ageing_bucket.parquet").read_bytes())
    app = open_page("data_health")
    assert "another version of Duebook" in app.error[0].value
