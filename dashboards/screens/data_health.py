"""What became of the client's data, and whether the ledger agrees with the client's own books."""

from __future__ import annotations

import streamlit as st

from dashboards import exports, tables
from dashboards.formats import as_markdown, money
from dashboards.frame import fragment, heading
from dashboards.queries import health
from dashboards.session import Selected, selected
from dashboards.views import View, snapshot_of


def show(chosen: Selected) -> None:
    heading("Data health", chosen)
    _control(chosen)
    _summary(chosen)
    _rejected(chosen.view)
    _warnings(chosen.view)


def _control(chosen: Selected) -> None:
    compared = health.agreement(chosen.view, chosen.day)
    st.subheader("The ERP's own books", anchor=False)
    if compared.differences:
        apart = ", ".join(f"{money(amount, code)} {code}" for code, amount in compared.differences.items())
        st.error(f"The ledger differs from the ERP's receivables accounts by {apart}.", icon=":material/warning:")
    elif compared.compared_on:
        st.success(
            "The ledger agrees with the ERP's receivables accounts to the cent, "
            f"last compared on {compared.compared_on.isoformat()}.",
            icon=":material/verified:",
        )
    for source in compared.silent:
        st.info(f"The source {as_markdown(source)} gives no control total to compare with.")
    rows = health.control(chosen.view, chosen.day)
    if rows.num_rows:
        amounts = ("control_balance", "ledger_balance", "difference")
        tables.show(
            tables.styled(rows, dict.fromkeys(amounts, "balance_currency")),
            {
                "source": tables.text("Source"),
                "currency": tables.text("Currency", width="small"),
                "day": tables.day("Last compared"),
                "control_balance": tables.amount("ERP's account"),
                "ledger_balance": tables.amount("Ledger"),
                "difference": tables.amount("Difference"),
            },
        )
        exports.buttons(chosen.view, "control-totals", chosen.day, "control-totals", label="Every comparison")


def _summary(chosen: Selected) -> None:
    st.subheader("Records read", anchor=False)
    st.caption("Every record that was landed is used, left out (drafts, cancelled documents) or rejected.")
    rows = health.run_summary(chosen.view)
    if not rows.num_rows:
        st.info("No record was read.")
        return
    cards = st.columns(4, gap="small")
    for card, label, name in (
        (cards[0], "Landed", "rows_landed"),
        (cards[1], "Used", "rows_used"),
        (cards[2], "Left out", "rows_left_out"),
        (cards[3], "Rejected", "rows_rejected"),
    ):
        card.metric(label, f"{sum(tables.values(rows, name)):,}", border=True)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        tables.show(
            rows,
            {
                "source": tables.text("Source"),
                "entity": tables.text("Record"),
                "rows_landed": tables.number("Landed"),
                "rows_used": tables.number("Used"),
                "rows_left_out": tables.number("Left out"),
                "rows_rejected": tables.number("Rejected"),
            },
        )
    with right:
        for load in chosen.facts.loads:
            st.markdown(f"**{as_markdown(load.source)}** was last read {load.read_at:%Y-%m-%d %H:%M %Z}")
            st.caption(f"Load {as_markdown(load.load_id)}")


@fragment
def _rejected(view: View) -> None:
    st.subheader("Rejected records", anchor=False)
    records = health.rejected(view)
    if not records.num_rows:
        st.caption("None: every record could be used.")
        return
    st.caption("They count in no figure until they are put right at the source.")
    rows, rows_key = tables.page_of(records, f"rejected:{view.version}")
    tables.show(
        rows,
        {
            "source": tables.text("Source", width="small"),
            "entity": tables.text("Record", width="small"),
            "key": tables.text("Number"),
            "file": tables.text("File"),
            "row_number": tables.number("Row"),
            "column_name": tables.text("Column", width="small"),
            "reason": tables.text("What is wrong", width=430),
        },
        key=rows_key,
        wrapped=True,
    )
    exports.buttons(view, "rejected", snapshot_of(view).as_of, "rejected", label="All of them, with the records")


@fragment
def _warnings(view: View) -> None:
    st.subheader("Warnings", anchor=False)
    records = health.warnings(view)
    if not records.num_rows:
        st.caption("None: nothing that is used looks wrong.")
        return
    st.caption("These records are used as they stand, though they look like typing errors.")
    rows, rows_key = tables.page_of(records, f"warnings:{view.version}")
    tables.show(
        rows,
        {
            "source": tables.text("Source", width="small"),
            "entity": tables.text("Record", width="small"),
            "key": tables.text("Number"),
            "origin": tables.text("Where"),
            "reason": tables.text("What looks wrong", width="large"),
        },
        key=rows_key,
        wrapped=True,
    )


show(selected())
