"""Who is contacted today and with what; who is overdue, is not, and why."""

from __future__ import annotations

import collections
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboards import charts, exports, outbox, tables
from dashboards.formats import as_markdown, language, money, words
from dashboards.frame import fragment, heading
from dashboards.queries import outreach
from dashboards.session import Selected, selected
from dashboards.views import View, snapshot_of

_ALL = "All"


def show(chosen: Selected) -> None:
    heading("Outreach", chosen)
    today = chosen.facts.as_of
    if chosen.day != today:
        st.info(f"Outreach is decided on the newest figures alone: this is the batch of {today.isoformat()}.")
    messages = outreach.messages(chosen.view)
    _cards(messages, chosen)
    if messages.num_rows:
        _charts(messages)
        _batch(chosen.view)
    else:
        st.info("Nobody is due to be contacted on this day.")
    _not_contacted(chosen.view, chosen.facts.home_currency)


def _cards(messages: pa.Table, chosen: Selected) -> None:
    rows = messages.select(["channel", "overdue_home"]).to_pylist()
    count = collections.Counter(row["channel"] for row in rows)
    chased = sum((row["overdue_home"] for row in rows), Decimal(0))
    home = chosen.facts.home_currency
    cards = st.columns(4, gap="small")
    for card, channel, label in zip(cards, ("email", "letter", "phone"), ("Emails", "Letters", "Calls"), strict=False):
        card.metric(label, f"{count[channel]:,}", border=True)
    cards[3].metric(
        f"Overdue addressed · {home}",
        money(chased, home),
        help=f"Overdue items in today's messages and calls. All currencies together, in {home}.",
        border=True,
    )


def _charts(messages: pa.Table) -> None:
    rows = messages.select(["step", "step_order", "channel", "language"]).to_pylist()
    by_step = collections.Counter((row["step_order"], row["step"], row["channel"]) for row in rows)
    by_language = collections.Counter(row["language"] for row in rows).most_common()
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        st.subheader("By step and channel", anchor=False)
        figure = charts.steps(
            [{"step": step, "channel": channel, "messages": n} for (_, step, channel), n in sorted(by_step.items())]
        )
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt="Messages by step and channel")
    with right, st.container(border=True, height="stretch"):
        st.subheader("By language", anchor=False)
        languages = [{"language": language(tag), "messages": n, "written": f"{n:,}"} for tag, n in by_language]
        figure = charts.ranked(languages, "language", "messages", "written")
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt="Messages by language")


@fragment
def _batch(view: View) -> None:
    day = snapshot_of(view).as_of
    st.subheader("Today's batch", anchor=False)
    messages = outreach.messages(view)
    columns = st.columns([3, 1.4, 3.6], gap="small", vertical_alignment="bottom")
    search = columns[0].text_input(
        "Search", placeholder="Customer name or number", icon=":material/search:", key="outreach-search"
    )
    channels = [_ALL, *sorted(set(tables.values(messages, "channel")))]
    channel = columns[1].selectbox("Channel", channels, format_func=_channel, key="outreach-channel")
    found = tables.containing(messages, search, ["customer_name", "customer_id"])
    if channel != _ALL:
        found = tables.where(found, "channel", str(channel))
    if not found.num_rows:
        st.info("No message for this choice.")
        return
    rows, rows_key = tables.page_of(found, f"batch:{view.version}:{channel}:{search}")
    amounts = ("overdue_amount", "not_due_amount", "credit_amount", "total_amount")
    position = tables.show(
        tables.styled(rows, dict.fromkeys(amounts, "currency"), coded=["step", "channel"]),
        {
            "customer_name": tables.text("Customer", width="medium"),
            "customer_id": tables.text("No.", width="small"),
            "step": tables.text("Step"),
            "channel": tables.text("Channel", width="small"),
            "language": tables.text("Language", width="small"),
            "currency": tables.text("Currency", width="small"),
            "overdue_amount": tables.amount("Overdue"),
            "not_due_amount": tables.amount("Not yet due"),
            "credit_amount": tables.amount("Credits"),
            "total_amount": tables.amount("Total"),
            "max_days_past_due": tables.number("Oldest, days"),
        },
        key=rows_key,
        selectable=True,
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        exports.buttons(view, "outreach-batch", day, "outreach-batch", label="Whole batch")
        worklist = outbox.worklist(view.client_id, day)
        if worklist is not None:
            st.download_button(
                "Calls worklist",
                data=worklist.read_bytes,
                file_name=f"{view.client_id}_worklist_{day.isoformat()}.xlsx",
                key="worklist",
                icon=":material/call:",
                type="primary",
                on_click="ignore",
            )
    if position is None or position >= rows.num_rows:
        st.caption("Select a row to see what the message lists and how it reads.")
        return
    _message(view, rows.slice(position, 1).to_pylist()[0])


def _channel(code: str) -> str:
    return code if code == _ALL else words(code)


def _message(view: View, row: dict[str, Any]) -> None:
    written = outbox.written_messages(view.client_id, snapshot_of(view).as_of).get(row["message_key"])
    with st.container(border=True):
        with st.container(key="customer-name"):
            st.text(row["customer_name"])
        spoken = as_markdown(language(row["language"]))
        st.caption(f"{words(row['step'])} · {words(row['channel'])} · {spoken} · {row['currency']}")
        items = outreach.message_items(view, row["message_key"])
        tables.show(
            tables.styled(items, {"amount": "currency", "open_amount": "currency"}, coded=["kind", "part"]),
            {
                "document_number": tables.text("Document"),
                "kind": tables.text("Kind", width="small"),
                "issued_on": tables.day("Issued"),
                "due_on": tables.day("Due"),
                "days_past_due": tables.number("Days past due"),
                "amount": tables.amount("Amount"),
                "open_amount": tables.amount("Open"),
                "part": tables.text("Part", width="small"),
            },
        )
        if written is not None and written.problem:
            st.warning(as_markdown(written.problem), icon=":material/warning:")
        if written is None or written.file is None:
            if row["channel"] == "phone":
                st.caption("A call: its script is in the worklist.")
            else:
                st.caption("The message has not been written out.")
        elif written.file.suffix == ".eml":
            _email(written.file)
        elif written.file.suffix == ".pdf":
            st.download_button(
                "The letter",
                data=written.file.read_bytes,
                file_name=written.file.name,
                mime="application/pdf",
                key=f"letter:{row['message_key']}",
                icon=":material/picture_as_pdf:",
                on_click="ignore",
            )


def _email(file: Path) -> None:
    email = outbox.read_email(file)
    with st.container(key="message-subject"):
        st.text(email.subject)
    st.text(f"From {email.sender}\nTo {email.recipient}")
    formatted, plain = st.tabs(["As the customer sees it", "Plain text"])
    with formatted:
        if email.html:
            st.iframe(outbox.isolated(email.html), height=520, alt="The email as the customer sees it")
        else:
            st.caption("This message has plain text alone.")
    with plain:
        st.code(email.text, language=None, wrap_lines=True)


@fragment
def _not_contacted(view: View, home: str) -> None:
    st.subheader("Overdue, and not contacted today", anchor=False)
    reasons = outreach.suppressed_by_reason(view).to_pylist()
    if not reasons:
        st.info("Every overdue item is in a message today.")
        return
    st.caption(
        "Every overdue item that is in no message has at least one reason. An item with two reasons counts in both."
    )
    for row in reasons:
        row["label"] = words(row["reason"])
        row["count"] = f"{row['items']:,}"
        row["worth"] = money(row["amount_home"], home)
    left, right = st.columns(2, gap="medium")
    for card, title, value, text in (
        (left, "Items by reason", "items", "count"),
        (right, f"Amount by reason · {home}", "amount_home", "worth"),
    ):
        with card, st.container(border=True):
            st.subheader(title, anchor=False)
            figure = charts.ranked(reasons, "label", value, text)
            st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=title)
    choice, _ = st.columns([1, 3])
    codes = [_ALL, *(row["reason"] for row in reasons)]
    reason = choice.selectbox("Reason", codes, format_func=_channel, key=f"reason:{view.client_id}")
    items = outreach.suppressed(view)
    if reason != _ALL:
        items = tables.where(items, "reason", str(reason))
    rows, rows_key = tables.page_of(items, f"suppressed:{view.version}:{reason}")
    tables.show(
        tables.styled(rows, {"open_amount": "currency"}, coded=["reason"]),
        {
            "customer": tables.text("Customer", width="medium"),
            "document_number": tables.text("Document"),
            "open_amount": tables.amount("Open"),
            "currency": tables.text("Currency", width="small"),
            "days_past_due": tables.number("Days past due"),
            "reason": tables.text("Reason"),
            "explanation": tables.text("Why", width="large"),
        },
        key=rows_key,
    )
    exports.buttons(view, "suppressed", snapshot_of(view).as_of, "suppressed", label="All of them")


show(selected())
