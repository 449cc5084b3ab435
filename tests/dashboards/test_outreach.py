"""Who is contacted, with what, and who is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import outbox
from duebook.workspace import ClientPaths, Workspace

KEY = "erp:C1|reminder|email|EUR|en|2026-02-09"
EMAIL = (
    "From: AR <ar@client.example>\r\nTo: Pump <ap@pump.example>\r\nSubject: Reminder <b>700</b>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=X\r\n\r\n"
    "--X\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease pay 700.00 EUR.\r\n"
    '--X\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Please pay.</p><script>alert("x")</script>\r\n--X--\r\n'
)


@pytest.fixture
def batch(workspace: Workspace, books: Any) -> ClientPaths:
    """One email to C1, and INV-3 of C2 held back for two reasons."""
    books.more["due_step"] = [
        {
            "message_key": KEY,
            "customer_key": "erp:C1",
            "customer_id": "C1",
            "customer_name": "Pump & Söhne",
            "channel": "email",
            "step": "second_reminder",
            "step_order": 2,
            "language": "en",
            "currency": "EUR",
            "overdue_amount": Decimal(700),
            "not_due_amount": Decimal(500),
            "credit_amount": Decimal(0),
            "total_amount": Decimal(1200),
            "max_days_past_due": 50,
        }
    ]
    books.more["due_step_item"] = [
        {
            "message_key": KEY,
            "item_key": "erp:INV-1",
            "document_number": "INV-1",
            "kind": "invoice",
            "issued_on": date(2026, 1, 10),
            "due_on": date(2026, 2, 9),
            "days_past_due": 50,
            "currency": "EUR",
            "amount": Decimal(1000),
            "open_amount": Decimal(700),
            "part": "overdue",
        }
    ]
    books.more["suppressed"] = [
        {
            "customer_key": "erp:C2",
            "item_key": "erp:INV-3",
            "document_number": "INV-3",
            "currency": "JPY",
            "open_amount": Decimal(60000),
            "days_past_due": 28,
            "reason": reason,
            "explanation": f"because {reason}",
        }
        for reason in ("disputed", "no_address")
    ]
    books.publish(workspace)
    return workspace.client("a")


def write_outbox(paths: ClientPaths, file: str = "outbox/2026-03-31/email/C1.eml", content: str = EMAIL) -> None:
    folder = paths.outbox / "2026-03-31"
    (folder / "email").mkdir(parents=True)
    (folder / "email" / "C1.eml").write_bytes(content.encode())
    header = "message_key,state,recipient,file,problem"
    (folder / "manifest.csv").write_text(f"{header}\n{KEY},rendered,ap@pump.example,{file},\n")


def select_first(app: AppTest) -> AppTest:
    key = app.dataframe[0].key
    app.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return app.run()


def test_the_cards_count_messages_by_channel_and_what_they_are_about(
    batch: ClientPaths, open_page: Callable[..., AppTest]
) -> None:
    found = {metric.label: metric.value for metric in open_page("outreach").metric}
    assert found == {"Emails": "1", "Letters": "0", "Calls": "0", "Overdue addressed · EUR": "700.00"}


def test_selecting_a_message_lists_its_items_and_shows_its_text(
    batch: ClientPaths, open_page: Callable[..., AppTest]
) -> None:
    write_outbox(batch)
    app = select_first(open_page("outreach"))
    assert list(app.dataframe[1].value["document_number"]) == ["INV-1"]
    assert [text.value for text in app.text] == [
        "Pump & Söhne",
        "Reminder <b>700</b>",
        "From AR <ar@client.example>\nTo Pump <ap@pump.example>",
    ]
    assert app.code[0].value.strip() == "Please pay 700.00 EUR."


def test_the_formatted_message_is_shown_in_a_frame_that_can_do_nothing(
    batch: ClientPaths, open_page: Callable[..., AppTest]
) -> None:
    write_outbox(batch)
    app = select_first(open_page("outreach"))
    (frame,) = app.get("iframe")
    assert '<iframe sandbox="" ' in frame.proto.srcdoc
    assert "<script>" not in frame.proto.srcdoc
    assert "default-src 'none'" in frame.proto.srcdoc


@pytest.mark.parametrize("file", ["../b/outbox/x.eml", "/etc/passwd", "casebook.sqlite", "outbox/2026-03-31/gone.eml"])
def test_no_file_outside_the_outbox_is_read(batch: ClientPaths, open_page: Callable[..., AppTest], file: str) -> None:
    (batch.data / "casebook.sqlite").write_text("secret")
    write_outbox(batch, file)
    assert outbox.written_messages("a", date(2026, 3, 31))[KEY].file is None
    app = select_first(open_page("outreach"))
    assert any("not been written out" in caption.value for caption in app.caption)


def test_an_overdue_item_held_back_is_listed_with_every_reason(
    batch: ClientPaths, open_page: Callable[..., AppTest]
) -> None:
    items = open_page("outreach").dataframe[1].value
    assert list(zip(items["document_number"], items["reason"], items["explanation"], strict=True)) == [
        ("INV-3", "Disputed", "because disputed"),
        ("INV-3", "No address", "because no_address"),
    ]


def test_one_reason_can_be_looked_at_alone(batch: ClientPaths, open_page: Callable[..., AppTest]) -> None:
    app = open_page("outreach")
    next(box for box in app.selectbox if box.label == "Reason").set_value("no_address").run()
    assert list(app.dataframe[1].value["reason"]) == ["No address"]


def test_an_earlier_day_says_that_outreach_is_of_the_newest(
    batch: ClientPaths, open_page: Callable[..., AppTest]
) -> None:
    app = open_page()
    app.sidebar.date_input[0].set_value(date(2026, 3, 1)).run()
    app.switch_page("screens/outreach.py").run()
    assert "2026-03-31" in app.info[0].value


def test_the_worklist_of_the_day_can_be_downloaded(batch: ClientPaths, open_page: Callable[..., AppTest]) -> None:
    labels = [button.label for button in open_page("outreach").get("download_button")]
    assert "Calls worklist" not in labels
    batch.worklists.mkdir()
    (batch.worklists / "2026-03-31.xlsx").write_bytes(b"PK")
    assert "Calls worklist" in [button.label for button in open_page("outreach").get("download_button")]


def test_a_day_without_messages_says_so(workspace: Workspace, books: Any, open_page: Callable[..., AppTest]) -> None:
    books.publish(workspace)
    assert "Nobody is due to be contacted" in open_page("outreach").info[0].value
