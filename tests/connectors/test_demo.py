"""The demo clients: what their sources hold must agree with the world they were made from."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from connectors.demo import create, exports, odoo_sqlite
from connectors.demo.specs import BRIGHTWATER, CLIENTS, NORDWIND, ClientSpec
from connectors.demo.world import World, simulate
from duebook.clients import load_client
from duebook.errors import ConfigError
from duebook.workspace import Workspace

UNTIL = date(2026, 10, 20)
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def nordwind() -> World:
    return simulate(NORDWIND, UNTIL)


@pytest.fixture(scope="module")
def brightwater() -> World:
    return simulate(BRIGHTWATER, UNTIL)


@pytest.fixture(scope="module")
def odoo(nordwind: World) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(odoo_sqlite.database(nordwind))
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def inbox(brightwater: World) -> dict[str, bytes]:
    return exports.files(brightwater)


def money(value: float | None) -> Decimal:
    """A sum that SQLite made in binary, as the amount it stands for."""
    return Decimal(str(value or 0)).quantize(CENT)


def csv_rows(content: bytes, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def german(amount: str) -> Decimal:
    return Decimal(amount.replace(".", "").replace(",", "."))


@pytest.mark.parametrize("spec", CLIENTS, ids=lambda spec: spec.client_id)
def test_each_client_trades_for_two_and_a_half_years_in_many_countries_languages_and_currencies(
    spec: ClientSpec,
) -> None:
    world = simulate(spec, UNTIL)
    assert 2500 <= len(world.invoices) <= 3500
    assert world.invoices[0].issued_on < date(2024, 5, 1)
    assert max(invoice.issued_on for invoice in world.invoices) <= UNTIL
    assert max(receipt.paid_on for receipt in world.receipts) <= UNTIL
    assert len({customer.country for customer in world.customers}) >= 10
    assert len({customer.language for customer in world.customers}) == 10
    assert {"EUR", "GBP", "USD"} <= {invoice.currency for invoice in world.invoices}
    assert len({customer.name for customer in world.customers if customer.is_business}) >= 110
    assert all(customer.email is None or customer.email.endswith(".example") for customer in world.customers)


@pytest.mark.parametrize("spec", CLIENTS, ids=lambda spec: spec.client_id)
def test_allocations_and_documents_tell_the_same_balance_on_any_day(spec: ClientSpec) -> None:
    world = simulate(spec, UNTIL)
    invoices = {invoice.number: invoice for invoice in world.invoices}
    for day in (date(2025, 1, 31), date(2025, 12, 31), UNTIL):
        by_allocation: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (number, _), amount in world.open_instalments(day).items():
            assert amount >= 0
            by_allocation[invoices[number].customer, invoices[number].currency] += amount
        applied: dict[str, Decimal] = defaultdict(Decimal)
        for allocation in world.allocations:
            if allocation.allocated_on <= day:
                applied[allocation.credit] += allocation.amount
        for note in world.credit_notes:
            if note.issued_on <= day:
                assert applied[note.number] <= note.amount
                by_allocation[note.customer, note.currency] -= note.amount - applied[note.number]
        for receipt in world.receipts:
            if receipt.paid_on <= day:
                assert applied[receipt.number] <= receipt.settles
                by_allocation[receipt.customer, receipt.currency] -= receipt.settles - applied[receipt.number]
        for entry in world.journal:
            if entry.day <= day:
                by_allocation[entry.customer, spec.home_currency] += entry.amount
        assert dict(by_allocation) == world.owed(day)


@pytest.mark.parametrize("spec", CLIENTS, ids=lambda spec: spec.client_id)
def test_a_credit_settles_an_instalment_once_and_never_before_both_exist(spec: ClientSpec) -> None:
    world = simulate(spec, UNTIL)
    issued = {invoice.number: invoice.issued_on for invoice in world.invoices}
    arrived = {note.number: note.issued_on for note in world.credit_notes}
    arrived |= {receipt.number: receipt.paid_on for receipt in world.receipts}
    keys = [(one.credit, one.invoice, one.instalment) for one in world.allocations]
    assert len(keys) == len(set(keys))
    for one in world.allocations:
        assert max(issued[one.invoice], arrived[one.credit]) <= one.allocated_on <= UNTIL


def test_there_is_something_of_every_kind_to_look_at(nordwind: World, brightwater: World) -> None:
    for world in (nordwind, brightwater):
        still_open = world.open_instalments(UNTIL)
        due = {(i.number, part.number): part.due_on for i in world.invoices for part in i.instalments}
        days_late = [(UNTIL - due[key]).days for key, amount in still_open.items() if amount]
        assert any(late <= 0 for late in days_late)
        assert any(1 <= late <= 30 for late in days_late)
        assert any(31 <= late <= 60 for late in days_late)
        assert any(late > 120 for late in days_late)
        applied = {allocation.credit for allocation in world.allocations}
        assert any(note.number not in applied for note in world.credit_notes)
        assert any(note.number in applied for note in world.credit_notes)
        assert any(receipt.number not in applied for receipt in world.receipts)
        assert any(len(invoice.instalments) == 3 for invoice in world.invoices)
    assert any(receipt.discount for receipt in nordwind.receipts)
    assert any(invoice.disputed for invoice in brightwater.invoices)
    assert nordwind.drafts
    assert nordwind.cancelled


def test_every_odoo_move_balances_to_zero(odoo: sqlite3.Connection) -> None:
    sums = odoo.execute("select sum(balance), sum(debit), sum(credit) from account_move_line group by move_id")
    assert all(money(balance) == 0 and money(debit) == money(credit) for balance, debit, credit in sums)
    without_lines = "select count(*) from account_move where id not in (select move_id from account_move_line)"
    assert odoo.execute(without_lines).fetchone()[0] == 0


def test_odoo_receivable_lines_less_partials_leave_what_the_world_says_is_open_of_each_instalment(
    nordwind: World, odoo: sqlite3.Connection
) -> None:
    lines = odoo.execute(
        """
        select m.name as number, l.date_maturity as due_on, l.amount_residual_currency as residual,
               l.amount_currency
               - (select coalesce(sum(debit_amount_currency), 0) from account_partial_reconcile
                  where debit_move_id = l.id) as still_open
        from account_move_line l join account_move m on m.id = l.move_id
        where l.company_id = 1 and m.state = 'posted' and m.move_type = 'out_invoice'
          and l.display_type = 'payment_term'
        """
    )
    found = {(row["number"], row["due_on"]): (money(row["still_open"]), money(row["residual"])) for row in lines}
    still_open = nordwind.open_instalments(UNTIL)
    expected = {
        (invoice.number, str(part.due_on)): (still_open[invoice.number, part.number],) * 2
        for invoice in nordwind.invoices
        for part in invoice.instalments
    }
    assert found == expected


def test_odoo_receivable_account_holds_what_each_customer_owes(nordwind: World, odoo: sqlite3.Connection) -> None:
    rows = odoo.execute(
        """
        select p.ref as customer, c.name as currency, sum(l.amount_currency) as owed
        from account_move_line l
        join account_account a on a.id = l.account_id and a.account_type = 'asset_receivable'
        join res_partner p on p.id = l.partner_id
        join res_currency c on c.id = l.currency_id
        where l.company_id = 1 and l.parent_state = 'posted'
        group by p.ref, c.name
        """
    )
    found = {(row["customer"], row["currency"]): money(row["owed"]) for row in rows}
    assert found == nordwind.owed(UNTIL)


def test_what_is_fully_settled_in_odoo_ends_at_zero_in_both_currencies(odoo: sqlite3.Connection) -> None:
    groups = odoo.execute(
        """
        select full_reconcile_id, sum(balance) as home, sum(amount_currency) as document,
               sum(abs(amount_residual)) + sum(abs(amount_residual_currency)) as residual,
               max(currency_id <> company_currency_id) as is_foreign
        from account_move_line where full_reconcile_id is not null group by full_reconcile_id
        """
    ).fetchall()
    assert sum(row["is_foreign"] for row in groups) > 50
    for row in groups:
        assert money(row["home"]) == 0
        assert money(row["document"]) == 0
        assert money(row["residual"]) == 0


def test_odoo_residuals_follow_from_its_partials_in_the_company_currency(odoo: sqlite3.Connection) -> None:
    rows = odoo.execute(
        """
        select l.balance, l.amount_residual,
               (select coalesce(sum(amount), 0) from account_partial_reconcile where debit_move_id = l.id) as as_debit,
               (select coalesce(sum(amount), 0) from account_partial_reconcile where credit_move_id = l.id) as as_credit
        from account_move_line l join account_account a on a.id = l.account_id
        where a.account_type = 'asset_receivable' and l.parent_state = 'posted'
        """
    )
    for row in rows:
        left = money(row["balance"]) - money(row["as_debit"]) + money(row["as_credit"])
        assert left == money(row["amount_residual"])


def test_odoo_partials_are_the_worlds_allocations_on_their_days(nordwind: World, odoo: sqlite3.Connection) -> None:
    rows = odoo.execute(
        """
        select max_date, debit_amount_currency from account_partial_reconcile
        where company_id = 1 and debit_amount_currency <> 0
        """
    )
    found = sorted((day, money(amount)) for day, amount in rows)
    assert found == sorted((str(one.allocated_on), one.amount) for one in nordwind.allocations)


def test_exchange_differences_are_zero_in_the_document_currency(odoo: sqlite3.Connection) -> None:
    rows = odoo.execute(
        """
        select l.amount_currency, l.balance, x.journal_id, c.currency_exchange_journal_id as exchange_journal
        from account_partial_reconcile r
        join account_move x on x.id = r.exchange_move_id
        join account_move_line l on l.move_id = x.id
        join res_company c on c.id = x.company_id
        """
    ).fetchall()
    assert rows
    for row in rows:
        assert row["journal_id"] == row["exchange_journal"]
        assert row["amount_currency"] == 0
        assert row["balance"] != 0


def test_odoo_has_what_must_not_be_counted(nordwind: World, odoo: sqlite3.Connection) -> None:
    def count(where: str) -> int:
        return int(odoo.execute(f"select count(*) from account_move where {where}").fetchone()[0])

    assert count("company_id = 2 and state = 'posted'") >= 3
    assert count("state = 'draft' and amount_residual > 0") == len(nordwind.drafts)
    assert count("state = 'cancel' and amount_residual > 0") == len(nordwind.cancelled)
    assert count("company_id = 1 and move_type = 'entry' and name like 'MISC/%'") == 1
    private = "select count(*) from res_partner where is_company = 0 and parent_id is null and customer_rank > 0"
    assert odoo.execute(private).fetchone()[0] == NORDWIND.private_persons


def test_an_odoo_invoice_to_a_child_contact_is_carried_by_its_company(odoo: sqlite3.Connection) -> None:
    rows = odoo.execute(
        """
        select p.parent_id, m.commercial_partner_id, l.partner_id
        from account_move m join res_partner p on p.id = m.partner_id
        join account_move_line l on l.move_id = m.id and l.display_type = 'payment_term'
        where m.partner_id <> m.commercial_partner_id
        """
    ).fetchall()
    assert rows
    assert all(row["parent_id"] == row["commercial_partner_id"] == row["partner_id"] for row in rows)


def test_odoo_timestamps_are_naive_text_that_does_not_reach_past_the_last_day(odoo: sqlite3.Connection) -> None:
    for table in ("account_move", "account_move_line", "account_partial_reconcile", "res_partner"):
        stamps = [row[0] for row in odoo.execute(f"select write_date from {table}")]
        assert all(datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").date() <= UNTIL for stamp in stamps)


def test_control_totals_are_what_the_world_says_is_owed_at_each_month_end(
    brightwater: World, inbox: dict[str, bytes]
) -> None:
    rows = csv_rows(inbox[f"control_totals_{UNTIL}.csv"])
    days = {row["Day"] for row in rows}
    assert {"2024-04-30", "2025-02-28", "2026-09-30", str(UNTIL)} <= days
    assert max(days) == str(UNTIL)
    for day in days:
        told = {row["Currency"]: Decimal(row["Balance"]) for row in rows if row["Day"] == day}
        assert told == brightwater.owed_by_currency(date.fromisoformat(day))


def test_the_files_alone_add_up_to_the_control_totals_when_broken_rows_are_left_out(inbox: dict[str, bytes]) -> None:
    customers = openpyxl.load_workbook(io.BytesIO(inbox[f"customers_{UNTIL}.xlsx"]), read_only=True)["Customers"]
    known = {str(row[0]) for row in customers.iter_rows(min_row=2, values_only=True)}
    balance: dict[str, Decimal] = defaultdict(Decimal)
    seen: set[tuple[str, str]] = set()
    rejected = 0
    for name, content in inbox.items():
        if name.startswith("invoices_"):
            for row in csv_rows(content, ";", "cp1252"):
                key = (row["Voucher"], row["Instalment"])
                try:
                    datetime.strptime(row["Issued"], "%d.%m.%Y")
                    amount = german(row["Amount"])
                except (ValueError, ArithmeticError):
                    rejected += 1
                    continue
                if key in seen or row["Customer"] not in known or len(row["Currency"]) != 3:
                    rejected += 1
                    continue
                seen.add(key)
                balance[row["Currency"]] += amount
        elif name.startswith("payments_"):
            for row in csv_rows(content):
                balance[row["Currency"]] -= Decimal(row["Amount"])
    totals = csv_rows(inbox[f"control_totals_{UNTIL}.csv"])
    assert balance == {row["Currency"]: Decimal(row["Balance"]) for row in totals if row["Day"] == str(UNTIL)}
    assert rejected == 6


def test_exports_keep_leading_zeros_and_accents(brightwater: World, inbox: dict[str, bytes]) -> None:
    texts = [content.decode("cp1252") for name, content in inbox.items() if name.startswith("invoices_")]
    assert any("é" in text for text in texts)
    bought = {row["Customer"] for text in texts for row in csv_rows(text.encode(), ";")}
    numbers = {customer.number for customer in brightwater.customers}
    assert all(number.startswith("0") for number in numbers)
    assert bought - numbers == {"999999"}
    sheet = openpyxl.load_workbook(io.BytesIO(inbox[f"customers_{UNTIL}.xlsx"]))["Customers"]
    told = {str(row[0]): row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert told == {customer.number: customer.name for customer in brightwater.customers}


def test_the_same_day_gives_the_same_files_and_another_day_gives_others(
    nordwind: World, inbox: dict[str, bytes]
) -> None:
    again = simulate(NORDWIND, UNTIL)
    assert again == nordwind
    assert odoo_sqlite.database(again) == odoo_sqlite.database(nordwind)
    assert exports.files(simulate(BRIGHTWATER, UNTIL)) == inbox
    assert simulate(replace(NORDWIND, invoices=300), date(2026, 9, 30)).invoices != again.invoices


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_create_makes_two_valid_clients_and_a_second_time_leaves_every_file_alone(tmp_path: Path) -> None:
    clients = tmp_path / "clients"
    told: list[str] = []
    assert create(clients, UNTIL, told.append) == ["brightwater", "nordwind"]
    assert told
    made = contents(clients)
    assert {"nordwind/erp.sqlite", "nordwind/client.yaml", "brightwater/strategies.yaml"} <= set(made)
    assert not [name for name in made if ".tmp" in name or "/." in name]

    told.clear()
    create(clients, date(2026, 10, 25), told.append)
    assert contents(clients) == made
    assert told == []

    workspace = Workspace(tmp_path)
    assert workspace.client_ids() == ["brightwater", "nordwind"]
    for client_id, currency in (("nordwind", "EUR"), ("brightwater", "GBP")):
        assert load_client(workspace.client(client_id)).home_currency == currency


def test_create_replaces_what_a_broken_off_run_left_and_keeps_a_users_own_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "brightwater"
    (folder / ".inbox-broken").mkdir(parents=True)
    (folder / ".inbox-broken" / "customers_2026-10-20.xlsx").write_bytes(b"half")
    (folder / "client.yaml").write_text("name: Mine\n", encoding="utf-8")
    create(tmp_path, UNTIL)
    assert not list(folder.glob(".inbox-*"))
    assert (folder / "inbox" / f"customers_{UNTIL}.xlsx").is_file()
    assert (folder / "client.yaml").read_text(encoding="utf-8") == "name: Mine\n"


def test_create_says_what_to_do_where_the_configuration_is_not_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.demo.generate.REPOSITORY", tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"client\.yaml: the file does not exist.*DUEBOOK_HOME"):
        create(tmp_path / "clients", UNTIL)
