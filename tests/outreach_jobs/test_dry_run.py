"""A dry run from a published snapshot to files on disk, read back with other people's libraries."""

from __future__ import annotations

import csv
import email
import hashlib
import io
import re
import sqlite3
from collections.abc import Callable
from datetime import date
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from outreach_house import AS_OF, CLIENT_YAML, STRATEGIES_YAML, Due, House, Item, run_day
from pypdf import PdfReader

from duebook.errors import ConfigError, DuebookError
from outreach_jobs.plan import plan_messages

HOSTILE = "Evil\r\nBcc: all@victim.example\n\u202egnp.exe\u202c\x07 GmbH"


def only_file(house: House, suffix: str) -> bytes:
    (content,) = [content for path, content in house.files().items() if path.endswith(suffix)]
    return content


def read_email(house: House) -> EmailMessage:
    parsed = email.message_from_bytes(only_file(house, ".eml"), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content.replace("\N{NO-BREAK SPACE}", " ")


def letter_text(house: House) -> str:
    reader = PdfReader(io.BytesIO(only_file(house, ".pdf")))
    text = "\n".join(page.extract_text() for page in reader.pages)
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def outbox(house: House) -> list[dict[str, Any]]:
    with sqlite3.connect(house.paths.casebook) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("select * from outbox_message order by message_key")]


def manifest(house: House) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(only_file(house, "manifest.csv").decode())))


def test_a_long_subject_beyond_ascii_arrives_as_it_was_written(house: House, make_due: Callable[..., Due]) -> None:
    house.configure(
        "client.yaml",
        CLIENT_YAML.replace("name: Nordwind Pumpen GmbH", "name: Größte Überseeische Pumpenwerke Nürnberg"),
    )
    run_day(house, house.publish(make_due("second_reminder", language="en")))
    content = only_file(house, ".eml")
    subject = read_email(house)["Subject"]
    assert "Größte Überseeische Pumpenwerke Nürnberg" in subject
    assert "  " not in subject
    assert all(len(line) <= 78 for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"))


def test_an_email_has_the_clients_name_the_customers_address_and_both_parts(
    house: House, make_due: Callable[..., Due]
) -> None:
    run_day(house, house.publish(make_due()))
    message = read_email(house)
    assert message["From"] == "Nordwind Buchhaltung <ar@nordwind.example>"
    assert message["Reply-To"] == "Nordwind Buchhaltung <replies@nordwind.example>"
    assert message["To"] == "Petra König <buchhaltung@mueller.example>"
    assert message["Subject"] == "Zahlungserinnerung: 1.234,50 EUR überfällig – Nordwind Pumpen GmbH"
    assert message["Date"] == "Tue, 10 Mar 2026 12:00:00 +0100"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"
    assert message["Message-ID"].endswith("@nordwind.example>")
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert "RE-1001" in part(message, kind)
        assert "1.434,50 EUR" in part(message, kind)


def test_an_email_tells_nothing_internal(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due()))
    raw = only_file(house, ".eml")
    for internal in (b"erp:C-17", b"second_reminder", b"standard", b"Example Collections", b"X-"):
        assert internal not in raw


def test_lines_end_as_mail_requires_and_none_is_too_long(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due()))
    lines = only_file(house, ".eml").split(b"\r\n")
    assert all(b"\n" not in line and len(line) <= 998 for line in lines)


def test_a_hostile_name_adds_no_header_and_turns_nothing_around(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due(customer_name=HOSTILE, contact_name=HOSTILE)))
    message = read_email(house)
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec == "buchhaltung@mueller.example"
    assert message["To"].addresses[0].display_name == "Evil Bcc: all@victim.example gnp.exe GmbH"
    for text in (part(message, "plain"), part(message, "html"), message["Subject"]):
        assert not set(text) & {"\u202e", "\u202c", "\x07"}


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "n/a",
        "a@b.example; c@d.example",
        "a@b.example\nBcc: c@d.example",
        "Müller <a@b.example>",
        "ä@b.example",
    ],
)
def test_an_unusable_address_is_a_problem_of_that_customer_alone(
    house: House, make_due: Callable[..., Due], address: str | None
) -> None:
    snapshot = house.publish(make_due(email=address), make_due(customer_id="C-18"))
    result = run_day(house, snapshot)
    assert dict(result.rendered) == {"email": 1}
    (problem,) = result.problems.values()
    assert "Customer C-17: the email address is not usable" in problem
    assert [(row["customer_id"], row["state"]) for row in outbox(house)] == [("C-17", "planned"), ("C-18", "rendered")]
    assert [bool(row["problem"]) for row in manifest(house)] == [True, False]


def test_a_domain_outside_ascii_is_written_as_mail_servers_need_it(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due(email="info@müller.example")))
    assert read_email(house)["To"].addresses[0].addr_spec == "info@xn--mller-kva.example"


def test_a_letter_has_the_address_the_items_and_the_total(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due("formal_notice")))
    text = letter_text(house)
    for expected in (
        "Nordwind Pumpen GmbH · Kaistraße 12 · 20457 Hamburg",
        "Müller & Söhne Anlagenbau GmbH",
        "Industriestraße 4",
        "21073 Hamburg",
        "10. März 2026",
        "RE-1001",
        "2.380,00",
        "1.190,00",
        "-100,00",
        "1.434,50 EUR",
        "Seite 1 von 1",
    ):
        assert expected in text
    assert "DEUTSCHLAND" not in text


def test_a_letter_abroad_names_the_country_and_prints_polish(house: House, make_due: Callable[..., Due]) -> None:
    due = make_due(
        "formal_notice", language="pl", country="PL", city="Łódź", customer_name="Zażółć Gęślą Jaźń Sp. z o.o."
    )
    run_day(house, house.publish(due))
    text = letter_text(house)
    assert "Zażółć Gęślą Jaźń Sp. z o.o." in text
    assert "21073 Łódź" in text
    assert "POLEN" in text
    assert "1 434,50 EUR" in text


def test_a_long_letter_repeats_its_headings_and_numbers_its_pages(house: House, make_due: Callable[..., Due]) -> None:
    items = tuple(Item(f"RE-{number}", 50, "10.00") for number in range(2000, 2080))
    run_day(house, house.publish(make_due("formal_notice", items=items)))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(only_file(house, ".pdf"))).pages]
    assert len(pages) > 1
    assert all("Belegdatum" in page for page in pages[:2])
    assert f"Seite 2 von {len(pages)}" in pages[1]
    assert all(item.number in "".join(pages) for item in items)


def test_the_last_page_of_a_letter_has_more_than_its_closing(house: House, make_due: Callable[..., Due]) -> None:
    lengths = range(8, 21)
    letters = [
        make_due("formal_notice", f"C-{count}", items=tuple(Item(f"RE-{n}", 50, "10.00") for n in range(count)))
        for count in lengths
    ]
    run_day(house, house.publish(*letters))
    pages = [
        [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        for path, content in house.files().items()
        if path.endswith(".pdf")
    ]
    assert {len(letter) for letter in pages} == {1, 2}
    for letter in pages:
        assert "gegenstandslos" in letter[-1]
        assert "Mit freundlichen Grüßen" in letter[-1]


@pytest.mark.parametrize(
    "address",
    [
        "credit.control.department@brightwater-supplies.example",
        "debitorenbuchhaltung.forderungsmanagement.international@nordwind-pumpenwerke-hamburg.example",
        f"{'a' * 64}@nordwind.example",
    ],
)
def test_a_long_address_or_name_of_the_sender_stays_on_the_paper(
    house: House, make_due: Callable[..., Due], address: str
) -> None:
    company = "Nordwind Pumpen- und Armaturenwerke Überseeische Handelsgesellschaft mbH & Co. Kommanditgesellschaft"
    changed = CLIENT_YAML.replace("replies@nordwind.example", address).replace("Nordwind Pumpen GmbH", company)
    house.configure("client.yaml", changed)
    run_day(house, house.publish(make_due("formal_notice")))
    text = letter_text(house)
    assert address in "".join(text.split())
    # The column of the address is 40 mm wide: some 45 letters of the smallest size.
    assert all(len(line) <= 50 for line in text.split("\n") if any(part in line for part in re.split("[.@-]", address)))
    assert company in " ".join(text.split())


def test_typesetting_code_in_a_name_is_printed_and_not_run(house: House, make_due: Callable[..., Due]) -> None:
    name = '#read("/etc/passwd") *x* $y$ "quoted" \\ GmbH'
    run_day(house, house.publish(make_due("formal_notice", customer_name=name)))
    assert name in letter_text(house)


def test_a_letter_without_a_full_address_or_with_unprintable_letters_is_a_problem(
    house: House, make_due: Callable[..., Due]
) -> None:
    result = run_day(
        house,
        house.publish(
            make_due("formal_notice", "C-1", street=None),
            make_due("formal_notice", "C-2", customer_name="東京商事"),
            make_due("formal_notice", "C-3"),
        ),
    )
    told = sorted(result.problems.values())
    assert "Customer C-1: the postal address has no street or no city" in told[0]
    assert "Customer C-2: the letter has characters its fonts cannot print (東 京 商 事)" in told[1]
    assert dict(result.rendered) == {"letter": 1}


def test_running_again_gives_the_same_bytes_and_makes_nothing_twice(house: House, make_due: Callable[..., Due]) -> None:
    due = (make_due(), make_due("formal_notice", "C-18"), make_due("call", "C-19"))
    snapshot = house.publish(*due)
    run_day(house, snapshot)
    files, rows = house.files(), outbox(house)
    again = run_day(house, snapshot)
    assert (again.plan.new, again.plan.existing, dict(again.rendered)) == (0, 3, {})
    assert house.files() == files
    assert outbox(house) == rows


def test_the_bytes_do_not_depend_on_when_or_where_they_are_made(house: House, make_due: Callable[..., Due]) -> None:
    snapshot = house.publish(make_due(), make_due("formal_notice", "C-18"))
    run_day(house, snapshot)
    files = house.files()
    for path in files:
        if not path.endswith(".csv"):
            (house.paths.data / path).unlink()
    run_day(house, snapshot)
    assert house.files() == files


def test_a_run_killed_after_planning_is_completed_by_the_next(house: House, make_due: Callable[..., Due]) -> None:
    snapshot = house.publish(make_due(), make_due("formal_notice", "C-18"), make_due("call", "C-19"))
    planned = plan_messages(house.paths, house.client, snapshot, house.casebook)
    assert (planned.new, dict(planned.by_channel)) == (3, {"email": 1, "letter": 1, "phone": 1})
    assert {row["state"] for row in outbox(house)} == {"planned"}
    assert house.files() == {}
    result = run_day(house, snapshot)
    assert dict(result.rendered) == {"email": 1, "letter": 1, "phone": 1}
    assert {row["state"] for row in outbox(house)} == {"rendered"}
    assert len(house.files()) == 4


def test_a_message_that_stayed_planned_carries_the_day_it_was_made_on(
    house: House, make_due: Callable[..., Due]
) -> None:
    plan_messages(house.paths, house.client, house.publish(make_due()), house.casebook)
    tomorrow = date(2026, 3, 11)
    run_day(house, house.publish(make_due(), as_of=tomorrow))
    (row,) = outbox(house)
    assert row["planned_on"] == "2026-03-11"
    assert row["file"].startswith("outbox/2026-03-11/email/C-17_")


def test_a_message_made_yesterday_is_not_made_again(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due(), make_due("call", "C-18")))
    files, rows = house.files(), outbox(house)
    result = run_day(house, house.publish(make_due(), make_due("call", "C-18"), as_of=date(2026, 3, 11)))
    assert dict(result.rendered) == {}
    assert outbox(house) == rows
    assert {path: content for path, content in house.files().items() if "2026-03-11" not in path} == files
    assert not any(path.endswith((".eml", ".xlsx")) for path in house.files() if "2026-03-11" in path)


def test_a_lost_file_is_not_replaced_by_a_different_message(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due()))
    (path,) = [path for path in house.files() if path.endswith(".eml")]
    (house.paths.data / path).unlink()
    result = run_day(house, house.publish(make_due(items=(Item("RE-1001", 40, "999.00"),))))
    (problem,) = result.problems.values()
    assert "would read differently now" in problem
    assert path not in house.files()


def test_the_casebook_keeps_what_was_said_by_whom_to_whom(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due()))
    (row,) = outbox(house)
    assert row["client_id"] == "nordwind"
    assert row["message_key"] == "erp:C-17|reminder|email|EUR|de|2026-01-29"
    assert row["total_amount"] == "1434.500"
    assert (row["planned_on"], row["due_cycle"]) == ("2026-03-10", "2026-01-29")
    assert (row["sender_name"], row["sender_email"]) == ("Nordwind Buchhaltung", "ar@nordwind.example")
    assert row["recipient"] == "buchhaltung@mueller.example"
    assert row["template_version"]
    assert hashlib.sha256((house.paths.data / row["file"]).read_bytes()).hexdigest() == row["content_hash"]


def test_the_manifest_lists_every_contact_and_holds_no_formula(house: House, make_due: Callable[..., Due]) -> None:
    credit = (Item("RE-1", 9, "10.00"), Item("GS-1", 9, "-30.00"))
    run_day(
        house,
        house.publish(
            make_due(customer_id="=1+1", items=credit),
            make_due("call", "C-19"),
            make_due("formal_notice", "C-20", customer_name='@SUM(1+1)*cmd|"calc"'),
        ),
    )
    rows = manifest(house)
    assert {row["channel"] for row in rows} == {"email", "letter", "phone"}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    by_channel = {row["channel"]: row for row in rows}
    assert by_channel["email"]["customer_id"] == "'=1+1"
    assert by_channel["email"]["total_amount"] == "-20.000"
    assert by_channel["phone"]["recipient"] == "'+4940998877"
    assert by_channel["letter"]["recipient"].startswith("'@SUM")


def test_a_customer_id_cannot_lead_out_of_the_folder(house: House, make_due: Callable[..., Due]) -> None:
    run_day(house, house.publish(make_due(customer_id="../../../etc/cron.d/x"), make_due(customer_id="..")))
    folder = house.paths.outbox / AS_OF.isoformat() / "email"
    assert sorted(path.name.rpartition("_")[0] for path in folder.iterdir()) == ["customer", "etc-cron-d-x"]


@pytest.mark.parametrize("strategies", [None, STRATEGIES_YAML.partition("\n")[2]])
def test_nothing_is_made_while_the_client_has_not_approved(
    house: House, make_due: Callable[..., Due], strategies: str | None
) -> None:
    if strategies is None:
        (house.paths.config / "strategies.yaml").unlink()
        house.configure("client.yaml", CLIENT_YAML.replace("strategies: strategies.yaml\n", ""))
    else:
        house.configure("strategies.yaml", strategies)
    with pytest.raises(ConfigError, match=r"strategies.yaml: approved: is missing"):
        run_day(house, house.publish(make_due()))
    assert house.files() == {}
    assert outbox(house) == []


def test_one_broken_template_does_not_hold_up_the_others(house: House, make_due: Callable[..., Due]) -> None:
    path = house.configure("templates/reminder/email/nl.txt", "Subject: x\n\n{{ items }} {{ ''.__class__.__mro__ }}\n")
    result = run_day(house, house.publish(make_due(language="nl"), make_due(customer_id="C-18")))
    (problem,) = result.problems.values()
    assert str(path) in problem
    assert dict(result.rendered) == {"email": 1}


def test_a_letter_layout_that_does_not_compile_is_told_by_its_file(house: House, make_due: Callable[..., Due]) -> None:
    path = house.configure("templates/layout/letter.typ", "#unknown-function()")
    result = run_day(house, house.publish(make_due("formal_notice")))
    (problem,) = result.problems.values()
    assert f"{path}: cannot be typeset: unknown variable: unknown-function" in problem


def test_a_snapshot_of_another_client_is_refused(house: House, make_due: Callable[..., Due]) -> None:
    snapshot = house.publish(make_due())
    snapshot.client_id = "suedwind"
    with pytest.raises(DuebookError, match="client 'suedwind' was given for client 'nordwind'"):
        run_day(house, snapshot)


def test_a_day_without_messages_leaves_no_files(house: House) -> None:
    result = run_day(house, house.publish())
    assert (result.plan.new, result.outbox, result.worklist) == (0, None, None)
    assert house.files() == {}
