"""Amounts and dates as people of a language and country write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from duebook.currencies import minor_units

_NO_BREAK = "\N{NO-BREAK SPACE}"
# Plain "en" is American to CLDR; a customer in a country without an English of its own is better served by this one.
_WORLD = {"en": "en_001"}


@dataclass(frozen=True)
class Formats:
    """How one message writes amounts and dates."""

    locale: Locale

    @classmethod
    def of(cls, language: str, country: str | None) -> Formats:
        """For a BCP 47 language tag and, when known, the customer's country.

        A region in the tag wins: de-AT is Austrian wherever the customer sits.
        """
        base, *rest = language.split("-")
        region = next((part.upper() for part in rest if len(part) == 2), country)
        return cls(_locale(base.lower(), region))

    def number(self, value: Decimal, currency: str) -> str:
        """With as many decimals as the currency has: 1.234,56."""
        pattern = self.locale.decimal_formats[None]
        digits = minor_units(currency)
        grouping = pattern.pattern.partition(";")[0].partition(".")[0]
        decimals = f".{'0' * digits}" if digits else ""
        return format_decimal(value, format=grouping + decimals, locale=self.locale)

    def money(self, value: Decimal, currency: str) -> str:
        """With the ISO code, which says what '$' or 'kr' leave open: 1.234,56 EUR or EUR 1,234.56."""
        number = self.number(value, currency)
        code_first = self.locale.currency_formats["standard"].pattern.startswith("¤")
        return f"{currency}{_NO_BREAK}{number}" if code_first else f"{number}{_NO_BREAK}{currency}"

    def short_date(self, day: date) -> str:
        """For tables: 03.02.2026."""
        return format_date(day, format="medium", locale=self.locale)

    def long_date(self, day: date) -> str:
        """For sentences: 3. Februar 2026."""
        return format_date(day, format="long", locale=self.locale)

    def country_name(self, country: str) -> str:
        name: str = self.locale.territories.get(country, country)
        return name


@lru_cache
def _locale(language: str, region: str | None) -> Locale:
    candidates = [f"{language}_{region}"] if region else []
    for name in [*candidates, _WORLD.get(language, language)]:
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_001")
