"""Who owes how much for how long."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow.csv as pa_csv
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import exports
from dashboards.queries import ageing
from dashboards.views import open_view, snapshot_of
from duebook import reports
from duebook.workspace import Workspace

DAY = date(2026, 3, 31)
BUCKETS = ["not_due", "days_1_30", "days_31_60", "days_61_90", "days_91_120", "days_over_120", "unapplied", "total"]


def table(app: AppTest) -> Any:
    return app.dataframe[0].value


def row(frame: Any, customer: str, currency: str) -> dict[str, Decimal]:
    (found,) = frame[(frame["customer"] == customer) & (frame["currency"] == currency)].to_dict("records")
    return {name: value for name, value in found.items() if name in BUCKETS and value}


def summary(app: AppTest) -> str:
    return next(markdown.value for markdown in app.markdown if "customers" in markdown.value)


def select(app: AppTest, position: int) -> AppTest:
    frame = app.dataframe[0]
    app.session_state[frame.key] = {"selection": {"rows": [position], "columns": [], "cells": []}}
    return app.run()


def test_each_amount_stands_in_the_bucket_of_its_age_and_currency(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    frame = table(open_page("ageing"))
    assert row(frame, "Pump & Söhne", "EUR") == {
        "not_due": Decimal(500),
        "days_31_60": Decimal(700),
        "total": Decimal(1200),
    }
    assert row(frame, "Tokyo Valves", "JPY") == {"days_1_30": Decimal(60000), "total": Decimal(60000)}
    assert row(frame, "Tokyo Valves", "EUR") == {"unapplied": Decimal(-100), "total": Decimal(-100)}


def test_the_most_overdue_in_home_currency_comes_first(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    assert list(table(open_page("ageing"))["customer"]) == ["Pump & Söhne", "Tokyo Valves", "Tokyo Valves"]
    assert "total **1,500.00 EUR** · overdue **1,100.00 EUR**" in summary(open_page("ageing"))


def test_credits_can_be_aged_by_their_own_date(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = open_page("ageing")
    app.segmented_control[0].set_value("aged").run()
    frame = table(app)
    assert row(frame, "Tokyo Valves", "EUR") == {"days_1_30": Decimal(-100), "total": Decimal(-100)}


@pytest.mark.parametrize("credits", ["apart", "aged"])
@pytest.mark.parametrize("day", [DAY, date(2026, 3, 9), date(2026, 1, 10)])
def test_the_page_and_the_report_to_download_say_the_same(
    workspace: Workspace, books: Any, credits: str, day: date
) -> None:
    books.publish(workspace)
    view = open_view("a")
    shown = ageing.by_customer(view, day, credits).to_pylist()
    downloaded = reports.run(snapshot_of(view), "ageing", day, credits=credits).table.to_pylist()
    columns = ["customer", "customer_id", "currency", *BUCKETS, "total_home"]
    assert sorted([r[c] for c in columns] for r in shown) == sorted([r[c] for c in columns] for r in downloaded)


def test_searching_finds_by_part_of_the_name_or_by_number(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    for wanted in ("söhne", "c1"):
        app = open_page("ageing")
        app.text_input[0].set_value(wanted).run()
        assert list(table(app)["customer"]) == ["Pump & Söhne"]


def test_one_currency_can_be_looked_at_alone(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = open_page("ageing")
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY").run()
    assert list(table(app)["customer"]) == ["Tokyo Valves"]
    assert "overdue **400.00 EUR**" in summary(app)


def test_a_currency_chosen_for_one_day_does_not_break_a_day_without_it(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = open_page("ageing")
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY").run()
    app.sidebar.date_input[0].set_value(date(2026, 1, 20)).run()
    assert not app.exception
    assert list(table(app)["customer"]) == ["Pump & Söhne"]


def test_customers_are_browsed_a_page_at_a_time(
    workspace: Workspace, make_books: Any, document: Any, open_page: Callable[..., AppTest]
) -> None:
    many = [document(f"I{n}", f"C{n:03}", date(2026, 1, 1), date(2026, 1, 31), f"{n}.00") for n in range(1, 41)]
    make_books("a", many).publish(workspace)
    app = open_page("ageing")
    seen = list(table(app)["customer"])
    assert seen[0] == "C040"
    for _ in range(2):
        next(button for button in app.button if button.help == "Next page").click().run()
        seen += list(table(app)["customer"])
    assert sorted(seen) == sorted(f"C{n:03}" for n in range(1, 41))


def test_selecting_a_customer_lists_the_open_items(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = select(open_page("ageing"), 0)
    items = app.dataframe[1].value.to_dict("records")
    assert [
        (i["document_number"], i["days_past_due"], i["open_amount"], i["bucket"], i["disputed"]) for i in items
    ] == [
        ("INV-1", 50, Decimal(700), "31–60 days", False),
        ("INV-2", -4, Decimal(500), "Not due", True),
    ]


def test_the_items_of_a_customer_export_without_those_of_others(workspace: Workspace, books: Any) -> None:
    books.publish(workspace)
    content = exports.report_bytes(open_view("a"), "open-items", DAY, "csv", customer_key="erp:C1")
    assert pa_csv.read_csv(io.BytesIO(content))["document_number"].to_pylist() == ["INV-1", "INV-2"]


def test_every_report_can_be_downloaded_in_each_format(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = open_page("ageing")
    assert [button.label for button in app.get("download_button")] == ["Excel", "CSV", "Parquet"]
    for kind, beginning in (("xlsx", b"PK"), ("csv", b"customer_id"), ("parquet", b"PAR1")):
        assert exports.report_bytes(open_view("a"), "ageing", DAY, kind).lstrip(b'"').startswith(beginning)


HOSTILE = ["<script>alert(1)</script>", "=1+1", "![x](https://evil.example/x.png)", "$\\frac{1}{2}$ :red[x]"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_stands(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest], name: str
) -> None:
    books.names["C1"] = name
    books.publish(workspace)
    app = select(open_page("ageing"), 0)
    assert table(app)["customer"][0] == name
    assert [text.value for text in app.text] == [name]
    assert not any(name in block.value for block in [*app.markdown, *app.caption, *app.subheader])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_exported_as_text(workspace: Workspace, books: Any, name: str) -> None:
    books.names["C1"] = name
    books.publish(workspace)
    view = open_view("a")
    sheet = openpyxl.load_workbook(io.BytesIO(exports.report_bytes(view, "ageing", DAY, "xlsx"))).active
    cells = [cell for line in sheet.iter_rows() for cell in line if name in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]
    names = pa_csv.read_csv(io.BytesIO(exports.report_bytes(view, "ageing", DAY, "csv")))["customer"].to_pylist()
    assert not any(str(exported).startswith("=") for exported in names)
