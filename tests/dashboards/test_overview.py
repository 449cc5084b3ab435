"""What the overview says of a client's receivables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from streamlit.testing.v1 import AppTest

from duebook.snapshot import record_refusal
from duebook.workspace import ClientPaths, Workspace


def cards(app: AppTest) -> dict[str, Any]:
    return {metric.label: metric for metric in app.metric}


def badges(app: AppTest) -> str:
    return " | ".join(markdown.value for markdown in app.markdown)


def choose(app: AppTest, day: date) -> AppTest:
    (picker,) = app.sidebar.date_input
    picker.set_value(day).run()
    return app


def test_the_cards_add_up_to_the_documents_in_home_currency(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    found = cards(open_page())
    assert found["Receivable · EUR"].value == "1,500.00"
    assert found["Overdue · EUR"].value == "1,100.00"
    assert found["Overdue share"].value == "68.8 %"
    assert found["Unapplied credits · EUR"].value == "-100.00"
    assert found["DSO"].value == "71.1 days"
    assert found["Best possible DSO"].value == "23.7 days"
    assert found["Average days delinquent"].value == "47.4 days"


def test_each_card_tells_the_change_since_the_same_day_a_month_earlier(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    found = cards(open_page())
    assert found["Receivable · EUR"].delta == "+100.00"
    assert found["Overdue · EUR"].delta == "+100.00"
    assert found["Unapplied credits · EUR"].delta == "-100.00"


def test_a_figure_that_did_not_change_says_so(
    workspace: Workspace, books: Any, document: Any, open_page: Callable[..., AppTest]
) -> None:
    books.documents = [document("INV-1", "C1", date(2026, 1, 10), date(2026, 5, 9), "1000.00")]
    books.publish(workspace)
    assert cards(open_page())["Receivable · EUR"].delta == "no change"


def test_an_earlier_day_knows_nothing_of_later_documents_and_payments(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    found = cards(choose(open_page(), date(2026, 3, 4)))
    assert found["Receivable · EUR"].value == "1,400.00"
    assert found["Overdue · EUR"].value == "1,400.00"
    assert found["Unapplied credits · EUR"].value == "0.00"


def test_the_day_can_be_any_from_the_first_posting_to_the_snapshots_own(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    (picker,) = open_page().sidebar.date_input
    assert (picker.min, picker.max, picker.value) == (date(2026, 1, 10), date(2026, 3, 31), date(2026, 3, 31))


def test_the_day_chosen_holds_on_the_next_page(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = choose(open_page(), date(2026, 3, 4))
    app.switch_page("screens/ageing.py").run()
    assert "end of 2026-03-04" in app.caption[0].value.replace("\\", "")


def test_agreement_with_the_books_is_told_only_when_nothing_differs(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    comparison = {
        "source": "erp",
        "scope": "document",
        "currency": "EUR",
        "day": date(2026, 3, 31),
        "control_balance": Decimal("1100.000"),
        "ledger_balance": Decimal("1100.000"),
        "difference": Decimal("0.000"),
    }
    books.more["control_comparison"] = [comparison]
    books.publish(workspace)
    assert "Agrees with the ERP's books to the cent" in badges(open_page())
    books.more["control_comparison"] = [comparison | {"difference": Decimal("-12.340")}]
    books.publish(workspace)
    text = badges(open_page())
    assert "Differs from the ERP's books by 12.34 EUR" in text
    assert "Agrees" not in text


def test_a_source_without_a_control_total_is_not_said_to_agree(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    text = badges(open_page())
    assert "The source gives no control total" in text
    assert "Agrees" not in text


def test_rejected_records_and_warnings_are_counted(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.more["rejected"] = [{"source": "erp", "entity": "lines", "key": str(n), "reason": "no date"} for n in (1, 2)]
    books.publish(workspace)
    text = badges(open_page())
    assert "2 rejected records" in text
    assert "0 warnings" in text


def test_newer_figures_are_shown_at_the_next_look(
    workspace: Workspace, books: Any, document: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    app = open_page()
    books.documents = [*books.documents, document("INV-9", "C1", date(2026, 3, 31), date(2026, 4, 30), "0.01")]
    books.publish(workspace)
    app.run()
    assert cards(app)["Receivable · EUR"].value == "1,500.01"


def test_the_page_tells_when_the_figures_were_published(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    assert str(datetime.now(UTC).year) in open_page().caption[0].value
    assert "published" in open_page().caption[0].value


def test_a_client_without_a_snapshot_is_told_what_to_run(
    configured: Callable[[str], ClientPaths], open_page: Callable[..., AppTest]
) -> None:
    configured("a")
    app = open_page()
    assert [heading.value for heading in app.subheader] == ["No figures yet"]
    assert "duebook run a" in app.text[0].value
    assert not app.error


def test_a_house_without_clients_is_told_how_to_begin(workspace: Workspace, open_page: Callable[..., AppTest]) -> None:
    assert [heading.value for heading in open_page().subheader] == ["No client to show"]


def test_a_later_run_that_failed_its_audits_is_told_beside_the_last_good_figures(
    workspace: Workspace, books: Any, open_page: Callable[..., AppTest]
) -> None:
    books.publish(workspace)
    record_refusal(
        workspace.client("a"), date(2026, 4, 1), "agrees_with_control_account: 1 rows fail, first difference 12.00"
    )
    app = open_page()
    assert "as of 2026-04-01, did not pass its audits" in app.warning[0].value
    assert any("difference 12.00" in text.value for text in app.text)
    books.publish(workspace)
    assert not open_page().warning
