"""Odoo's reconciliation: which lines settle which, exchange differences, and the state that follows from it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from connectors.demo.odoo_books import ZERO, Books
from connectors.demo.odoo_masterdata import CURRENCIES
from connectors.demo.odoo_tables import Row, stamp

_CODES = {key: code for code, (key, *_) in CURRENCIES.items()}


class Reconciliation:
    """Settles the receivable lines of one company's books against one another."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.tables = books.tables
        self._group_of: dict[int, int] = {}
        self._lines: dict[int, Row] = {}
        self._partials: list[Row] = []
        self._credits: dict[int, set[str]] = defaultdict(set)
        self._exchange_numbers: dict[str, int] = defaultdict(int)

    def settle(self, debit: Row, credit: Row, amount: Decimal) -> None:
        """Set an amount in the lines' currency of a credit line against a debit line.

        A side that is settled in full gives all that is left of it in the company's currency. Where the two sides
        differ there, the larger one's excess goes into an exchange-difference entry that is reconciled at once.
        """
        day: date = max(debit["date"], credit["date"])
        from_debit, from_credit = self._in_home(debit, amount), self._in_home(credit, amount)
        shared = min(from_debit, from_credit)
        partial = self._partial(debit, credit, shared, amount, day)
        excess = from_debit - from_credit
        if excess:
            move, line = self.books.exchange_difference(
                -excess, debit if excess > 0 else credit, self._exchange_number(day), day
            )
            partial["exchange_move_id"] = move["id"]
            sides = (debit, line) if excess > 0 else (line, credit)
            self._partial(*sides, abs(excess), ZERO, day)

    def _in_home(self, line: Row, amount: Decimal) -> Decimal:
        open_home: Decimal = abs(line["amount_residual"])
        if amount == abs(line["amount_residual_currency"]):
            return open_home
        at_rate = self.books.home(amount, _CODES[line["currency_id"]], line["date"])
        return min(at_rate, open_home)

    def _partial(self, debit: Row, credit: Row, in_home: Decimal, in_currency: Decimal, day: date) -> Row:
        written = stamp(day, 16)
        partial = self.tables.add(
            "account_partial_reconcile", written,
            debit_move_id=debit["id"], credit_move_id=credit["id"], debit_currency_id=debit["currency_id"],
            credit_currency_id=credit["currency_id"], company_id=self.books.company.id, max_date=day, amount=in_home,
            debit_amount_currency=in_currency, credit_amount_currency=in_currency,
        )  # fmt: skip
        self._partials.append(partial)
        for line, sign in ((debit, 1), (credit, -1)):
            line["amount_residual"] -= in_home * sign
            line["amount_residual_currency"] -= in_currency * sign
            line["write_date"] = max(line["write_date"], written)
            self._lines[line["id"]] = line
        self._join(debit["id"], credit["id"])
        self._credits[debit["move_id"]].add("payment" if credit.get("payment_id") else credit["display_type"])
        return partial

    def _exchange_number(self, day: date) -> str:
        month = f"EXCH/{day:%Y/%m}/"
        self._exchange_numbers[month] += 1
        return f"{month}{self._exchange_numbers[month]:04d}"

    def _group(self, line_id: int) -> int:
        while (parent := self._group_of.setdefault(line_id, line_id)) != line_id:
            line_id = parent
        return line_id

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._group(one), self._group(other)))
        self._group_of[second] = first

    def finish(self) -> None:
        """Number the groups of lines that settle one another, and set what documents show of their payment."""
        partials: dict[int, list[Row]] = defaultdict(list)
        for partial in self._partials:
            partials[self._group(partial["debit_move_id"])].append(partial)
        lines: dict[int, list[Row]] = defaultdict(list)
        for line_id, line in self._lines.items():
            line["reconciled"] = int(not line["amount_residual"] and not line["amount_residual_currency"])
            lines[self._group(line_id)].append(line)
        for group, members in lines.items():
            if all(line["reconciled"] for line in members):
                last = max(partial["create_date"] for partial in partials[group])
                full = self.tables.add("account_full_reconcile", last)
                for row in (*members, *partials[group]):
                    row["full_reconcile_id"] = full["id"]
                matching = str(full["id"])
            else:
                matching = f"P{min(partial['id'] for partial in partials[group])}"
            for line in members:
                line["matching_number"] = matching
        self._set_payment_states()
        self._set_payments()

    def _set_payment_states(self) -> None:
        by_move: dict[int, list[Row]] = defaultdict(list)
        for line in self.books.receivable_lines.values():
            by_move[line["move_id"]].append(line)
        for move in self.books.moves.values():
            if move["move_type"] == "entry" or move["state"] != "posted":
                continue
            lines = by_move[move["id"]]
            still_open = sum((line["amount_residual_currency"] for line in lines), ZERO)
            move["amount_residual"] = abs(still_open)
            move["amount_residual_signed"] = sum((line["amount_residual"] for line in lines), ZERO)
            move["write_date"] = max(line["write_date"] for line in lines)
            if not still_open:
                reversed_only = self._credits[move["id"]] == {"payment_term"}
                move["payment_state"] = "reversed" if reversed_only else "paid"
            elif abs(still_open) < move["amount_total"]:
                move["payment_state"] = "partial"

    def _set_payments(self) -> None:
        by_payment = {
            line["payment_id"]: line for line in self.books.receivable_lines.values() if line.get("payment_id")
        }
        for payment in self.tables.rows["account_payment"]:
            line = by_payment.get(payment["id"])
            if line and line["reconciled"]:
                payment.update(state="paid", is_reconciled=1, write_date=line["write_date"])
