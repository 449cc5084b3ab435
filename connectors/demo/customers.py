"""Who buys: customers in many countries, with names, people and habits of payment."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from connectors.demo.documents import Terms, random_stream
from connectors.demo.specs import ClientSpec

HABITS = {
    "prompt": 34, "slow": 20, "slipping": 10, "erratic": 10, "chronic": 6,
    "partial": 7, "overpayer": 5, "non_payer": 6, "discount": 4,
}  # fmt: skip
KEY_ACCOUNTS = 6
WITHOUT_EMAIL = 0.03
TWO_CURRENCIES = 0.12
_WITHOUT_DECOMPOSITION = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l"})


@dataclass(frozen=True)
class Customer:
    """A customer.

    Attributes:
        habit: how it pays; a key of ``HABITS``.
        second_currency: some of its invoices are in this one.
        invoices_per_month: relative to the others; scaled to the number of invoices the client has.
        payment_weekday: the day of its weekly payment run; None pays on any business day.
        invoice_office: whether its invoices go to an office of their own rather than to the company.
    """

    number: str
    name: str
    is_business: bool
    country: str
    language: str
    timezone: str
    currency: str
    second_currency: str | None
    email: str | None
    phone: str
    contact_name: str
    contact_role: str
    tax_id: str | None
    street: str
    postcode: str
    city: str
    terms: Terms
    credit_limit: Decimal | None
    blocked: bool
    habit: str
    invoices_per_month: float
    typical_amount: Decimal
    payment_weekday: int | None
    invoice_office: bool


@cache
def places() -> dict[str, Any]:
    """The content of countries.yaml."""
    text = files("connectors.demo").joinpath("countries.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def domain_part(name: str) -> str:
    """A name as it may stand in an internet domain: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name.translate(_WITHOUT_DECOMPOSITION)).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain.lower()).split())


def _native_and_latin(part: str) -> tuple[str, str]:
    native, _, latin = part.partition("|")
    return native, latin or native


def _company_names(language: str, rng: Random) -> Iterator[tuple[str, str]]:
    """Every pair of a root and a branch once, as written and in Latin letters, in random order."""
    pool = places()["companies"][language]
    pairs = [(root, branch) for root in pool["roots"] for branch in pool["branches"]]
    rng.shuffle(pairs)
    for first, second in pairs:
        (root, root_latin), (branch, branch_latin) = _native_and_latin(first), _native_and_latin(second)
        yield root + ("" if language == "ja" else " ") + branch, f"{root_latin} {branch_latin}"


def _person(language: str, rng: Random) -> tuple[str, str]:
    """A person's name as it is written there, and in Latin letters."""
    given_names, family_names = places()["people"][language]
    given, given_latin = _native_and_latin(rng.choice(given_names))
    family, family_latin = _native_and_latin(rng.choice(family_names))
    native = f"{family} {given}" if language == "ja" else f"{given} {family}"
    return native, f"{given_latin} {family_latin}"


def populate(spec: ClientSpec, until: date) -> list[Customer]:
    """All customers of a client."""
    rng = random_stream(spec.client_id, until, "customers")
    habits = [habit for habit in HABITS if habit != "discount" or any(terms.discount_percent for terms in spec.terms)]
    names = {language: _company_names(language, rng) for language in places()["companies"]}
    countries = [country for country, count in spec.countries.items() for _ in range(count)]
    rng.shuffle(countries)
    # Key accounts are at home, where the currency and the terms are the ordinary ones.
    countries.sort(key=lambda country: country != spec.country)
    private_from = len(countries) - spec.private_persons
    countries[private_from:] = [spec.country] * spec.private_persons
    number = 10_000 if spec.numbering.yearly else 107
    customers = []
    for position, country in enumerate(countries):
        number += rng.randint(1, 9)
        habit = rng.choices(habits, [HABITS[habit] for habit in habits])[0]
        customers.append(
            _customer(
                spec,
                rng,
                names,
                number=spec.numbering.customer.format(n=number),
                country=country,
                habit="prompt" if position < KEY_ACCOUNTS // 2 else habit,
                is_key=position < KEY_ACCOUNTS,
                is_business=position < private_from,
            )
        )
    return customers


def _customer(
    spec: ClientSpec,
    rng: Random,
    names: dict[str, Iterator[tuple[str, str]]],
    *,
    number: str,
    country: str,
    habit: str,
    is_key: bool,
    is_business: bool,
) -> Customer:
    place = places()["countries"][country]
    postcode, city, *exceptions = rng.choice(place["cities"])
    here = {"language": place["language"], "zone": place["zone"], **(exceptions[0] if exceptions else {})}
    language = here["language"]
    person, person_latin = _person(language, rng)
    mailbox, role = places()["offices"][language]
    if is_business:
        stem, latin = next(names[language])
        form = rng.choice(place["forms"])
        name, email = stem + ("" if language == "ja" else " ") + form, f"{mailbox}@{domain_part(latin)}.example"
    else:
        name, email = person, f"{domain_part(person_latin)}@post.example"
    discounting = [terms for terms in spec.terms if terms.discount_percent]
    terms = rng.choices(spec.terms, [terms.share for terms in spec.terms])[0]
    currency = spec.currencies.get(country, spec.home_currency)
    frequency = rng.lognormvariate(0, 0.7) * (6 if is_key else 1)
    typical = float(spec.typical_amount) * rng.lognormvariate(0, 0.9) * (4 if is_key else 1)
    limit = Decimal(max(5, round(typical * max(frequency, 1) / 1000) * 4)) * 1000
    foreign = currency not in (spec.home_currency, "JPY")
    return Customer(
        number=number,
        name=name,
        is_business=is_business,
        country=country,
        language=language,
        timezone=here["zone"],
        currency=currency,
        second_currency=spec.home_currency if foreign and rng.random() < TWO_CURRENCIES else None,
        email=None if rng.random() < WITHOUT_EMAIL else email,
        phone="".join(str(rng.randint(0, 9)) if c == "#" else c for c in rng.choice(place["phones"])),
        contact_name=person,
        contact_role=role,
        # Nobody's number: those that are given out do not begin with four zeros.
        tax_id=f"{country}0000{rng.randint(10_000, 99_999)}" if is_business else None,
        street=rng.choice(place["streets"]).format(n=rng.randint(1, 98)),
        postcode=postcode,
        city=city,
        terms=rng.choice(discounting) if habit == "discount" else terms,
        credit_limit=limit if is_business and rng.random() < 0.9 else None,
        blocked=habit == "non_payer" and rng.random() < 0.5,
        habit=habit,
        invoices_per_month=frequency,
        typical_amount=Decimal(round(typical)),
        payment_weekday=rng.randint(1, 3) if is_key or rng.random() < 0.15 else None,
        invoice_office=is_business and rng.random() < 0.3,
    )
