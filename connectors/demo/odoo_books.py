"""Odoo's journal entries: invoices, credit notes, payments and entries by hand, each with its balancing lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from connectors.demo.documents import Invoice, JournalEntry, Receipt, rounded
from connectors.demo.odoo_masterdata import CURRENCIES, Company, MasterData
from connectors.demo.odoo_tables import Row, Tables, stamp
from connectors.demo.rates import Rates

ZERO = Decimal(0)
_TAX_SEQUENCE, _RECEIVABLE_SEQUENCE, _OTHER_SEQUENCE = 10_000, 12_000, 100


class Books:
    """The books of one company."""

    def __init__(self, tables: Tables, company: Company, master: MasterData, rates: Rates) -> None:
        self.tables = tables
        self.company = company
        self.master = master
        self.rates = rates
        self.moves: dict[str, Row] = {}
        self.receivable_lines: dict[tuple[str, int], Row] = {}
        """By document number and instalment; payments and credit notes have the instalment 1."""

    def rate(self, currency: str, day: date) -> Decimal:
        return self.rates.rate(self.company.currency, currency, day)

    def home(self, amount: Decimal, currency: str, day: date) -> Decimal:
        return rounded(amount / self.rate(currency, day), self.company.currency)

    def invoice(self, invoice: Invoice, state: str = "posted") -> None:
        """Book an invoice or a credit note. Those that are not posted keep what is open of them, as Odoo does."""
        sign = 1 if invoice.kind == "invoice" else -1
        day, currency = invoice.issued_on, invoice.currency
        net, tax = self.home(invoice.net, currency, day), self.home(invoice.tax, currency, day)
        total = net + tax
        partner = self.master.ledger_partner[invoice.customer]["id"]
        move = self._move(
            "INV", "/" if state == "draft" else invoice.number, day, stamp(day),
            state=state,
            move_type="out_invoice" if invoice.kind == "invoice" else "out_refund",
            partner_id=self.master.invoiced_partner[invoice.customer]["id"],
            commercial_partner_id=partner,
            partner_shipping_id=partner,
            invoice_partner_display_name=self.master.invoiced_partner[invoice.customer]["complete_name"],
            currency_id=CURRENCIES[currency][0],
            invoice_payment_term_id=self.master.terms[invoice.terms.code] if sign > 0 else None,
            invoice_date=day,
            invoice_date_due=invoice.instalments[-1].due_on,
            ref=invoice.reference if sign > 0 else f"Storno von: {invoice.reverses}",
            payment_reference=invoice.number if sign > 0 and state != "draft" else None,
            reversed_entry_id=self.moves[invoice.reverses]["id"] if invoice.reverses else None,
            invoice_currency_rate=self.rate(currency, day),
            amount_untaxed=invoice.net, amount_tax=invoice.tax, amount_total=invoice.amount,
            amount_residual=invoice.amount,
            amount_untaxed_signed=net * sign, amount_tax_signed=tax * sign, amount_total_signed=total * sign,
            amount_residual_signed=total * sign,
            amount_untaxed_in_currency_signed=invoice.net * sign,
            amount_total_in_currency_signed=invoice.amount * sign,
            posted_before=int(state != "draft"),
        )  # fmt: skip
        sales = "domestic_sales" if invoice.tax else "foreign_sales"
        count = int(invoice.reference[-1]) % 3 + 1
        pairs = zip(_parts(invoice.net, count, currency), _parts(net, count, self.company.currency), strict=True)
        for number, (in_currency, in_home) in enumerate(pairs, 1):
            self._line(
                move, sales, -in_home * sign, -in_currency * sign, "product", _OTHER_SEQUENCE,
                name=f"Position {number}", partner_id=partner, quantity=1, price_unit=in_currency,
                price_subtotal=in_currency, invoice_date=day,
            )  # fmt: skip
        if invoice.tax:
            self._line(
                move, "tax", -tax * sign, -invoice.tax * sign, "tax", _TAX_SEQUENCE,
                name="19 %", partner_id=partner, tax_base_amount=net, invoice_date=day,
            )  # fmt: skip
        shares = _like(total, [one.amount for one in invoice.instalments], self.company.currency)
        for instalment, in_home in zip(invoice.instalments, shares, strict=True):
            name = f"{invoice.reference} - {invoice.number}"
            if len(shares) > 1:
                name += f" installment #{instalment.number}"
            line = self._line(
                move, "receivable", in_home * sign, instalment.amount * sign, "payment_term", _RECEIVABLE_SEQUENCE,
                name=name, partner_id=partner, date_maturity=instalment.due_on, invoice_date=day,
            )  # fmt: skip
            if state == "posted":
                self.receivable_lines[invoice.number, instalment.number] = line

    def receipt(self, receipt: Receipt, pays: Sequence[str]) -> None:
        """Book a payment; a discount the customer kept back is written off in the same entry."""
        day, currency = receipt.paid_on, receipt.currency
        settles, cash = self.home(receipt.settles, currency, day), self.home(receipt.amount, currency, day)
        partner = self.master.ledger_partner[receipt.customer]
        memo = ", ".join(pays[:4]) or None
        payment = self.tables.add(
            "account_payment", stamp(day, 16),
            name=receipt.number, journal_id=self.company.journals["BNK1"], company_id=self.company.id,
            currency_id=CURRENCIES[currency][0], partner_id=partner["id"], state="in_process", payment_type="inbound",
            partner_type="customer", memo=memo, date=day, amount=receipt.amount, amount_company_currency_signed=cash,
            outstanding_account_id=self.company.accounts["outstanding"],
            destination_account_id=self.company.accounts["receivable"],
            payment_method_id=1, payment_method_line_id=1, is_reconciled=0, is_matched=0,
        )  # fmt: skip
        move = self._move(
            "BNK1", receipt.number, day, stamp(day, 16), move_type="entry", partner_id=partner["id"],
            commercial_partner_id=partner["id"], currency_id=CURRENCIES[currency][0], ref=memo,
            invoice_partner_display_name=partner["name"], origin_payment_id=payment["id"],
            amount_total=receipt.settles, amount_total_signed=settles, amount_total_in_currency_signed=receipt.settles,
        )  # fmt: skip
        payment["move_id"] = move["id"]
        common = {"partner_id": partner["id"], "payment_id": payment["id"], "ref": memo, "date_maturity": day}
        kept = {"name": f"Zahlung {memo or ''}".strip(), **common}
        self._line(move, "outstanding", cash, receipt.amount, "product", _OTHER_SEQUENCE, **kept)
        if receipt.discount:
            discounted = settles - cash
            self._line(move, "discount", discounted, receipt.discount, "product", _OTHER_SEQUENCE, **kept)
        self.receivable_lines[receipt.number, 1] = self._line(
            move, "receivable", -settles, -receipt.settles, "product", _OTHER_SEQUENCE, **kept
        )

    def journal_entry(self, entry: JournalEntry) -> None:
        """Book an amount on the receivable account by hand."""
        partner = self.master.ledger_partner[entry.customer]
        move = self._move(
            "MISC", entry.number, entry.day, stamp(entry.day), move_type="entry", partner_id=partner["id"],
            commercial_partner_id=partner["id"], currency_id=CURRENCIES[self.company.currency][0], ref=entry.text,
            amount_total=entry.amount, amount_total_signed=entry.amount, amount_total_in_currency_signed=entry.amount,
        )  # fmt: skip
        for account, amount in (("receivable", entry.amount), ("interest", -entry.amount)):
            self._line(
                move, account, amount, amount, "product", _OTHER_SEQUENCE,
                name=entry.text, partner_id=partner["id"], date_maturity=entry.day + timedelta(days=14),
            )  # fmt: skip

    def exchange_difference(self, difference: Decimal, like: Row, number: str, day: date) -> tuple[Row, Row]:
        """Book a difference (debit positive) on the receivable account. Returns the move and its receivable line."""
        move = self._move(
            "EXCH", number, day, stamp(day, 16), move_type="entry", invoice_currency_rate=0,
            currency_id=CURRENCIES[self.company.currency][0], amount_total=0, amount_total_signed=abs(difference),
        )  # fmt: skip
        described = {
            "name": "Currency exchange rate difference",
            "partner_id": like["partner_id"],
            "currency_id": like["currency_id"],
        }
        line = self._line(move, "receivable", difference, ZERO, "product", 0, **described)
        counterpart = "fx_gain" if difference > 0 else "fx_loss"
        self._line(move, counterpart, -difference, ZERO, "product", 1, **described)
        return move, line

    def _move(self, journal: str, name: str, day: date, written: str, **values: Any) -> Row:
        prefix, _, number = name.rpartition("/")
        move = self.tables.add(
            "account_move", written,
            **{
                "journal_id": self.company.journals[journal], "company_id": self.company.id, "name": name, "date": day,
                "state": "posted", "payment_state": "not_paid", "auto_post": "no", "invoice_date_due": day,
                "sequence_prefix": f"{prefix}/" if number else None, "sequence_number": int(number or 0),
                "amount_untaxed": 0, "amount_tax": 0, "amount_residual": 0, "amount_untaxed_signed": 0,
                "amount_tax_signed": 0, "amount_residual_signed": 0, "amount_untaxed_in_currency_signed": 0,
                "amount_total_in_currency_signed": 0, "is_storno": 0, "checked": 1, "posted_before": 1,
                "made_sequence_gap": 0, **values,
            },
        )  # fmt: skip
        if name != "/":
            self.moves[name] = move
        return move

    def _line(
        self, move: Row, account: str, balance: Decimal, in_currency: Decimal, kind: str, sequence: int, **values: Any
    ) -> Row:
        open_until_settled = account in ("receivable", "outstanding")
        return self.tables.add(
            "account_move_line", move["write_date"],
            **{
                "move_id": move["id"], "journal_id": move["journal_id"], "company_id": self.company.id,
                "company_currency_id": CURRENCIES[self.company.currency][0], "sequence": sequence,
                "account_id": self.company.accounts[account], "currency_id": move["currency_id"],
                "move_name": move["name"], "parent_state": move["state"], "ref": move.get("ref"), "date": move["date"],
                "display_type": kind, "balance": balance, "debit": max(balance, ZERO), "credit": max(-balance, ZERO),
                "amount_currency": in_currency,
                "amount_residual": balance if open_until_settled else ZERO,
                "amount_residual_currency": in_currency if open_until_settled else ZERO,
                "quantity": 0, "price_unit": 0, "discount": 0, "reconciled": 0, "is_imported": 0, "tax_tag_invert": 0,
                **values,
            },
        )  # fmt: skip


def _parts(amount: Decimal, count: int, currency: str) -> list[Decimal]:
    """An amount in parts that add up to it."""
    return _like(amount, [Decimal(1)] * count, currency)


def _like(amount: Decimal, pattern: Iterable[Decimal], currency: str) -> list[Decimal]:
    """An amount split in the proportions of a pattern; the last part takes what rounding leaves."""
    weights = list(pattern)
    step = rounded(Decimal(0), currency)
    parts = [(amount * weight / sum(weights)).quantize(step, ROUND_DOWN) for weight in weights[:-1]]
    return [*parts, amount - sum(parts, ZERO)]
