"""Every template in every language, a client's own ones, and the sandbox they run in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from outreach_house import CLIENT_YAML, STEPS, Due, House, Item

from duebook.errors import ConfigError
from outreach_jobs.compose import Rendered, TemplateLibrary, render
from outreach_jobs.compose.formats import Formats
from outreach_jobs.due import read_items, read_messages

LANGUAGES = ("en", "de", "nl", "fr", "es", "it", "pl", "sv", "da")
COUNTRIES = {"en": "GB", "sv": "SE", "da": "DK"}


def render_one(house: House, due: Due) -> Rendered:
    snapshot = house.publish(due)
    (message,) = read_messages(snapshot)
    items = read_items(snapshot)[message.message_key]
    return render(message, items, house.client, TemplateLibrary.for_client(house.paths))


def plain(text: str) -> str:
    """With ordinary spaces, as the tests write them."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_every_template_is_there_in_every_language() -> None:
    assert {tuple(entry) for entry in TemplateLibrary().coverage()} == {
        (step, channel, language) for step, (channel, _) in STEPS.items() for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_message_names_the_customer_each_document_the_total_and_the_sender(
    house: House, make_due: Callable[..., Due], step: str, language: str
) -> None:
    country = COUNTRIES.get(language, language.upper())
    rendered = render_one(house, make_due(step, language=language, country=country, contact_name=None))
    text = " ".join(plain(rendered.text).split())
    for expected in (
        "Müller & Söhne Anlagenbau GmbH",
        "RE-1001",
        "RE-1002",
        "RE-1003",
        "GS-77",
        "Nordwind Buchhaltung",
    ):
        assert expected in text
    # 1190.00 + 44.50 + 300.00 - 100.00
    total = {"en": "EUR 1,434.50", "nl": "EUR 1.434,50"}.get(language)
    grouped = " " if language in ("fr", "pl", "sv") else "."
    assert (total or f"1{grouped}434,50 EUR") in text
    assert rendered.subject
    assert "{" not in text
    assert "\x1f" not in text
    assert (rendered.html != "") == (STEPS[step][0] == "email")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_message_says_once_who_writes(house: House, make_due: Callable[..., Due], step: str, language: str) -> None:
    house.configure("client.yaml", CLIENT_YAML.replace("[Kaistraße 12,", "[Nordwind Pumpen GmbH, Kaistraße 12,"))
    rendered = render_one(house, make_due(step, language=language))
    body = rendered.html.partition("<body")[2]
    for text in (" ".join(rendered.text.split()), body) if body else (" ".join(rendered.text.split()),):
        assert text.count("Nordwind Buchhaltung") == 1
        assert text.count("Nordwind Pumpen GmbH") == 1
    assert ("Kaistraße 12" in body) == bool(body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formal_notice_speaks_in_the_clients_name_and_names_a_last_day(
    house: House, make_due: Callable[..., Due], language: str
) -> None:
    rendered = render_one(house, make_due("formal_notice", language=language, country=None))
    text = " ".join(plain(rendered.text).split())
    # Ten days after Tuesday 10 March 2026.
    assert Formats.of(language, None).long_date(date(2026, 3, 20)) in text
    assert "Example Collections" not in text


def test_the_last_day_to_pay_is_not_on_a_weekend(house: House, make_due: Callable[..., Due]) -> None:
    snapshot = house.publish(make_due(), as_of=date(2026, 3, 11))
    (message,) = read_messages(snapshot)
    items = read_items(snapshot)[message.message_key]
    rendered = render(message, items, house.client, TemplateLibrary())
    assert "23. März 2026" in plain(rendered.text)


def test_items_are_shown_overdue_first_then_not_yet_due_then_credits(
    house: House, make_due: Callable[..., Due]
) -> None:
    items = (Item("A-credit", 50, "-5.00"), Item("B-later", -3, "7.00"), Item("C-overdue", 9, "11.00"))
    text = render_one(house, make_due(items=items)).text
    assert text.index("C-overdue") < text.index("B-later") < text.index("A-credit")


def test_text_and_html_say_the_same(house: House, make_due: Callable[..., Due]) -> None:
    rendered = render_one(house, make_due())
    for paragraph in (*rendered.before, *rendered.after):
        assert paragraph.replace("\n", "<br>") in rendered.html


@pytest.mark.parametrize(
    ("language", "country", "currency", "expected"),
    [
        ("de", "DE", "EUR", "1.234.567,89 EUR"),
        ("de-AT", "DE", "EUR", "EUR 1.234.567,89"),
        ("de", "CH", "CHF", "CHF 1’234’567.89"),
        ("en", "US", "USD", "USD 1,234,567.89"),
        ("en", None, "JPY", "JPY 1,234,568"),
        ("en", "KW", "KWD", "KWD 1,234,567.890"),
        ("xx-unknown", "ZZ", "EUR", "EUR 1,234,567.89"),
    ],
)
def test_amounts_are_written_as_in_the_customers_country(
    language: str, country: str | None, currency: str, expected: str
) -> None:
    assert plain(Formats.of(language, country).money(Decimal("1234567.890"), currency)) == expected


def test_a_regional_language_is_served_by_its_base_language(house: House, make_due: Callable[..., Due]) -> None:
    rendered = render_one(house, make_due(language="de-AT", country="AT"))
    assert rendered.language == "de"
    assert "Zahlungserinnerung" in rendered.subject


def test_a_language_without_a_template_is_told_with_those_there_are(house: House, make_due: Callable[..., Due]) -> None:
    with pytest.raises(ConfigError, match=r"in language 'fi'. There is one in: da, de, en, es, fr, it, nl, pl, sv"):
        render_one(house, make_due(language="fi"))


def test_a_clients_own_template_wins(house: House, make_due: Callable[..., Due]) -> None:
    packaged = render_one(house, make_due())
    house.configure("templates/reminder/email/de.txt", "Subject: Moin\n\nBitte zahlen.\n\n{{ items }}\n")
    own = render_one(house, make_due())
    assert own.subject == "Moin"
    assert "RE-1001" in own.html
    assert own.template_version != packaged.template_version


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{{ ''.__class__.__mro__ }} {{ items }}", "unsafe"),
        ("{{ items }} {{ customer_name.__class__ }}", "unsafe"),
        ("{{ items }} {{ secret }}", "uses secret, which no message has"),
        ("{% if has_credits %} {{ items }}", "line 3: not readable as a template"),
        ("{% include '/etc/passwd' %} {{ items }}", "no loader"),
        ("{{ items }} {{ 1 // 0 }}", "cannot be filled in"),
        ("no table here", "does not show the items"),
    ],
)
def test_a_template_that_reaches_too_far_is_refused_with_its_file(
    house: House, make_due: Callable[..., Due], body: str, told: str
) -> None:
    path = house.configure("templates/reminder/email/de.txt", f"Subject: x\n\n{body}\n")
    with pytest.raises(ConfigError, match=told) as caught:
        render_one(house, make_due())
    assert str(path) in str(caught.value)


def test_markup_in_a_name_stays_text_in_the_html(house: House, make_due: Callable[..., Due]) -> None:
    name = "<script>alert(1)</script> & {{ 7 * 7 }}"
    rendered = render_one(house, make_due(customer_name=name, contact_name=name))
    assert "<script" not in rendered.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in rendered.html
    assert name in rendered.text
