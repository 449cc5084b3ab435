"""How customers pay: when after the due date, in how many parts, and who stops paying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from connectors.demo.customers import Customer
from connectors.demo.documents import Instalment, Invoice, business_day

FORGOTTEN = 0.03

# Days after the due date; ``progress`` runs from 0 to 1 through the time the world lasts.
_DELAYS: dict[str, Callable[[Random, float], float]] = {
    "prompt": lambda rng, progress: rng.gauss(-1, 3),
    "slow": lambda rng, progress: rng.gauss(9, 6),
    "slipping": lambda rng, progress: rng.gauss(-3 + 50 * progress**1.5, 6),
    "erratic": lambda rng, progress: rng.randint(30, 100) if rng.random() < 0.25 else rng.randint(-6, 18),
    "chronic": lambda rng, progress: rng.gauss(46, 13),
    "partial": lambda rng, progress: rng.gauss(4, 4),
    "overpayer": lambda rng, progress: rng.gauss(0, 4),
    "non_payer": lambda rng, progress: rng.gauss(12, 8),
    "discount": lambda rng, progress: rng.gauss(1, 3),
}


@dataclass(frozen=True)
class PlannedPayment:
    """What a customer means to pay. ``share`` is of what is open on that day; a discount is kept back from it."""

    day: date
    instalment: int
    share: Decimal = Decimal(1)
    takes_discount: bool = False


def stops_paying(customer: Customer, until: date, rng: Random) -> date | None:
    """From when on a customer pays nothing more; None for those who go on."""
    return until - timedelta(days=rng.randint(70, 240)) if customer.habit == "non_payer" else None


def plan_payments(
    customer: Customer, invoice: Invoice, instalment: Instalment, progress: float, rng: Random
) -> list[PlannedPayment]:
    """When and in what parts a customer means to pay one instalment."""
    due = instalment.due_on
    earliest = invoice.issued_on + timedelta(days=2)
    if customer.habit == "discount" and rng.random() < 0.85:
        day = invoice.issued_on + timedelta(days=rng.randint(4, invoice.terms.discount_days - 2))
        return [PlannedPayment(business_day(day), instalment.number, takes_discount=True)]
    delay = _DELAYS[customer.habit](rng, progress)
    if rng.random() < FORGOTTEN:
        delay += rng.randint(20, 60)
    first = _on_payment_day(customer, max(earliest, due + timedelta(days=round(delay))))
    if customer.habit == "partial" and rng.random() < 0.7:
        share = Decimal(rng.choice([30, 40, 50, 60])) / 100
        rest = _on_payment_day(customer, first + timedelta(days=rng.randint(20, 60)))
        return [PlannedPayment(first, instalment.number, share), PlannedPayment(rest, instalment.number)]
    return [PlannedPayment(first, instalment.number)]


def _on_payment_day(customer: Customer, day: date) -> date:
    day = business_day(day)
    if customer.payment_weekday is None:
        return day
    return day + timedelta(days=(customer.payment_weekday - day.weekday()) % 7)
