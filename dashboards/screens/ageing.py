"""Who owes how much for how long; a customer's open items on selection."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from dashboards import exports, tables
from dashboards.exports import Credits
from dashboards.formats import money, money_or_dash, words
from dashboards.frame import fragment, heading
from dashboards.queries import ageing
from dashboards.session import Selected, selected
from dashboards.views import View

_ORDERS: dict[str, list[tuple[str, Literal["ascending", "descending"]]]] = {
    "Most overdue": [("overdue_home", "descending")],
    "Largest total": [("total_home", "descending")],
    "Oldest item": [("oldest", "descending"), ("overdue_home", "descending")],
    "Customer": [("customer", "ascending")],
}
_ALL = "All"


def show(chosen: Selected) -> None:
    heading("Ageing", chosen)
    _by_customer(chosen.view, chosen.day, chosen.facts.credits, chosen.facts.home_currency)


@fragment
def _by_customer(view: View, day: date, configured_credits: str, home: str) -> None:
    search, currency, order, credits = _controls(view, day, configured_credits)
    everyone = ageing.by_customer(view, day, credits)
    found = tables.containing(everyone, search, ["customer", "customer_id"])
    if currency != _ALL:
        found = tables.where(found, "currency", currency)
    found = found.sort_by(_ORDERS[order])
    if not found.num_rows:
        st.info("Nothing is open for this choice." if everyone.num_rows else "Nothing is open on this day.")
        return
    key = f"ageing:{view.version}:{day}:{credits}:{currency}:{order}:{search}"
    rows, rows_key = tables.page_of(found, key, _summary(everyone, found, home))
    money_columns = [*ageing.buckets(view), "unapplied", "overdue", "total"]
    position = tables.show(
        tables.styled(rows, dict.fromkeys(money_columns, "currency"), write=money_or_dash),
        _columns(view, credits),
        key=rows_key,
        selectable=True,
    )
    exports.buttons(view, "ageing", day, "ageing", credits=credits, label="Whole ageing report")
    if position is None or position >= rows.num_rows:
        st.caption("Select a row to see the customer's open items.")
        return
    _customer(view, day, credits, rows.slice(position, 1).to_pylist()[0])


def _controls(view: View, day: date, configured_credits: str) -> tuple[str, str, str, Credits]:
    currencies = set(tables.values(ageing.by_customer(view, day, configured_credits), "currency"))
    columns = st.columns([3, 1.2, 1.6, 2], gap="small", vertical_alignment="bottom")
    search = columns[0].text_input(
        "Search", placeholder="Customer name or number", icon=":material/search:", key="ageing-search"
    )
    currency = columns[1].selectbox("Currency", [_ALL, *sorted(currencies)], key="ageing-currency")
    order = columns[2].selectbox("Sorted by", list(_ORDERS), key="ageing-order")
    credits = columns[3].segmented_control(
        "Unapplied credits",
        ["apart", "aged"],
        default="aged" if configured_credits == "aged" else "apart",
        format_func=lambda choice: {"apart": "In a column", "aged": "Aged by date"}[choice],
        required=True,
        key=f"ageing-credits:{view.client_id}",
        help="In a column of their own, or in the bucket of their own date as some ERPs' reports have them.",
    )
    return search, str(currency), str(order), "aged" if credits == "aged" else "apart"


def _columns(view: View, credits: Credits) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "customer": tables.text("Customer", width="medium", pinned=True),
        "customer_id": tables.text("No.", width="small"),
        "currency": tables.text("Currency", width="small"),
        "total": tables.amount("Total"),
        "overdue": tables.amount("Overdue", "Past the due date, in the currency of the row."),
    }
    columns |= {bucket: tables.amount(words(bucket)) for bucket in ageing.buckets(view)}
    if credits == "apart":
        columns["unapplied"] = tables.amount("Unapplied")
    return columns


def _summary(everyone: pa.Table, found: pa.Table, home: str) -> str:
    customers = len(set(tables.values(found, "customer_key")))
    total = money(tables.total(found, "total_home"), home)
    overdue = money(tables.total(found, "overdue_home"), home)
    part = "" if found.num_rows == everyone.num_rows else f" of {len(set(tables.values(everyone, 'customer_key'))):,}"
    return f"**{customers:,}**{part} customers · total **{total} {home}** · overdue **{overdue} {home}**"


def _customer(view: View, day: date, credits: Credits, row: dict[str, Any]) -> None:
    with st.container(border=True):
        with st.container(key="customer-name"):
            st.text(row["customer"])
        currency = row["currency"]
        st.caption(
            f"Open items in {currency} · overdue {money(row['overdue'], currency)} "
            f"· total {money(row['total'], currency)}"
        )
        items = ageing.open_items(view, day, credits, row["customer_key"], currency)
        key = f"items:{view.version}:{day}:{credits}:{row['customer_key']}:{currency}"
        rows, rows_key = tables.page_of(items, key)
        tables.show(
            tables.styled(rows, {"amount": "currency", "open_amount": "currency"}, coded=["kind", "bucket"]),
            {
                "document_number": tables.text("Document"),
                "kind": tables.text("Kind", width="small"),
                "issued_on": tables.day("Issued"),
                "due_on": tables.day("Due"),
                "days_past_due": tables.number("Days past due", "Negative: not due yet."),
                "amount": tables.amount("Amount"),
                "open_amount": tables.amount("Open"),
                "bucket": tables.text("Bucket", width="small"),
                "disputed": tables.flag("Disputed"),
            },
            key=rows_key,
        )
        exports.buttons(
            view,
            "open-items",
            day,
            f"export:{key}",
            credits=credits,
            customer_key=row["customer_key"],
            label="All open items of this customer",
        )


show(selected())
