"""How much is owed, how much of it is late, and where it is going."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from dashboards import charts
from dashboards.formats import days, money, percent, share, signed_money
from dashboards.frame import heading
from dashboards.queries import balances, health
from dashboards.queries.balances import Balance
from dashboards.session import Selected, selected

Better = Literal["normal", "inverse", "off"]


def show(chosen: Selected) -> None:
    heading("Overview", chosen)
    now = balances.balance(chosen.view, chosen.day)
    if now is None:
        st.info("Nothing had been posted by the end of this day. Choose a later one on the left.")
        return
    before = balances.month_earlier(chosen.view, chosen.day)
    _amounts(now, before, chosen.facts.home_currency)
    months = balances.dso_by_month(chosen.view, chosen.day).to_pylist()
    _days(now, before, months[-2:])
    _trust(chosen)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.subheader("Days sales outstanding", anchor=False)
        st.caption("Days, at the end of each month")
        if months:
            _chart(charts.dso_trend(months), "Days sales outstanding by month")
        else:
            st.info("No month has ended yet.")
    with right, st.container(border=True):
        st.subheader("Receivable by currency", anchor=False)
        st.caption(f"Each document currency, in {chosen.facts.home_currency}")
        currencies = balances.by_currency(chosen.view, chosen.day).to_pylist()
        if currencies:
            _chart(charts.by_currency(currencies, chosen.facts.home_currency), "Receivable by document currency")
        else:
            st.info("Nothing is open.")
    with st.container(border=True):
        st.subheader("Ageing month by month", anchor=False)
        st.caption(
            f"Open amounts in {chosen.facts.home_currency} by days past due at each month end and on "
            f"{chosen.day.isoformat()}; credits not applied yet lie below zero"
        )
        ages = balances.ageing_by_month(chosen.view, chosen.day).to_pylist()
        _chart(charts.ageing_over_time(ages, chosen.facts.home_currency), "Ageing by month")


def _amounts(now: Balance, before: Balance | None, home: str) -> None:
    late = share(now.overdue, now.not_due + now.overdue)
    late_before = share(before.overdue, before.not_due + before.overdue) if before else None
    cards = st.columns(4, gap="small")
    _money_card(cards[0], "Receivable", now, before, "closing", home, "off", "Everything open, less unapplied credits.")
    _money_card(cards[1], "Overdue", now, before, "overdue", home, "inverse", "Open items past their due date.")
    cards[2].metric(
        "Overdue share",
        percent(late),
        None if late is None or late_before is None else f"{late - late_before:+.1f} points",
        delta_color="inverse",
        delta_description=_since(before),
        help="Overdue as a share of all open items, before credits.",
        border=True,
    )
    _money_card(
        cards[3],
        "Unapplied credits",
        now,
        before,
        "unapplied",
        home,
        "off",
        "Payments and credit notes not yet set against an invoice.",
    )


def _money_card(
    card: st.delta_generator.DeltaGenerator,
    label: str,
    now: Balance,
    before: Balance | None,
    column: str,
    home: str,
    better: Better,
    meaning: str,
) -> None:
    amount: Decimal = getattr(now, column)
    card.metric(
        f"{label} · {home}",
        money(amount, home),
        signed_money(amount - getattr(before, column), home) if before else None,
        delta_color=better,
        delta_description=_since(before),
        help=f"{meaning} All currencies together, in {home}.",
        border=True,
    )


def _days(now: Balance, before: Balance | None, months: list[dict[str, Any]]) -> None:
    cards = st.columns(4, gap="small")
    for card, label, column, meaning in (
        (cards[0], "DSO", "dso_simple", "Receivable divided by the sales of the window, times its days."),
        (
            cards[1],
            "Best possible DSO",
            "dso_best_possible",
            "DSO if nothing were overdue: only what is not due counts.",
        ),
        (
            cards[2],
            "Average days delinquent",
            "average_days_delinquent",
            "DSO less best possible DSO: the days late payment costs.",
        ),
    ):
        value = getattr(now, column)
        earlier = getattr(before, column) if before else None
        card.metric(
            label,
            days(value),
            None if value is None or earlier is None else f"{value - earlier:+.1f} days",
            delta_color="inverse",
            delta_description=_since(before),
            help=meaning,
            border=True,
        )

    if months:
        _countback(cards[3], months)


def _countback(card: st.delta_generator.DeltaGenerator, months: list[dict[str, Any]]) -> None:
    """Count-back goes by whole months, so its card is of the last one that has ended."""
    last = months[-1]["dso_countback"]
    earlier = months[-2]["dso_countback"] if len(months) > 1 else None
    least = "at least " if months[-1]["dso_countback_is_minimum"] else ""
    card.metric(
        f"Count-back DSO · {months[-1]['month_end']:%Y-%m}",
        least + days(last),
        None if last is None or earlier is None else f"{last - earlier:+.1f} days",
        delta_color="inverse",
        delta_description=f"since {months[-2]['month_end']:%Y-%m}" if len(months) > 1 else None,
        help="How many days of sales, counted back from the end of the month, the receivable stands for.",
        border=True,
    )


def _since(before: Balance | None) -> str | None:
    return f"since {before.day.isoformat()}" if before else None


def _trust(chosen: Selected) -> None:
    """Why these figures can be believed: the ERP's own books, what was left out, how new it is."""
    compared = health.agreement(chosen.view, chosen.day)
    counts = health.counts(chosen.view)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if compared.differences:
            apart = ", ".join(f"{money(amount, code)} {code}" for code, amount in compared.differences.items())
            st.badge(f"Differs from the ERP's books by {apart}", icon=":material/warning:", color="red")
        elif compared.compared_on:
            st.badge("Agrees with the ERP's books to the cent", icon=":material/verified:", color="green")
        if compared.silent:
            who = "The source gives" if compared.compared_on is None else f"{', '.join(compared.silent)} gives"
            st.badge(f"{who} no control total", icon=":material/help:", color="gray")
        _count(counts["rejected"], "rejected record", "orange")
        _count(counts["warnings"], "warning", "yellow")
        for load in chosen.facts.loads:
            st.badge(f"{load.source} read {load.read_at:%Y-%m-%d %H:%M %Z}", icon=":material/schedule:", color="gray")
        st.page_link(
            "screens/data_health.py",
            label="Data health",
            icon=":material/arrow_forward:",
            query_params={"client": chosen.view.client_id},
        )


def _count(count: int, what: str, color: Literal["orange", "yellow"]) -> None:
    st.badge(f"{count:,} {what}{'' if count == 1 else 's'}", color=color if count else "gray")


def _chart(figure: go.Figure, alt: str) -> None:
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=alt)


show(selected())
