"""Nobody sees a client that is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.access import AccessError
from dashboards.queries.balances import balance
from dashboards.views import open_view, snapshot_of
from duebook.workspace import Workspace


@pytest.fixture
def two_clients(workspace: Workspace, books: Any, make_books: Any, document: Any) -> None:
    books.publish(workspace)
    other = make_books("b", [document("B-1", "K9", date(2026, 1, 1), date(2026, 1, 31), "77.00")])
    other.publish(workspace)


def values(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def test_all_configured_clients_can_be_picked_by_default(two_clients: None, open_page: Callable[..., AppTest]) -> None:
    (picker,) = open_page().sidebar.selectbox
    assert picker.options == ["Client a", "Client b"]


def test_a_process_for_one_client_offers_that_one_alone(
    two_clients: None, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.CLIENTS_VARIABLE, "a")
    (picker,) = open_page().sidebar.selectbox
    assert picker.options == ["Client a"]


def test_the_client_in_the_address_is_shown(two_clients: None, open_page: Callable[..., AppTest]) -> None:
    assert "77.00" in values(open_page(client="b"))


def test_another_client_in_the_address_is_refused(
    two_clients: None, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.CLIENTS_VARIABLE, "a")
    app = open_page(client="b")
    assert "not shown here" in app.error[0].value
    assert values(app) == []


@pytest.mark.parametrize("asked", ["c", "../b", "", "b%2f..", "<script>"])
def test_an_address_that_names_no_client_is_refused_in_the_same_words(
    two_clients: None, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv(access.CLIENTS_VARIABLE, "a")
    refused = open_page(client="b").error[0].value
    assert open_page(client=asked).error[0].value == refused


def test_choosing_another_client_shows_its_figures_and_not_the_ones_before(
    two_clients: None, open_page: Callable[..., AppTest]
) -> None:
    app = open_page(client="a")
    before = values(app)
    app.sidebar.selectbox[0].set_value("b").run()
    assert "1,500.00" in before
    assert "77.00" in values(app)
    assert not set(before) & {value for value in values(app) if any(digit in value for digit in "123456789")}


def test_what_was_cached_for_a_client_is_not_given_once_it_is_refused(
    two_clients: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = open_view("b")
    assert str(balance(view, date(2026, 3, 31)).closing) == "77.000"
    monkeypatch.setenv(access.CLIENTS_VARIABLE, "a")
    for refused in (lambda: balance(view, date(2026, 3, 31)), lambda: snapshot_of(view), lambda: open_view("b")):
        with pytest.raises(AccessError):
            refused()


def test_answers_of_two_clients_are_kept_apart(two_clients: None) -> None:
    day = date(2026, 3, 31)
    assert balance(open_view("a"), day).closing != balance(open_view("b"), day).closing


def test_a_variable_set_to_nothing_shows_nobody(two_clients: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.CLIENTS_VARIABLE, "")
    assert access.allowed_clients() == []
