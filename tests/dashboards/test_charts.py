"""What the figures draw."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import plotly.io as pio
import pytest

from dashboards import charts

MONTHS = [date(2026, 1, 31), date(2026, 2, 28)]


def ages() -> list[dict[str, Any]]:
    rows = []
    for day in MONTHS:
        for order, (bucket, amount) in enumerate(
            [("unapplied", "-10"), ("not_due", "100"), ("days_1_30", "50"), ("days_over_30", "20.5")], start=-1
        ):
            rows.append({"as_of": day, "bucket": bucket, "bucket_order": order, "amount": Decimal(amount)})
    return rows


def luminance(color: str) -> float:
    red, green, blue = (float(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_buckets_are_stacked_from_not_due_to_the_oldest_and_credits_lie_below_zero() -> None:
    figure = charts.ageing_over_time(ages(), "EUR")
    assert [bar.name for bar in figure.data] == ["Not due", "1–30 days", "Over 30 days", "Unapplied credits"]
    assert figure.layout.barmode == "relative"
    assert all(value < 0 for value in figure.data[-1].y)


def test_pointing_at_a_bar_gives_the_exact_amount_and_its_currency() -> None:
    bar = charts.ageing_over_time(ages(), "EUR").data[2]
    assert list(bar.customdata) == ["20.50 EUR", "20.50 EUR"]


def test_dates_are_written_the_same_in_every_country() -> None:
    figure = charts.ageing_over_time(ages(), "EUR")
    assert list(figure.data[0].x) == ["2026-01-31", "2026-02-28"]
    assert list(figure.layout.xaxis.ticktext) == ["2026-01", "2026-02"]


@pytest.mark.parametrize("count", [2, 4, 5, 8])
def test_each_overdue_bucket_is_darker_than_the_younger_one(count: int) -> None:
    shades = [luminance(color) for color in charts.bucket_colors(count)]
    assert shades == sorted(shades, reverse=True)
    assert min(a - b for a, b in pairwise(shades)) > 5


def test_the_dso_lines_differ_in_more_than_colour() -> None:
    rows = [
        {
            "month_end": MONTHS[0],
            "dso_simple": Decimal("71.05"),
            "dso_countback": Decimal(60),
            "dso_countback_is_minimum": True,
            "dso_best_possible": None,
        }
    ]
    figure = charts.dso_trend(rows)
    assert len({line.line.dash for line in figure.data}) == 3
    assert figure.data[1].customdata[0] == "at least 60.0 days"
    assert figure.data[2].y[0] is None


def test_a_currency_is_drawn_at_home_value_and_told_in_its_own() -> None:
    rows = [{"currency": "JPY", "part": "overdue", "amount": Decimal(60000), "amount_home": Decimal(400)}]
    overdue = charts.by_currency(rows, "EUR").data[1]
    assert list(overdue.x) == [400.0]
    assert overdue.customdata[0] == "60,000 JPY = 400.00 EUR"


def test_every_figure_has_the_template_of_the_house() -> None:
    rows = [{"step": "reminder", "channel": "email", "messages": 2}]
    for figure in (charts.steps(rows), charts.ageing_over_time(ages(), "EUR"), charts.ageing_over_time([], "EUR")):
        assert figure.layout.template.layout.colorway == pio.templates[charts.TEMPLATE].layout.colorway
        json.loads(figure.to_json())
