"""The real server, looked at with a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from dashboards import command
from duebook.workspace import Workspace

pytestmark = pytest.mark.browser

PAGES = {"": "Overview", "ageing": "Ageing", "outreach": "Outreach", "data-health": "Data health"}
HOSTILE = "=1+1 <img src=x onerror=\"document.title='owned'\"> & <script>document.title='owned'</script>"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have Chromium: install it, or these pages were looked at by nobody")
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def server(workspace: Workspace, books: Any, make_books: Any, document: Any, tmp_path: Path) -> Iterator[str]:
    """The dashboards of clients a and b, of which this process shows a alone; gives the address."""
    books.names["C1"] = HOSTILE
    books.more["due_step"] = [
        {
            "message_key": "k",
            "customer_key": "erp:C1",
            "customer_id": "C1",
            "customer_name": HOSTILE,
            "channel": "email",
            "step": "reminder",
            "step_order": 1,
            "language": "en",
            "currency": "EUR",
            "overdue_amount": Decimal(700),
            "not_due_amount": Decimal(0),
            "credit_amount": Decimal(0),
            "total_amount": Decimal(700),
            "max_days_past_due": 50,
        }
    ]
    books.publish(workspace)
    make_books("b", [document("B-1", "K9", date(2026, 1, 1), date(2026, 1, 31), "77.00")]).publish(workspace)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = tmp_path / "server.log"
    environment = {**os.environ, "DUEBOOK_HOME": str(workspace.home), "DUEBOOK_DASHBOARD_CLIENTS": "a"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(port), env=environment, cwd=tmp_path, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not answer: {log.read_text()}")


@pytest.fixture
def page(browser: Browser, server: str, tmp_path: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    opened.screenshot(path=tmp_path / "last.png", full_page=True)
    context.close()


def look(page: Page, path: str, heading: str) -> None:
    page.goto(f"/{path}")
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def card(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


@pytest.mark.parametrize(("path", "heading"), PAGES.items())
def test_each_page_opens_by_its_own_address(page: Page, tmp_path: Path, path: str, heading: str) -> None:
    look(page, path, heading)
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Data health")
    page.screenshot(path=tmp_path / f"{heading}.png", full_page=True)
    assert page.title() != "owned"


def test_the_figures_are_those_of_the_documents_and_charts_are_drawn(page: Page) -> None:
    look(page, "", "Overview")
    expect(card(page, "Receivable · EUR")).to_have_text("1,500.00")
    expect(card(page, "Overdue · EUR")).to_have_text("1,100.00")
    expect(card(page, "Average days delinquent")).to_have_text("47.4 days")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()


def test_a_customer_is_opened_and_the_report_downloaded(page: Page, tmp_path: Path) -> None:
    look(page, "ageing", "Ageing")
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("canvas").first).to_be_visible()
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(page.get_by_text("Open items in EUR")).to_be_visible()
    expect(page.locator(".st-key-customer-name")).to_have_text(HOSTILE)
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").first.click()
    target = tmp_path / started.value.suggested_filename
    started.value.save_as(target)
    assert target.name == "a_ageing_2026-03-31.csv"
    assert not any(cell.strip('"').startswith("=") for cell in target.read_text().split(","))
    assert page.title() != "owned"


def test_streamlits_own_table_download_is_not_offered(page: Page) -> None:
    look(page, "ageing", "Ageing")
    page.get_by_test_id("stDataFrame").first.hover()
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)


def test_another_client_in_the_address_is_refused(page: Page) -> None:
    page.goto("/?client=b")
    expect(page.get_by_test_id("stAlert")).to_contain_text("not shown here")
    expect(page.get_by_test_id("stMetric")).to_have_count(0)


@pytest.mark.parametrize(("name", "answer"), [("127.0.0.1", "101"), ("evil.example", "403")])
def test_a_session_is_given_only_under_a_name_of_ours(server: str, name: str, answer: str) -> None:
    """A web page that points its own name at this machine (DNS rebinding) gets no session."""
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {name}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert connection.recv(200).split(b" ")[1].decode() == answer
