"""The two demo clients: what kind of business each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connectors.demo.documents import Terms

MONTHS = 30


@dataclass(frozen=True)
class Numbering:
    """How documents are numbered: formats of ``year`` and ``n``, and whether n starts again each year."""

    customer: str
    invoice: str
    credit_note: str
    receipt: str
    first: int
    yearly: bool


@dataclass(frozen=True)
class ClientSpec:
    """One demo client.

    Attributes:
        countries: how many customers are in each country.
        currencies: what customers of a country are invoiced in; the home currency where it is not named.
        season: how busy each month of the year is, January first; 1 is average.
        erp_only: whether there is what only an ERP has: drafts, cancelled invoices, a journal entry by hand.
        late_applications: whether a credit note may wait for weeks until somebody applies it.
    """

    client_id: str
    home_currency: str
    country: str
    tax_percent: int
    countries: Mapping[str, int]
    currencies: Mapping[str, str]
    private_persons: int
    invoices: int
    typical_amount: Decimal
    season: tuple[float, ...]
    terms: tuple[Terms, ...]
    numbering: Numbering
    erp_only: bool
    late_applications: bool


_NORDWIND_COUNTRIES = {
    "DE": 53, "AT": 12, "CH": 10, "NL": 10, "BE": 5, "FR": 11, "GB": 7, "IE": 2,
    "US": 6, "ES": 6, "IT": 7, "PL": 4, "SE": 3, "DK": 3, "JP": 1,
}  # fmt: skip
_BRIGHTWATER_COUNTRIES = {
    "GB": 56, "IE": 9, "US": 12, "FR": 8, "DE": 8, "NL": 6, "BE": 3, "ES": 5,
    "IT": 4, "SE": 2, "DK": 2, "PL": 2, "CH": 1, "AT": 1, "JP": 1,
}  # fmt: skip

NORDWIND = ClientSpec(
    client_id="nordwind",
    home_currency="EUR",
    country="DE",
    tax_percent=19,
    countries=_NORDWIND_COUNTRIES,
    currencies={"GB": "GBP", "US": "USD", "JP": "JPY"},
    private_persons=2,
    invoices=3150,
    typical_amount=Decimal(2100),
    season=(0.8, 0.9, 1.15, 1.25, 1.2, 1.1, 0.95, 0.75, 1.1, 1.15, 1.0, 0.65),
    terms=(
        Terms("14", "14 Tage netto", (14,), 20),
        Terms("30", "30 Tage netto", (30,), 40),
        Terms("60", "60 Tage netto", (60,), 15),
        Terms("2/10/30", "10 Tage 2 % Skonto, 30 Tage netto", (30,), 15, discount_percent=2, discount_days=10),
        Terms("30/60/90", "In drei Raten: 30, 60, 90 Tage", (30, 60, 90), 10),
    ),
    numbering=Numbering(
        "K{n}", "INV/{year}/{n:05d}", "RINV/{year}/{n:05d}", "PBNK1/{year}/{n:05d}", first=1, yearly=True
    ),
    erp_only=True,
    late_applications=False,
)

BRIGHTWATER = ClientSpec(
    client_id="brightwater",
    home_currency="GBP",
    country="GB",
    tax_percent=20,
    countries=_BRIGHTWATER_COUNTRIES,
    currencies=dict.fromkeys(_BRIGHTWATER_COUNTRIES, "EUR") | {"GB": "GBP", "US": "USD", "JP": "JPY"},
    private_persons=1,
    invoices=2950,
    typical_amount=Decimal(900),
    season=(0.7, 0.8, 1.0, 1.2, 1.3, 1.35, 1.25, 1.05, 0.95, 0.85, 0.8, 0.75),
    terms=(
        Terms("NET14", "14 days net", (14,), 25),
        Terms("NET30", "30 days net", (30,), 50),
        Terms("NET60", "60 days net", (60,), 17),
        Terms("3X", "Three instalments: 30, 60, 90 days", (30, 60, 90), 8),
    ),
    numbering=Numbering("{n:06d}", "{n:08d}", "CN{n:06d}", "R{n:07d}", first=40117, yearly=False),
    erp_only=False,
    late_applications=True,
)

CLIENTS = (BRIGHTWATER, NORDWIND)
