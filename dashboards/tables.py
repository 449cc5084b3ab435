"""Tables: a page at a time, amounts in their currency's digits, numbers to the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards.formats import money, words

ROWS_A_PAGE = 15

Columns = Mapping[str, Any]


def text(label: str, *, width: Any = None, pinned: bool = False) -> Any:
    return st.column_config.TextColumn(label, width=width, pinned=pinned)


def amount(label: str, help: str | None = None) -> Any:  # noqa: A002 - as Streamlit calls it
    return st.column_config.NumberColumn(label, help=help, alignment="right")


def number(label: str, help: str | None = None) -> Any:  # noqa: A002 - as Streamlit calls it
    return st.column_config.NumberColumn(label, help=help, format="localized", alignment="right")


def day(label: str) -> Any:
    return st.column_config.DateColumn(label, format="YYYY-MM-DD")


def flag(label: str) -> Any:
    return st.column_config.CheckboxColumn(label)


def values(table: pa.Table, column: str) -> list[Any]:
    """The values of a column, as Python has them."""
    found: list[Any] = table[column].to_pylist()
    return found


def total(table: pa.Table, column: str) -> Decimal:
    """The sum of a column of money that is all in one currency."""
    return sum(values(table, column), Decimal(0))


def where(table: pa.Table, column: str, value: str) -> pa.Table:
    """The rows with this value in a column."""
    return table.filter(pc.field(column) == value)


def containing(table: pa.Table, wanted: str, columns: Sequence[str]) -> pa.Table:
    """The rows with the wanted text in one of the columns, whatever its case."""
    wanted = wanted.strip()
    if not wanted:
        return table
    wanted = wanted.casefold()
    texts = zip(*(values(table, name) for name in columns), strict=True)
    return table.filter(pa.array([any(wanted in (text or "").casefold() for text in row) for row in texts], pa.bool_()))


def page_of(table: pa.Table, key: str, lead: str = "") -> tuple[pa.Table, str]:
    """The rows of the page the reader is on, and a key for showing them; draws the buttons that turn the page.

    Args:
        key: names everything the rows depend on; a selection belongs to a row's position, so what is shown
            elsewhere must have another key.
        lead: Markdown at the left of the buttons.
    """
    pages = max(1, -(-table.num_rows // ROWS_A_PAGE))
    slot = f"page:{key}"
    current = min(st.session_state.get(slot, 0), pages - 1)
    first = current * ROWS_A_PAGE
    last = min(first + ROWS_A_PAGE, table.num_rows)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if lead:
            st.markdown(lead, width="content")
        if pages > 1:
            st.space("stretch")
            st.caption(f"{first + 1:,}–{last:,} of {table.num_rows:,}", width="content")
            _turn(":material/chevron_left:", "Previous page", slot, current - 1, disabled=current == 0)
            _turn(":material/chevron_right:", "Next page", slot, current + 1, disabled=current == pages - 1)
    return table.slice(first, ROWS_A_PAGE), f"rows:{key}:{current}"


def _turn(icon: str, label: str, slot: str, page: int, *, disabled: bool) -> None:
    st.button(
        icon,
        key=f"{slot}:{label}",
        help=label,
        disabled=disabled,
        on_click=st.session_state.__setitem__,
        args=(slot, page),
    )


def styled(
    table: pa.Table,
    money_columns: Mapping[str, str],
    *,
    write: Callable[..., str] = money,
    coded: Sequence[str] = (),
) -> Styler:
    """A frame whose amounts are shown in the digits of the currency that stands in their row.

    Sorting still goes by the amount itself.

    Args:
        money_columns: each column of money with the column that holds its currency.
        coded: columns of codes of ours, shown in words.
    """
    frame = table.to_pandas()
    for name in coded:
        frame[name] = [words(code) for code in frame[name]]
    style = frame.style
    for name, currency_column in money_columns.items():
        for currency in frame[currency_column].unique():
            rows = frame.index[frame[currency_column] == currency]
            style = style.format(partial(write, currency=currency), subset=pd.IndexSlice[rows, [name]])
    return style


def show(
    data: Styler | pa.Table,
    columns: Columns,
    *,
    key: str | None = None,
    selectable: bool = False,
    wrapped: bool = False,
) -> int | None:
    """Show the named columns of a table; gives the position of the row the reader selected.

    Args:
        wrapped: rows are two lines high, for text that does not fit on one.
    """
    frame = data if isinstance(data, Styler) else data.to_pandas()
    shown: dict[str, Any] = {
        "hide_index": True,
        "column_order": list(columns),
        "column_config": dict(columns),
        "placeholder": "–",
        "height": "content",
        "row_height": 64 if wrapped else None,
    }
    if not selectable:
        st.dataframe(frame, key=key, **shown)
        return None
    event = st.dataframe(frame, key=key, on_select="rerun", selection_mode="single-row", **shown)
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows else None
