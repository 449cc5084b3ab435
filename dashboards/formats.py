"""How amounts, days and names are written: the same everywhere, whatever the reader's locale."""

from __future__ import annotations

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError

from duebook.currencies import minor_units

NOTHING = "–"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_EDGES = re.compile(r"days_(\d+)_(\d+)")
_WORDS = {
    "not_due": "Not due",
    "unapplied": "Unapplied credits",
    "fx_difference": "Exchange difference",
    "email": "Email",
    "letter": "Letter",
    "phone": "Call",
    "not_a_business": "Private person",
    "blocked": "Customer blocked",
    "no_address": "No address",
    "no_template": "No template in the language",
    "below_minimum": "Below minimum amount",
    "before_first_step": "Before the first step",
    "no_strategy": "No strategy",
    "not_approved": "Strategy not approved",
    "not_an_invoice": "Not an invoice",
    "data_too_old": "Data too old",
}


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with thousands separators and its currency's digits; the currency stands beside it."""
    if amount is None:
        return NOTHING
    return f"{amount:,.{minor_units(currency)}f}"


def money_or_dash(amount: Decimal | None, currency: str) -> str:
    """As ``money``, with a dash for nothing: in a table of buckets most cells are nothing."""
    return money(amount, currency) if amount else NOTHING


def signed_money(amount: Decimal, currency: str) -> str:
    """A change, with its sign."""
    return f"{amount:+,.{minor_units(currency)}f}"


def days(value: Decimal | None) -> str:
    """A number of days with one decimal."""
    return NOTHING if value is None else f"{value:,.1f} days"


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Per cent of the whole; None where there is no whole."""
    return Decimal(100) * part / whole if whole else None


def percent(value: Decimal | None) -> str:
    return NOTHING if value is None else f"{value:.1f} %"


def words(code: str) -> str:
    """A code of the published tables as people say it: ``days_1_30`` is '1–30 days'."""
    if match := _EDGES.fullmatch(code):
        return f"{match[1]}–{match[2]} days"
    if code.startswith("days_over_"):
        return f"Over {code.removeprefix('days_over_')} days"
    return _WORDS.get(code) or code.replace("_", " ").capitalize()


def language(tag: str) -> str:
    """The English name of a language: ``de`` is 'German'; the tag itself where it is not known."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def as_markdown(text: str) -> str:
    """Text that comes out of Markdown as it went in."""
    return _PUNCTUATION.sub(r"\\\1", text)
