"""Downloads. Everything that leaves a page is a named report, or a file that outreach wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Literal

import pyarrow.compute as pc
import streamlit as st

from dashboards.views import View, snapshot_of
from duebook import reports
from duebook.reports import Report
from duebook.reports.writers import to_csv, to_parquet, to_xlsx

_WRITERS: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (to_csv, "text/csv"),
    "parquet": (to_parquet, "application/vnd.apache.parquet"),
}
_LABELS = {"xlsx": "Excel", "csv": "CSV", "parquet": "Parquet"}

Credits = Literal["apart", "aged"]


def report_bytes(
    view: View,
    name: str,
    day: date,
    kind: str,
    *,
    credits: Credits | None = None,
    customer_key: str | None = None,
) -> bytes:
    """A named report as a file; ``customer_key`` leaves the rows of that customer alone.

    Raises:
        ReportError: the report does not exist for that day, or does not fit the format.
    """
    report = reports.run(snapshot_of(view), name, day, credits=credits)
    if customer_key is not None:
        report = replace(report, table=report.table.filter(pc.field("customer_key") == customer_key))
    write, _ = _WRITERS[kind]
    return write(report)


def buttons(
    view: View,
    name: str,
    day: date,
    key: str,
    *,
    credits: Credits | None = None,
    customer_key: str | None = None,
    label: str = "",
) -> None:
    """A download button for each format. The report is made when someone asks for it, not when the page is drawn."""
    stem = f"{view.client_id}_{name}_{day.isoformat()}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if label:
            st.caption(label, width="content")
        for kind, (_, mime) in _WRITERS.items():
            st.download_button(
                _LABELS[kind],
                data=partial(report_bytes, view, name, day, kind, credits=credits, customer_key=customer_key),
                file_name=f"{stem}.{kind}",
                mime=mime,
                key=f"{key}:{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
