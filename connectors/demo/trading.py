"""What is sold: invoices over two and a half years, with seasons, key accounts and instalments."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

from connectors.demo.customers import Customer
from connectors.demo.documents import Instalment, Invoice, Terms, business_day, random_stream, rounded
from connectors.demo.specs import MONTHS, ClientSpec

DISPUTED = 0.04
DISPUTES_REACH_BACK = timedelta(days=150)
SMALLEST = Decimal(45)
# What a euro or a pound buys is about a hundred and sixty yen.
PRICE_LEVEL = {"JPY": Decimal(160)}


def first_day(until: date) -> date:
    """The first day of the month in which the world begins."""
    months = until.year * 12 + until.month - 1 - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _months(until: date) -> Iterator[tuple[int, int]]:
    start = first_day(until)
    for month in range(start.year * 12 + start.month - 1, until.year * 12 + until.month):
        yield month // 12, month % 12 + 1


def _poisson(mean: float, rng: Random) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def instalments(amount: Decimal, currency: str, issued_on: date, terms: Terms) -> tuple[Instalment, ...]:
    """Split an amount by the terms; the last instalment takes what rounding leaves."""
    count = len(terms.days)
    step = Decimal(1) if currency == "JPY" else Decimal("0.01")
    part = (amount / count).quantize(step, ROUND_DOWN)
    return tuple(
        Instalment(number, issued_on + timedelta(days=days), amount - part * (count - 1) if number == count else part)
        for number, days in enumerate(terms.days, 1)
    )


def trade(spec: ClientSpec, customers: Sequence[Customer], until: date) -> list[Invoice]:
    """All invoices, oldest first; their numbers are given later."""
    months = list(_months(until))
    expected = sum(customer.invoices_per_month for customer in customers) * len(months)
    scale = spec.invoices / expected
    invoices = []
    for customer in customers:
        rng = random_stream(spec.client_id, until, "trade", customer.number)
        # A quarter of the customers came later than the world began.
        joined = first_day(until) + timedelta(days=rng.randint(0, 500) if rng.random() < 0.25 else 0)
        for year, month in months:
            busy = customer.invoices_per_month * scale * spec.season[month - 1]
            days = calendar.monthrange(year, month)[1]
            for _ in range(_poisson(busy, rng)):
                issued_on = business_day(date(year, month, rng.randint(1, days)))
                invoice = _invoice(spec, customer, issued_on, until, rng)
                if joined <= issued_on <= until:
                    invoices.append(invoice)
    return sorted(invoices, key=lambda invoice: (invoice.issued_on, invoice.customer))


def _invoice(spec: ClientSpec, customer: Customer, issued_on: date, until: date, rng: Random) -> Invoice:
    second = customer.second_currency
    currency = second if second and rng.random() < 0.3 else customer.currency
    size = Decimal(rng.lognormvariate(0, 0.6)) * customer.typical_amount * PRICE_LEVEL.get(currency, Decimal(1))
    net = rounded(max(size, SMALLEST), currency)
    percent = spec.tax_percent if customer.country == spec.country else 0
    tax = rounded(net * percent / 100, currency)
    disputed = rng.random() < DISPUTED and issued_on > until - DISPUTES_REACH_BACK
    return Invoice(
        number="",
        kind="invoice",
        customer=customer.number,
        issued_on=issued_on,
        currency=currency,
        net=net,
        tax=tax,
        instalments=instalments(net + tax, currency, issued_on, customer.terms),
        terms=customer.terms,
        reference=f"PO {rng.randint(40_000, 79_999)}",
        disputed=disputed,
    )
