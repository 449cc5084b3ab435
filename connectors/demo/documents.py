"""The documents of the demo world and how money is rounded in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Literal

WITHOUT_MINOR_UNIT = frozenset({"JPY"})
SATURDAY = 5

Kind = Literal["invoice", "credit_note"]


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in what the currency can be paid in."""
    step = Decimal(1) if currency in WITHOUT_MINOR_UNIT else Decimal("0.01")
    return amount.quantize(step, ROUND_HALF_UP)


def random_stream(*parts: object) -> Random:
    """A stream of chance that depends on its name alone, so that one customer's draws never shift another's."""
    return Random(":".join(str(part) for part in parts))


def business_day(day: date) -> date:
    """The day itself, or the Monday after its weekend."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Terms:
    """Terms of payment. ``days`` has one entry an instalment; a discount is a percentage taken within some days."""

    code: str
    name: str
    days: tuple[int, ...]
    share: int
    discount_percent: int = 0
    discount_days: int = 0


@dataclass(frozen=True)
class Instalment:
    """What is due of an invoice on one day; counted from 1."""

    number: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True)
class Invoice:
    """An invoice or a credit note. All amounts are positive; a credit note lowers what is owed.

    Attributes:
        customer: the customer's number.
        reference: the customer's own order number.
        reverses: of a credit note, the number of the invoice it corrects.
    """

    number: str
    kind: Kind
    customer: str
    issued_on: date
    currency: str
    net: Decimal
    tax: Decimal
    instalments: tuple[Instalment, ...]
    terms: Terms
    reference: str
    disputed: bool = False
    reverses: str | None = None

    @property
    def amount(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True)
class Receipt:
    """Money that came in, and the early-payment discount the customer kept back with it."""

    number: str
    customer: str
    paid_on: date
    currency: str
    amount: Decimal
    discount: Decimal = Decimal(0)

    @property
    def settles(self) -> Decimal:
        return self.amount + self.discount


@dataclass(frozen=True)
class Allocation:
    """Which credit (a receipt or a credit note) settled how much of which instalment, and when."""

    credit: str
    invoice: str
    instalment: int
    amount: Decimal
    allocated_on: date


@dataclass(frozen=True)
class JournalEntry:
    """An amount booked on the receivable account by hand, in the home currency."""

    number: str
    customer: str
    day: date
    amount: Decimal
    text: str
