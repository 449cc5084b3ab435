"""How much is owed, how much of it is late, and where it is going."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import charts
from dashboards.formats import days, money, percent, share, signed_money
from dashboards.frame import heading
from dashboards.queries import balances, health
from dashboards.queries.balances import Balance
from dashboards.session import Selected, selected


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
    for card, label, column, less_is_better, meaning in (
        (cards[0], "Receivable", "closing", False, "Everything open, less unapplied credits."),
        (cards[1], "Overdue", "overdue", True, "Open items past their due date."),
        (cards[3], "Unapplied credits", "unapplied", False, "Payments and credit notes not yet set off."),
    ):
        amount: Decimal = getattr(now, column)
        _card(
            card,
            f"{label} · {home}",
            money(amount, home),
            signed_money(amount - getattr(before, column), home) if before else None,
            _since(before),
            less_is_better,
            f"{meaning} All currencies together, in {home}.",
        )
    _card(
        cards[2],
        "Overdue share",
        percent(late),
        None if late is None or late_before is None else f"{late - late_before:+.1f} points",
        _since(before),
        True,
        "Overdue as a share of all open items, before credits.",
    )


def _days(now: Balance, before: Balance | None, months: list[dict[str, Any]]) -> None:
    cards = st.columns(4, gap="small")
    for card, label, column, less_is_better, meaning in (
        (cards[0], "DSO", "dso_simple", True, "Receivable divided by the sales of the window, times its days."),
        (cards[1], "Best possible DSO", "dso_best_possible", False, "DSO if nothing were overdue."),
        (
            cards[2],
            "Average days delinquent",
            "average_days_delinquent",
            True,
            "DSO less best possible DSO: the days that late payment costs.",
        ),
    ):
        value = getattr(now, column)
        _card(
            card,
            label,
            days(value),
            _days_change(value, getattr(before, column) if before else None),
            _since(before),
            less_is_better,
            meaning,
        )
    if months:
        _countback(cards[3], months)


def _countback(card: DeltaGenerator, months: list[dict[str, Any]]) -> None:
    """Count-back goes by whole months, so its card is of the last one that has ended."""
    last = months[-1]
    before = months[-2] if len(months) > 1 else None
    _card(
        card,
        f"Count-back DSO · {last['month_end']:%Y-%m}",
        ("at least " if last["dso_countback_is_minimum"] else "") + days(last["dso_countback"]),
        _days_change(last["dso_countback"], before["dso_countback"] if before else None),
        f"since {before['month_end']:%Y-%m}" if before else None,
        True,
        "How many days of sales, counted back from the end of the month, the receivable stands for.",
    )


def _card(
    card: DeltaGenerator,
    label: str,
    value: str,
    change: str | None,
    since: str | None,
    less_is_better: bool,
    meaning: str,
) -> None:
    """A figure with its change, which is coloured only where less is better: more sales are no worse for being owed."""
    unchanged = change is not None and not any(digit in change for digit in "123456789")
    card.metric(
        label,
        value,
        "no change" if unchanged else change,
        delta_color="off" if unchanged or not less_is_better else "inverse",
        delta_arrow="off" if unchanged else "auto",
        delta_description=since,
        help=meaning,
        border=True,
    )


def _days_change(value: Decimal | None, before: Decimal | None) -> str | None:
    return None if value is None or before is None else f"{value - before:+.1f} days"


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
