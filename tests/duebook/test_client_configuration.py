"""What is said of a client.yaml that is wrong: the file, the key, what would be right, and never a secret."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import time

import pytest

from connectors.registry import connectors_of
from duebook.clients import load_client, resolve_environment
from duebook.errors import ConfigError
from duebook.workspace import ClientPaths, Workspace

WriteClient = Callable[..., ClientPaths]
SECRET = "hunter2-geheim"  # noqa: S105


def refusal(paths: ClientPaths) -> str:
    with pytest.raises(ConfigError) as caught:
        load_client(paths)
    assert str(paths.config_file) in str(caught.value)
    return str(caught.value)


def test_a_good_file_is_read_with_its_defaults(write_client: WriteClient) -> None:
    client = load_client(write_client())
    assert client.id == "nordwind"
    assert client.ageing.edges == (30, 60, 90, 120)
    assert client.ageing.credits == "apart"
    assert client.run_at == time(5, 0)
    assert client.sources[0].options == {"url": "${NORDWIND_ODOO_URL}"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("home_currency: EUR\n", "", ["home_currency: is missing"]),
        ("country: DE", "land: DE", ["country: is missing", "land: is not a key Duebook knows"]),
        ("email: ar@", "mail: ar@", ["sender.email: is missing", "sender.mail: is not a key"]),
        ("name: Nordwind Pumpen GmbH", "name: 12", ["name: must be a string"]),
        ("name: Nordwind Pumpen GmbH", "name: '  '", ["name: must not be empty"]),
        ("name: Nordwind Pumpen GmbH", 'name: "a\\nb"', ["name: must be a single line"]),
        ("[de, en]", "de", ["languages: must be a list"]),
        ("[de, en]", "[]", ["languages: must have at least one entry"]),
        ("[de, en]", "[Deutsch]", ["languages.0: 'Deutsch' is not a language", "such as de"]),
        ("Europe/Berlin", "Berlin", ["timezone: 'Berlin' is not a time zone", "Europe/Berlin"]),
        ("home_currency: EUR", "home_currency: eur", ["home_currency: 'eur' is not a currency", "such as EUR"]),
        ("home_currency: EUR", "home_currency: EUU", ["home_currency: 'EUU' is not a currency"]),
        ("country: DE", "country: Germany", ["country: 'Germany' is not a country", "such as DE"]),
        ("country: DE", "country: UK", ["country: 'UK' is not a country"]),
        ("ar@nordwind.example", "ar.nordwind.example", ["sender.email: 'ar.nordwind.example' is not an email"]),
        ("ar@nordwind.example", '"ar@x.example\\r\\nBcc: a@x.example"', ["sender.email: must be a single line"]),
        ("{name: Nordwind, ", "{", ["sender.name: is missing"]),
        ("name: erp", "name: ERP", ["sources.0.name"]),
        ("name: erp", "name: casebook", ["sources: 'casebook' is a name Duebook uses itself"]),
        ("name: erp", "name: ecb", ["sources: 'ecb' is a name Duebook uses itself"]),
        ("sources:\n", "sources:\n  - {name: erp, erp: odoo}\n", ["sources: two sources are called 'erp'"]),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_what_would_be_right(
    write_client: WriteClient, old: str, new: str, expected: list[str]
) -> None:
    said = refusal(write_client((old, new)))
    for words in expected:
        assert words in said


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("ageing: {edges: [30, 30]}", "ageing.edges: must be whole days that increase"),
        ("ageing: {edges: [60, 30]}", "ageing.edges: must be whole days that increase"),
        ("ageing: {edges: []}", "ageing.edges: must be whole days that increase"),
        ("ageing: {edges: [0, 30]}", "ageing.edges: must be whole days that increase"),
        ("ageing: {basis: invoice}", "ageing.basis: Input should be 'due_date' or 'document_date'"),
        ("ageing: {bases: due_date}", "ageing.bases: is not a key"),
        ("dso_window_days: 0", "dso_window_days: Input should be greater than or equal to 1"),
        ("dso_window_days: ninety", "dso_window_days: Input should be a valid integer"),
        ("control_tolerance: -1", "control_tolerance: Input should be greater than or equal to 0"),
        ("run_at: 5", "run_at: must be a time of day such as 05:00"),
        ("run_at: 25:00", "run_at: "),
        ("run_at: '05:00Z'", "run_at: must be a time of day"),
        ("id: other", "id: is the name of the folder"),
        ("1: one", "line 12: not readable as YAML: the key '1' is not text"),
        ("[a, b]: one", "line 12: not readable as YAML: the key"),
        ("name: Again", "line 12: not readable as YAML: the key 'name' is given twice"),
        ("ageing:\n  basis: due_date\n  basis: due_date", "line 14: not readable as YAML: the key 'basis' is given"),
        ("\tname: x", "line 12: not readable as YAML: found character '\\t'"),
        ("ageing: {", "not readable as YAML"),
        ("ageing: !!python/object:os.system {}", "line 12: not readable as YAML"),
    ],
)
def test_an_added_line_that_is_wrong_is_named(write_client: WriteClient, added: str, expected: str) -> None:
    assert expected in refusal(write_client(append=added + "\n"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "must be a mapping of keys"),
        (b"# nothing yet\n", "must be a mapping of keys"),
        (b"- name: Nordwind\n", "must be a mapping of keys"),
        (b"Nordwind", "must be a mapping of keys"),
        ("name: Müller".encode("latin-1"), "not UTF-8 at byte 7"),
        (b"name: a\x00b", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_mapping_in_utf8_is_refused_in_one_line(
    write_client: WriteClient, content: bytes, expected: str
) -> None:
    said = refusal(write_client(content=content))
    assert expected in said
    assert "\n" not in said


def test_all_wrong_keys_are_told_at_once(write_client: WriteClient) -> None:
    said = refusal(write_client(("country: DE", "country: XX"), ("EUR", "euro")))
    assert len(said.splitlines()) == 2


def test_the_byte_order_mark_of_windows_editors_does_no_harm(write_client: WriteClient) -> None:
    good = write_client().config_file.read_bytes()
    assert load_client(write_client(content=b"\xef\xbb\xbf" + good)).name == "Nordwind Pumpen GmbH"


def test_norwegian_and_norway_stay_words(write_client: WriteClient) -> None:
    client = load_client(write_client(("[de, en]", "[no, en]"), ("country: DE", "country: NO")))
    assert client.languages == ("no", "en")
    assert client.country == "NO"


def test_a_time_of_day_without_quotes_is_not_taken_for_a_number_of_seconds(write_client: WriteClient) -> None:
    assert load_client(write_client(append="run_at: 10:30\n")).run_at == time(10, 30)


def test_a_merged_mapping_is_no_repeated_key(write_client: WriteClient) -> None:
    paths = write_client(append="ageing: &a {basis: due_date}\n")
    text = paths.config_file.read_text(encoding="utf-8").replace("ageing: &a {basis: due_date}", "ageing: {<<: {}}")
    paths.config_file.write_text(text, encoding="utf-8")
    assert load_client(paths).ageing.basis == "due_date"


@pytest.mark.parametrize(
    "line",
    [
        f"url: postgresql://reader:{SECRET}@db.example/odoo",
        f"url: postgresql://reader:/{SECRET}@db.example/odoo",
        f"url: postgresql://reader:with space {SECRET}@db.example/odoo",
        f"url: postgresql://db.example/odoo?user=reader&password={SECRET}",
        f"password: {SECRET}",
        f"api-key: {SECRET}",
        f"Client_Secret: {SECRET}",
        f"login: {{token: {SECRET}}}",
        f"passwords: [{SECRET}]",
    ],
)
def test_a_secret_in_plain_text_is_refused_without_being_repeated(write_client: WriteClient, line: str) -> None:
    paths = write_client(("url: ${NORDWIND_ODOO_URL}", line))
    with pytest.raises(ConfigError) as caught:
        load_client(paths)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert f"{paths.config_file}: sources.0." in told
    assert "environment variable" in told
    assert SECRET not in told


def test_a_password_of_digits_alone_is_a_secret_too(write_client: WriteClient) -> None:
    said = refusal(write_client(("url: ${NORDWIND_ODOO_URL}", "password: 74656374")))
    assert "plain text" in said
    assert "74656374" not in said


@pytest.mark.parametrize(
    "line",
    [
        "url: postgresql://reader:${PASSWORD}@db.example:5432/odoo",
        "url: postgresql://db.example/odoo?password=${PASSWORD}",
        "url: https://erp.example:8443/odata/Company('a@b')",
        "password: ${PASSWORD}",
        "url: sqlite:///erp.sqlite",
    ],
)
def test_a_reference_to_the_environment_is_no_secret(write_client: WriteClient, line: str) -> None:
    load_client(write_client(("url: ${NORDWIND_ODOO_URL}", line)))


def test_a_wrong_value_beside_a_secret_does_not_bring_the_secret_into_the_message(
    write_client: WriteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWIND_ODOO_URL", SECRET)
    paths = write_client(append="    company: none\n    pasword: x\n")
    with pytest.raises(ConfigError) as caught:
        connectors_of(load_client(paths), paths.config)
    told = "".join(traceback.format_exception(caught.value))
    assert "sources.0.company" in told
    assert "sources.0.pasword: is not a key" in told
    assert SECRET not in told


def test_an_unset_variable_matters_only_when_the_source_is_used(
    write_client: WriteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NORDWIND_ODOO_URL", raising=False)
    paths = write_client()
    (connector,) = connectors_of(load_client(paths), paths.config)
    with pytest.raises(ConfigError) as caught:
        connector.check()
    for words in (str(paths.config_file), "source 'erp': url", "NORDWIND_ODOO_URL is not set"):
        assert words in str(caught.value)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY", "")
    with pytest.raises(ConfigError, match="EMPTY is not set"):
        resolve_environment("a${EMPTY}b", "here")


@pytest.mark.parametrize("client_id", ["../nordwind", "nordwind/", ".", "", "NORDWIND", "absent", "nordwind\n"])
def test_only_the_name_of_a_folder_under_clients_is_a_client(
    write_client: WriteClient, workspace: Workspace, client_id: str
) -> None:
    write_client()
    with pytest.raises(ConfigError, match="Known clients: nordwind"):
        workspace.client(client_id)


def test_a_home_that_is_no_folder_is_told(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    monkeypatch.setenv("DUEBOOK_HOME", str(workspace.home / "absent"))
    with pytest.raises(ConfigError, match=r"DUEBOOK_HOME is .*absent, which is not a folder"):
        Workspace.from_environment()


def test_one_broken_client_does_not_hide_the_others_from_the_list(
    write_client: WriteClient, workspace: Workspace
) -> None:
    write_client(client_id="adler")
    write_client(client_id="broken", content="name: Müller".encode("latin-1"))
    write_client(client_id="cormoran")
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "clients"],
        env=os.environ | {"DUEBOOK_HOME": str(workspace.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["adler", "cormoran"]
    assert "broken: " in done.stderr
    assert "not UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
