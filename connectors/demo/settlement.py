"""What happens to the invoices of one customer in one currency, day by day: payments, credit notes, allocations."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from connectors.demo.customers import Customer
from connectors.demo.documents import (
    Allocation,
    Instalment,
    Invoice,
    Receipt,
    business_day,
    random_stream,
    rounded,
)
from connectors.demo.habits import PlannedPayment, plan_payments, stops_paying
from connectors.demo.specs import ClientSpec
from connectors.demo.trading import first_day

CREDITED = 0.045
CREDIT_NOTE_LEFT_UNAPPLIED = 0.25
PAID_TWICE = 0.05
ROUNDED_UP = 0.12
ON_ACCOUNT_PER_YEAR = 1.5
CREDIT_TAKEN_INTO_ACCOUNT = 0.6


@dataclass
class Settlement:
    """What came of one customer's invoices in one currency. Numbers of credits are provisional."""

    receipts: list[Receipt] = field(default_factory=list)
    credit_notes: list[Invoice] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)


class Account:
    """One customer's account in one currency, run forward event by event."""

    def __init__(self, spec: ClientSpec, customer: Customer, currency: str, until: date) -> None:
        self.spec = spec
        self.customer = customer
        self.currency = currency
        self.until = until
        self.start = first_day(until)
        self.rng = random_stream(spec.client_id, until, "settlement", customer.number, currency)
        self.stops_on = stops_paying(customer, until, self.rng)
        self.open: dict[tuple[str, int], Decimal] = {}
        self.credits: dict[str, Decimal] = {}
        self.done = Settlement()
        self._events: list[tuple[date, int, int, Callable[[date], None]]] = []
        self._order = count()
        self._due_today: list[tuple[Invoice, PlannedPayment]] = []

    def run(self, invoices: Sequence[Invoice]) -> Settlement:
        for invoice in invoices:
            self._at(invoice.issued_on, 0, self._issue(invoice))
        if self.customer.habit == "overpayer":
            for _ in range(round(ON_ACCOUNT_PER_YEAR * 2.5)):
                day = self.start + timedelta(days=self.rng.randint(60, 900))
                self._at(business_day(day), 3, self._pay_on_account)
        while self._events and self._events[0][0] <= self.until:
            day, _, _, event = heapq.heappop(self._events)
            event(day)
        return self.done

    def _at(self, day: date, rank: int, event: Callable[[date], None]) -> None:
        heapq.heappush(self._events, (day, rank, next(self._order), event))

    def _issue(self, invoice: Invoice) -> Callable[[date], None]:
        def event(day: date) -> None:
            for instalment in invoice.instalments:
                self.open[invoice.number, instalment.number] = instalment.amount
            if self.rng.random() < CREDIT_TAKEN_INTO_ACCOUNT:
                for credit in list(self.credits):
                    self._apply(credit, invoice, day)
            if self.rng.random() < CREDITED:
                self._at(business_day(day + timedelta(days=self.rng.randint(3, 40))), 1, self._credit(invoice))
            if invoice.disputed or (self.stops_on and day >= self.stops_on):
                return
            progress = (day - self.start) / (self.until - self.start)
            for instalment in invoice.instalments:
                for planned in plan_payments(self.customer, invoice, instalment, progress, self.rng):
                    self._at(planned.day, 2, self._collect(invoice, planned))

        return event

    def _collect(self, invoice: Invoice, planned: PlannedPayment) -> Callable[[date], None]:
        def event(day: date) -> None:
            if not self._due_today:
                # Everything due this day is known before rank 3: it goes into one transfer.
                self._at(day, 3, self._pay)
            self._due_today.append((invoice, planned))

        return event

    def _pay(self, day: date) -> None:
        due, self._due_today = self._due_today, []
        if self.stops_on and day >= self.stops_on:
            return
        settled: list[tuple[str, int, Decimal]] = []
        discount = Decimal(0)
        for invoice, planned in due:
            key = (invoice.number, planned.instalment)
            whole = self.open[key]
            amount = min(whole, rounded(whole * planned.share, self.currency))
            if amount == 0:
                continue
            self.open[key] -= amount
            settled.append((*key, amount))
            if planned.takes_discount:
                discount += rounded(amount * invoice.terms.discount_percent / 100, self.currency)
        if not settled:
            return
        total = sum((amount for _, _, amount in settled), Decimal(0))
        number = self._receive(day, total - discount + self._too_much(total), discount)
        for invoice_number, instalment, amount in settled:
            self._allocate(number, invoice_number, instalment, amount, day)

    def _too_much(self, total: Decimal) -> Decimal:
        """By how much a customer that pays too much does so this time."""
        if self.customer.habit != "overpayer":
            return Decimal(0)
        chance = self.rng.random()
        if chance < PAID_TWICE:
            return total
        if chance < PAID_TWICE + ROUNDED_UP:
            return (100 - total % 100) % 100
        return Decimal(0)

    def _pay_on_account(self, day: date) -> None:
        amount = rounded(round(self.customer.typical_amount / 200) * Decimal(100), self.currency)
        if amount:
            self._receive(day, amount, Decimal(0))

    def _receive(self, day: date, amount: Decimal, discount: Decimal) -> str:
        number = f"R{self.customer.number}{self.currency}{len(self.done.receipts)}"
        self.done.receipts.append(Receipt(number, self.customer.number, day, self.currency, amount, discount))
        self.credits[number] = amount + discount
        return number

    def _credit(self, invoice: Invoice) -> Callable[[date], None]:
        def event(day: date) -> None:
            share = Decimal(self.rng.choice([10, 15, 20, 30, 50, 100])) / 100
            net, tax = rounded(invoice.net * share, self.currency), rounded(invoice.tax * share, self.currency)
            number = f"C{invoice.number}"
            self.done.credit_notes.append(
                Invoice(
                    number=number,
                    kind="credit_note",
                    customer=invoice.customer,
                    issued_on=day,
                    currency=self.currency,
                    net=net,
                    tax=tax,
                    instalments=(Instalment(1, day, net + tax),),
                    terms=invoice.terms,
                    reference=invoice.reference,
                    reverses=invoice.number,
                )
            )
            self.credits[number] = net + tax
            if self.rng.random() >= CREDIT_NOTE_LEFT_UNAPPLIED:
                wait = self.rng.randint(0, 30) if self.spec.late_applications else 0
                self._at(day + timedelta(days=wait), 1, lambda later: self._apply(number, invoice, later))

        return event

    def _apply(self, credit: str, invoice: Invoice, day: date) -> None:
        """Set a credit against what is open of an invoice, the earliest instalment first."""
        for instalment in invoice.instalments:
            amount = min(self.credits.get(credit, Decimal(0)), self.open[invoice.number, instalment.number])
            if amount > 0:
                self.open[invoice.number, instalment.number] -= amount
                self._allocate(credit, invoice.number, instalment.number, amount, day)

    def _allocate(self, credit: str, invoice: str, instalment: int, amount: Decimal, day: date) -> None:
        self.done.allocations.append(Allocation(credit, invoice, instalment, amount, day))
        self.credits[credit] -= amount
        if self.credits[credit] == 0:
            del self.credits[credit]
