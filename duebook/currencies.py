"""Which currencies there are, and how many decimals their amounts have."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from babel.numbers import list_currencies

# ISO 4217 minor units other than two. Babel's are CLDR's, which follow cash habits (RSD 0) and not the standard.
_OTHER_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_MINOR_UNITS = {code: digits for digits, codes in _OTHER_MINOR_UNITS.items() for code in codes.split()}
_MOST_MINOR_UNITS = 3


@cache
def currencies() -> frozenset[str]:
    """All ISO 4217 codes, also of currencies that are gone, without those for "none" and "test"."""
    return frozenset(list_currencies()) - {"XXX", "XTS"}


def is_currency(code: str) -> bool:
    """Whether this is an ISO 4217 code."""
    return code in currencies()


def minor_units(currency: str | None) -> int:
    """How many decimals amounts in the currency have; of an unknown one, the most that Duebook keeps."""
    return _MOST_MINOR_UNITS if currency is None else _MINOR_UNITS.get(currency, 2)


@cache
def smallest_unit(currency: str | None) -> Decimal:
    """The smallest amount in the currency: 0.01 for euros."""
    return Decimal(1).scaleb(-minor_units(currency))


def amount_in_words(amount: Decimal, currency: str) -> str:
    """An amount for a line of text: thousands separated, the currency's own digits, never a negative nothing."""
    digits = minor_units(currency)
    return f"{round(Decimal(amount), digits) + 0:,.{digits}f} {currency}"
