"""Amounts in lines of text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from duebook.currencies import amount_in_words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234567.891", "EUR", "1,234,567.89 EUR"),
        ("-0.0000001", "EUR", "0.00 EUR"),
        ("-1234.5", "KWD", "-1,234.500 KWD"),
        ("547726.0", "JPY", "547,726 JPY"),
    ],
)
def test_an_amount_has_its_currencys_digits_and_no_negative_nothing(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency) == words
