"""The figures: pure functions from rows to a Plotly figure, in one template.

Plotly draws with floats; what a reader reads when pointing at a mark was written from the exact amount before.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.colors import sample_colorscale

from dashboards.formats import days, money, words

Rows = Sequence[dict[str, Any]]

TEMPLATE = "duebook"
INK = "#1B2733"
MUTED = "#5B6876"
GRID = "#E8ECF1"
NOT_DUE = "#A9C4DE"
UNAPPLIED = "#8A94A0"
OVERDUE = "#D2603A"
# From calm to hot. Each is darker than the one before, so the order survives colour blindness and a grey printer.
_HEAT = ["#F5CF7A", "#EFA356", "#DB6D3F", "#AE3A3C", "#6B1A3A"]
CONFIG = {"displayModeBar": False, "responsive": True, "locale": "en"}
_ZERO = "#9AA5B1"
_HEIGHT = 300
_FONT = "'Source Sans', 'Source Sans 3', 'Source Sans Pro', sans-serif"

# Colour and dash both tell them apart.
_DSO_LINES = (
    ("dso_simple", "Simple", "#1F5FA8", "solid"),
    ("dso_countback", "Count-back", "#C2571A", "dash"),
    ("dso_best_possible", "Best possible", "#4C9A8B", "dot"),
)


def _template() -> go.layout.Template:
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": GRID,
        "tickfont": {"color": MUTED, "size": 12},
        "title": {"font": {"color": MUTED, "size": 12}},
        "automargin": True,
        "ticklabelstandoff": 6,
    }
    return go.layout.Template(
        layout=go.Layout(
            font={"family": _FONT, "size": 13, "color": INK},
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            colorway=["#1F5FA8", "#C2571A", "#4C9A8B", "#8B5FA8", "#8A94A0"],
            margin={"l": 8, "r": 12, "t": 36, "b": 8},
            hoverlabel={"bgcolor": "#FFFFFF", "bordercolor": "#C9D2DC", "font": {"family": _FONT, "color": INK}},
            legend={
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": 12, "color": MUTED},
                "traceorder": "normal",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            xaxis=axis,
            yaxis={**axis, "showgrid": True, "gridcolor": GRID},
            dragmode=False,
            bargap=0.25,
        )
    )


pio.templates[TEMPLATE] = _template()


def bucket_colors(count: int) -> list[str]:
    """Colours of that many overdue buckets, from the youngest to the oldest."""
    if count == 1:
        return [_HEAT[2]]
    return list(sample_colorscale(_HEAT, [index / (count - 1) for index in range(count)], colortype="rgb"))


def dso_trend(rows: Rows) -> go.Figure:
    """The DSO variants by month. Rows: month_end, the three variants in days, dso_countback_is_minimum."""
    months = [row["month_end"].isoformat() for row in rows]
    figure = go.Figure()
    for column, label, color, dash in _DSO_LINES:
        figure.add_scatter(
            name=label,
            x=months,
            y=[_number(row[column]) for row in rows],
            customdata=[_countback(row) if column == "dso_countback" else days(row[column]) for row in rows],
            mode="lines",
            line={"color": color, "width": 2.5 if column == "dso_simple" else 2, "dash": dash},
            hovertemplate="%{customdata}",
        )
    figure.update_layout(template=TEMPLATE, height=_HEIGHT, hovermode="x unified")
    figure.update_xaxes(type="date", tickformat="%Y-%m", hoverformat="%Y-%m-%d")
    figure.update_yaxes(rangemode="tozero")
    return figure


def ageing_over_time(rows: Rows, currency: str) -> go.Figure:
    """Open amounts by bucket at the end of each month, credits below zero.

    Rows: as_of, bucket, bucket_order (-1 for unapplied credits), amount; ``currency`` is that of all amounts.
    """
    order = {row["bucket"]: row["bucket_order"] for row in rows}
    buckets = sorted((bucket for bucket in order if order[bucket] >= 0), key=lambda bucket: order[bucket])
    oldest = max(order.values(), default=0)
    heat = bucket_colors(oldest) if oldest > 0 else []
    amounts = {(row["as_of"], row["bucket"]): row["amount"] for row in rows}
    dates = sorted({row["as_of"] for row in rows})
    figure = go.Figure()
    for bucket in [*buckets, *(["unapplied"] if "unapplied" in order else [])]:
        values = [amounts.get((day, bucket)) for day in dates]
        color = UNAPPLIED if bucket == "unapplied" else NOT_DUE if order[bucket] == 0 else heat[order[bucket] - 1]
        figure.add_bar(
            name=words(bucket),
            x=[day.isoformat() for day in dates],
            y=[_number(value) for value in values],
            customdata=[f"{money(value or Decimal(0), currency)} {currency}" for value in values],
            marker={"color": color, "line": {"width": 0}},
            hovertemplate="%{customdata}",
        )
    figure.update_layout(template=TEMPLATE, height=_HEIGHT, barmode="relative", hovermode="x unified")
    figure.update_xaxes(type="category", tickvals=_some(dates), ticktext=[f"{day:%Y-%m}" for day in _some_days(dates)])
    figure.update_yaxes(tickformat=",~s", zeroline=True, zerolinecolor=_ZERO)
    return figure


def by_currency(rows: Rows, home_currency: str) -> go.Figure:
    """What is open by document currency, drawn in home currency.

    Rows: currency, part (not_due, overdue, unapplied), amount in that currency, amount_home.
    """
    currencies = list(dict.fromkeys(row["currency"] for row in rows))
    cells = {(row["currency"], row["part"]): row for row in rows}
    figure = go.Figure()
    for part, label, color in (
        ("not_due", "Not due", NOT_DUE),
        ("overdue", "Overdue", OVERDUE),
        ("unapplied", "Unapplied credits", UNAPPLIED),
    ):
        found = [cells.get((currency, part)) for currency in currencies]
        figure.add_bar(
            name=label,
            orientation="h",
            y=currencies,
            x=[_number(cell["amount_home"]) if cell else 0.0 for cell in found],
            customdata=[_both_currencies(cell, home_currency) if cell else "" for cell in found],
            marker={"color": color, "line": {"width": 0}},
            hovertemplate="%{y} · %{customdata}",
        )
    figure.update_layout(template=TEMPLATE, height=_HEIGHT, barmode="relative", hovermode="closest")
    figure.update_layout(bargap=max(0.3, 1 - 0.14 * len(currencies)))
    figure.update_xaxes(tickformat=",~s", showgrid=True, gridcolor=GRID, zeroline=True, zerolinecolor=_ZERO)
    figure.update_yaxes(showgrid=False, autorange="reversed")
    return figure


def ranked(rows: Rows, category: str, value: str, text: str) -> go.Figure:
    """Horizontal bars of one value by category in the order given; ``text`` is the column that writes the value out."""
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[row[category] for row in rows],
            x=[float(row[value] or 0) for row in rows],
            text=[row[text] for row in rows],
            textposition="outside",
            cliponaxis=False,
            marker={"color": "#1F5FA8", "line": {"width": 0}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(template=TEMPLATE, height=max(140, 56 + 34 * len(rows)), showlegend=False)
    figure.update_layout(margin={"t": 8, "r": 96})
    figure.update_xaxes(visible=False, rangemode="tozero")
    figure.update_yaxes(showgrid=False, autorange="reversed")
    return figure


def steps(rows: Rows) -> go.Figure:
    """Messages by step in the strategy's order, stacked by channel. Rows: step, channel, messages."""
    names = list(dict.fromkeys(row["step"] for row in rows))
    cells = {(row["step"], row["channel"]): row["messages"] for row in rows}
    figure = go.Figure()
    for channel, color in (("email", "#1F5FA8"), ("letter", "#C2571A"), ("phone", "#4C9A8B")):
        counts = [cells.get((name, channel)) for name in names]
        if not any(counts):
            continue
        figure.add_bar(
            name=words(channel),
            orientation="h",
            y=[words(name) for name in names],
            x=counts,
            text=counts,
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": "#FFFFFF"},
            marker={"color": color, "line": {"width": 0}},
            hovertemplate="%{y}: %{x:,}",
        )
    figure.update_layout(template=TEMPLATE, barmode="stack", height=max(160, 84 + 34 * len(names)))
    figure.update_xaxes(visible=False)
    figure.update_yaxes(showgrid=False, autorange="reversed")
    return figure


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _countback(row: dict[str, Any]) -> str:
    return ("at least " if row["dso_countback_is_minimum"] else "") + days(row["dso_countback"])


def _both_currencies(cell: dict[str, Any], home_currency: str) -> str:
    own = f"{money(cell['amount'], cell['currency'])} {cell['currency']}"
    if cell["currency"] == home_currency:
        return own
    return f"{own} = {money(cell['amount_home'], home_currency)} {home_currency}"


def _some_days(dates: Sequence[Any]) -> list[Any]:
    """Every so many days counted from the newest, so that labels have room and the newest has one."""
    every = max(1, -(-len(dates) // 8))
    return list(reversed(list(reversed(dates))[::every]))


def _some(dates: Sequence[Any]) -> list[str]:
    return [day.isoformat() for day in _some_days(dates)]
