"""Odoo's master data: companies, currencies and their rates, accounts, journals, terms, customers and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connectors.demo.customers import Customer
from connectors.demo.documents import Terms
from connectors.demo.odoo_tables import Row, Tables, as_json, by_company, stamp
from connectors.demo.rates import Rates
from connectors.demo.trading import first_day
from connectors.demo.world import World

# The ids Odoo itself gives: they are the same in every database.
CURRENCIES = {
    "EUR": (125, "€", 978, "Euro", "after", "0.01"),
    "USD": (1, "$", 840, "United States dollar", "before", "0.01"),
    "GBP": (143, "£", 826, "Pound sterling", "before", "0.01"),
    "JPY": (25, "¥", 392, "Japanese yen", "before", "1"),
}
COUNTRIES = {
    "DE": (57, 49, "Germany"), "AT": (12, 43, "Austria"), "CH": (43, 41, "Switzerland"), "NL": (165, 31, "Netherlands"),
    "BE": (20, 32, "Belgium"), "FR": (75, 33, "France"), "GB": (231, 44, "United Kingdom"), "IE": (101, 353, "Ireland"),
    "US": (233, 1, "United States"), "ES": (68, 34, "Spain"), "IT": (109, 39, "Italy"), "PL": (178, 48, "Poland"),
    "SE": (196, 46, "Sweden"), "DK": (59, 45, "Denmark"), "JP": (113, 81, "Japan"),
}  # fmt: skip
LANGUAGES = {
    "de_DE": ("German / Deutsch", "%d.%m.%Y", ",", "."), "de_CH": ("German (CH) / Deutsch (CH)", "%d.%m.%Y", ".", "'"),
    "en_US": ("English (US)", "%m/%d/%Y", ".", ","), "en_GB": ("English (UK)", "%d/%m/%Y", ".", ","),
    "nl_NL": ("Dutch / Nederlands", "%d-%m-%Y", ",", "."), "nl_BE": ("Dutch (BE) / Nederlands (BE)", "%d-%m-%Y", ",", "."),
    "fr_FR": ("French / Français", "%d/%m/%Y", ",", " "), "fr_BE": ("French (BE) / Français (BE)", "%d/%m/%Y", ",", "."),
    "fr_CH": ("French (CH) / Français (CH)", "%d.%m.%Y", ".", "'"), "es_ES": ("Spanish / Español", "%d/%m/%Y", ",", "."),
    "it_IT": ("Italian / Italiano", "%d/%m/%Y", ",", "."), "pl_PL": ("Polish / Język polski", "%d.%m.%Y", ",", ""),
    "sv_SE": ("Swedish / Svenska", "%Y-%m-%d", ",", " "), "da_DK": ("Danish / Dansk", "%d-%m-%Y", ",", "."),
    "ja_JP": ("Japanese / 日本語", "%Y年%m月%d日", ".", ","),
}  # fmt: skip
ORDINARY_LOCALES = {
    "de": "de_DE", "nl": "nl_NL", "fr": "fr_FR", "en": "en_GB", "es": "es_ES",
    "it": "it_IT", "pl": "pl_PL", "sv": "sv_SE", "da": "da_DK", "ja": "ja_JP",
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company's books: its currency, and the ids of its accounts and journals by what they are for."""

    id: int
    name: str
    currency: str
    country: str
    accounts: dict[str, int]
    journals: dict[str, int]


NORDWIND = Company(
    1, "Nordwind Pumpen GmbH", "EUR", "DE",
    {"receivable": 1, "outstanding": 2, "domestic_sales": 3, "foreign_sales": 4, "tax": 5, "discount": 6,
     "fx_gain": 7, "fx_loss": 8, "interest": 9},
    {"INV": 1, "MISC": 3, "EXCH": 4, "BNK1": 6},
)  # fmt: skip
SISTER = Company(
    2, "Nordwind Pumps Inc.", "USD", "US",
    {"receivable": 21, "outstanding": 22, "domestic_sales": 23, "foreign_sales": 23, "tax": 24, "discount": 23,
     "fx_gain": 25, "fx_loss": 25, "interest": 23},
    {"INV": 8, "MISC": 9, "EXCH": 10, "BNK1": 11},
)  # fmt: skip
_ACCOUNTS = (
    (1, 1, "1200", "asset_receivable", "Forderungen aus Lieferungen und Leistungen", "Trade receivables", 1),
    (2, 1, "1460", "asset_current", "Geldtransit", "Outstanding receipts", 1),
    (3, 1, "4400", "income", "Erlöse 19 % USt", "Revenue 19 % VAT", 0),
    (4, 1, "4120", "income", "Steuerfreie Umsätze", "Revenue without VAT", 0),
    (5, 1, "3806", "liability_current", "Umsatzsteuer 19 %", "Output VAT 19 %", 0),
    (6, 1, "4730", "income", "Gewährte Skonti", "Early-payment discounts", 0),
    (7, 1, "4840", "income_other", "Erträge aus Währungsumrechnung", "Foreign exchange gain", 0),
    (8, 1, "6880", "expense", "Aufwendungen aus Währungsumrechnung", "Foreign exchange loss", 0),
    (9, 1, "7110", "income_other", "Zinserträge", "Interest income", 0),
    (10, 1, "1800", "asset_cash", "Bank", "Bank", 0),
    (11, 1, "3300", "liability_payable", "Verbindlichkeiten", "Trade payables", 1),
    (21, 2, "121000", "asset_receivable", "Forderungen", "Account Receivable", 1),
    (22, 2, "101403", "asset_current", "Geldtransit", "Outstanding Receipts", 1),
    (23, 2, "400000", "income", "Erlöse", "Product Sales", 0),
    (24, 2, "251000", "liability_current", "Steuer", "Tax Received", 0),
    (25, 2, "441000", "income_other", "Währungsumrechnung", "Foreign Exchange", 0),
)
_JOURNALS = (
    (1, 1, "INV", "sale", "Kundenrechnungen"), (2, 1, "BILL", "purchase", "Lieferantenrechnungen"),
    (3, 1, "MISC", "general", "Verschiedene Buchungen"), (4, 1, "EXCH", "general", "Wechselkursdifferenz"),
    (5, 1, "CABA", "general", "Steuern nach Zahlung"), (6, 1, "BNK1", "bank", "Bank"), (7, 1, "CSH1", "cash", "Kasse"),
    (8, 2, "INV", "sale", "Customer Invoices"), (9, 2, "MISC", "general", "Miscellaneous Operations"),
    (10, 2, "EXCH", "general", "Exchange Difference"), (11, 2, "BNK1", "bank", "Bank"),
)  # fmt: skip


@dataclass(frozen=True)
class MasterData:
    """What bookings refer to: the partner that carries a customer's ledger, the one invoiced, and the terms' ids."""

    ledger_partner: dict[str, Row]
    invoiced_partner: dict[str, Row]
    terms: dict[str, int]


def add_master_data(tables: Tables, world: World, rates: Rates) -> MasterData:
    begun = first_day(world.until) - timedelta(days=3)
    written = stamp(begun, 9)
    for code, (key, symbol, iso_number, name, position, rounding) in CURRENCIES.items():
        tables.add(
            "res_currency", written, id=key, name=code, symbol=symbol, iso_numeric=iso_number, full_name=name,
            position=position, rounding=rounding, decimal_places=0 if rounding == "1" else 2, active=1,
        )  # fmt: skip
    for code, (key, phone_code, name) in COUNTRIES.items():
        tables.add("res_country", written, id=key, code=code, phone_code=phone_code, name=as_json(en_US=name))
    for code, (name, date_format, decimal_point, thousands) in LANGUAGES.items():
        iso_code = code[:2] if code in ORDINARY_LOCALES.values() and code != "en_GB" else code
        tables.add(
            "res_lang", written, code=code, name=name, iso_code=iso_code, url_code=iso_code, direction="ltr",
            date_format=date_format, time_format="%H:%M:%S", short_time_format="%H:%M", week_start="1",
            grouping="[3,0]", decimal_point=decimal_point, thousands_sep=thousands, active=1,
        )  # fmt: skip
    for company in (NORDWIND, SISTER):
        _add_company(tables, company, begun, written)
    _add_rates(tables, rates, begun)
    for key, company_id, code, kind, german, english, reconcile in _ACCOUNTS:
        tables.add(
            "account_account", written, id=key, account_type=kind, name=as_json(en_US=english, de_DE=german),
            code_store=by_company(company_id, code), reconcile=reconcile, deprecated=0, non_trade=0,
        )  # fmt: skip
    for key, company_id, code, kind, name in _JOURNALS:
        tables.add(
            "account_journal", written, id=key, company_id=company_id, code=code, type=kind, name=as_json(en_US=name),
            sequence=key, invoice_reference_type="invoice", invoice_reference_model="odoo", active=1,
            refund_sequence=int(kind == "sale"), payment_sequence=int(kind in ("bank", "cash")),
        )  # fmt: skip
    terms = {one.code: _add_terms(tables, one, written) for one in world.spec.terms}
    ledger, invoiced = {}, {}
    for customer in world.customers:
        ledger[customer.number], invoiced[customer.number] = _add_customer(tables, customer, terms, written)
    return MasterData(ledger, invoiced, terms)


def _add_company(tables: Tables, company: Company, begun: date, written: str) -> None:
    partner = tables.add(
        "res_partner", written, name=company.name, complete_name=company.name, is_company=1, active=1, type="contact",
        commercial_partner_id=company.id, country_id=COUNTRIES[company.country][0], partner_share=0, color=0,
        lang="de_DE", email="ar@nordwind.example", autopost_bills="ask", customer_rank=0, supplier_rank=0,
    )  # fmt: skip
    tables.add(
        "res_company", written, id=company.id, name=company.name, partner_id=partner["id"], sequence=company.id,
        currency_id=CURRENCIES[company.currency][0], parent_path=f"{company.id}/", layout_background="Blank", active=1,
        fiscalyear_last_day=31, fiscalyear_last_month="12", account_price_include="tax_excluded",
        account_opening_date=begun, currency_exchange_journal_id=company.journals["EXCH"],
        income_currency_exchange_account_id=company.accounts["fx_gain"],
        expense_currency_exchange_account_id=company.accounts["fx_loss"],
        account_fiscal_country_id=COUNTRIES[company.country][0], chart_template="de_skr04",
        tax_calculation_rounding_method="round_per_line", terms_type="plain",
    )  # fmt: skip


def _add_rates(tables: Tables, rates: Rates, begun: date) -> None:
    for day in rates.days:
        for company in (NORDWIND, SISTER):
            for code, (key, *_) in CURRENCIES.items():
                if code != company.currency:
                    tables.add(
                        "res_currency_rate", stamp(max(day, begun), 17), currency_id=key, company_id=company.id,
                        name=day, rate=rates.rate(company.currency, code, day),
                    )  # fmt: skip


def _add_terms(tables: Tables, terms: Terms, written: str) -> int:
    row = tables.add(
        "account_payment_term", written, sequence=10, name=as_json(en_US=terms.name), active=1, display_on_invoice=1,
        early_discount=int(terms.discount_percent > 0), discount_percentage=terms.discount_percent or 2,
        discount_days=terms.discount_days or 10, early_pay_discount_computation="included",
    )  # fmt: skip
    share = (Decimal(100) / len(terms.days)).quantize(Decimal("0.000001"))
    for number, days in enumerate(terms.days, 1):
        value = Decimal(100) - share * (len(terms.days) - 1) if number == len(terms.days) else share
        tables.add(
            "account_payment_term_line", written, payment_id=row["id"], value="percent", value_amount=value,
            nb_days=days, delay_type="days_after", days_next_month="10",
        )  # fmt: skip
    return int(row["id"])


def _add_customer(tables: Tables, customer: Customer, terms: dict[str, int], written: str) -> tuple[Row, Row]:
    """A customer with its contacts. Returns the partner that carries the ledger, and the one that is invoiced."""
    locale = f"{customer.language}_{customer.country}"
    address = {
        "lang": locale if locale in LANGUAGES else ORDINARY_LOCALES[customer.language],
        "tz": customer.timezone,
        "country_id": COUNTRIES[customer.country][0],
        "street": customer.street,
        "zip": customer.postcode,
        "city": customer.city,
        "active": 1,
        "color": 0,
        "partner_share": 1,
        "autopost_bills": "ask",
        "invoice_warn": "no-message",
        "supplier_rank": 0,
        "vat": customer.tax_id,
        "phone": customer.phone,
        "phone_sanitized": customer.phone,
        "commercial_company_name": customer.name if customer.is_business else None,
    }
    domain = customer.email.partition("@")[2] if customer.email else None
    company_mail = f"info@{domain}" if domain and customer.is_business else customer.email
    partner = tables.add(
        "res_partner", written,
        **{
            **address, "name": customer.name, "complete_name": customer.name, "ref": customer.number,
            "is_company": int(customer.is_business), "type": "contact", "customer_rank": 1,
            "email": company_mail, "email_normalized": company_mail,
            "property_payment_term_id": by_company(1, terms[customer.terms.code]),
            "credit_limit": customer.credit_limit and by_company(1, float(customer.credit_limit)),
            "invoice_warn": "block" if customer.blocked else "no-message",
            "invoice_warn_msg": "Nur gegen Vorkasse" if customer.blocked else None,
        },
    )  # fmt: skip
    partner["commercial_partner_id"] = partner["id"]
    if not customer.is_business:
        return partner, partner
    below = {**address, "is_company": 0, "parent_id": partner["id"], "commercial_partner_id": partner["id"]}
    tables.add(
        "res_partner", written, **below, name=customer.contact_name, type="contact", function=customer.contact_role,
        complete_name=f"{customer.name}, {customer.contact_name}", email=customer.email,
        email_normalized=customer.email, customer_rank=0,
    )  # fmt: skip
    if not customer.invoice_office:
        return partner, partner
    office_mail = f"invoices@{domain}" if domain else None
    office = tables.add(
        "res_partner", written, **below, name=customer.contact_role, type="invoice", email=office_mail,
        complete_name=f"{customer.name}, {customer.contact_role}", email_normalized=office_mail, customer_rank=1,
    )  # fmt: skip
    return partner, office
