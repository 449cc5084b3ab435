"""A client with an approved strategy, and snapshots published from small tables of the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from casebook import Casebook
from duebook.clients import Client, load_client
from duebook.snapshot import PublishedTable, Snapshot, publish
from duebook.workspace import ClientPaths
from outreach_jobs.deliver.dry_run import make_batch, make_worklist
from outreach_jobs.plan import PlanResult, plan_messages

AS_OF = date(2026, 3, 10)

CLIENT_YAML = """\
name: Nordwind Pumpen GmbH
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [de, en, nl, fr, es, it, pl, sv, da]
strategies: strategies.yaml
sender:
  name: Nordwind Buchhaltung
  email: ar@nordwind.example
  reply_to: replies@nordwind.example
  phone: +49 40 123456
  address: [Kaistraße 12, 20457 Hamburg]
agency: {name: Example Collections}
sources:
  - {name: erp, erp: odoo}
"""

STRATEGIES_YAML = """\
approved: {by: Maria Brandt, on: 2026-01-15}
strategies:
  - name: standard
    minimum_amount: 10.00
    min_days_between_contacts: 5
    steps:
      - {name: upcoming, offset_days: -5, channel: email, template: upcoming, tone: friendly}
      - {name: reminder, offset_days: 3, channel: email, template: reminder, tone: friendly}
      - {name: second_reminder, offset_days: 14, channel: email, template: second_reminder, tone: firm}
      - {name: call, offset_days: 21, channel: phone, template: call, tone: firm}
      - {name: formal_notice, offset_days: 35, channel: letter, template: formal_notice, tone: formal}
"""

SCHEMA = """
create table due_step (
    client_id varchar, message_key varchar, as_of date, customer_key varchar, customer_id varchar,
    customer_name varchar, source varchar, currency varchar, language varchar, channel varchar, strategy varchar,
    step varchar, step_order integer, template varchar, tone varchar, due_cycle date,
    overdue_amount decimal(18, 3), not_due_amount decimal(18, 3), credit_amount decimal(18, 3),
    total_amount decimal(18, 3), max_days_past_due integer, contact_name varchar, email varchar, phone varchar,
    street varchar, postcode varchar, city varchar, country varchar, timezone varchar
);
create table due_step_item (
    client_id varchar, message_key varchar, item_key varchar, document_number varchar, kind varchar, issued_on date,
    due_on date, days_past_due integer, currency varchar, amount decimal(18, 3), open_amount decimal(18, 3),
    part varchar
);
create table open_interval (
    client_id varchar, item_key varchar, customer_key varchar, currency varchar, valid_from date, valid_to date,
    open_amount decimal(18, 3), open_amount_home decimal(18, 3)
);
"""

STEPS = {
    "upcoming": ("email", 1),
    "reminder": ("email", 2),
    "second_reminder": ("email", 3),
    "call": ("phone", 4),
    "formal_notice": ("letter", 5),
}


@dataclass
class Item:
    """An open item; ``days`` past due decides its part unless it is a credit."""

    number: str
    days: int
    open: str
    amount: str | None = None
    dated: bool = True

    @property
    def part(self) -> str:
        if Decimal(self.open) < 0:
            return "credit"
        return "overdue" if self.days > 0 else "not_due"


DEFAULT_ITEMS = (
    Item("RE-1001", 40, "1190.00", "2380.00"),
    Item("RE-1002", 12, "44.50"),
    Item("RE-1003", -9, "300.00"),
    Item("GS-77", 5, "-100.00"),
)


@dataclass
class Due:
    """A due message; whatever is not given is a plain German customer's."""

    step: str = "reminder"
    customer_id: str = "C-17"
    items: tuple[Item, ...] = DEFAULT_ITEMS
    currency: str = "EUR"
    rate: str = "1"
    columns: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
        channel, order = STEPS[self.step]
        key = f"erp:{self.customer_id}"
        language = self.columns.get("language", "de")
        due_cycle = AS_OF - timedelta(days=max(item.days for item in self.items))
        parts = {
            part: sum((Decimal(item.open) for item in self.items if item.part == part), Decimal(0))
            for part in ("overdue", "not_due", "credit")
        }
        message = {
            "client_id": "nordwind",
            "message_key": f"{key}|{self.step}|{channel}|{self.currency}|{language}|{due_cycle}",
            "as_of": AS_OF,
            "customer_key": key,
            "customer_id": self.customer_id,
            "customer_name": "Müller & Söhne Anlagenbau GmbH",
            "source": "erp",
            "currency": self.currency,
            "language": language,
            "channel": channel,
            "strategy": "standard",
            "step": self.step,
            "step_order": order,
            "template": self.step,
            "tone": "friendly",
            "due_cycle": due_cycle,
            "overdue_amount": parts["overdue"],
            "not_due_amount": parts["not_due"],
            "credit_amount": parts["credit"],
            "total_amount": sum(parts.values()),
            "max_days_past_due": max(item.days for item in self.items),
            "contact_name": "Petra König",
            "email": "buchhaltung@mueller.example",
            "phone": "+4940998877",
            "street": "Industriestraße 4",
            "postcode": "21073",
            "city": "Hamburg",
            "country": "DE",
            "timezone": "Europe/Berlin",
        } | self.columns
        items = [
            {
                "client_id": "nordwind",
                "message_key": message["message_key"],
                "item_key": f"{key}:{item.number}",
                "document_number": item.number,
                "kind": "credit_note" if item.part == "credit" else "invoice",
                "issued_on": AS_OF - timedelta(days=item.days + 30),
                "due_on": AS_OF - timedelta(days=item.days) if item.dated else None,
                "days_past_due": item.days if item.dated else None,
                "currency": self.currency,
                "amount": Decimal(item.amount or item.open),
                "open_amount": Decimal(item.open),
                "part": item.part,
            }
            for item in self.items
        ]
        intervals = [
            {
                "client_id": "nordwind",
                "item_key": row["item_key"],
                "customer_key": key,
                "currency": self.currency,
                "valid_from": row["issued_on"],
                "valid_to": date(9999, 12, 31),
                "open_amount": row["open_amount"],
                "open_amount_home": row["open_amount"] * Decimal(self.rate),
            }
            for row in items
        ]
        return message, items, intervals


@dataclass
class House:
    """One client's folders, configuration and casebook."""

    paths: ClientPaths
    casebook: Casebook

    @property
    def client(self) -> Client:
        return load_client(self.paths)

    def configure(self, name: str, content: str) -> Path:
        """Write a file of the client's configuration."""
        path = self.paths.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def files(self) -> dict[str, bytes]:
        """All files of the outbox and the worklists, by path."""
        folders = (self.paths.outbox, self.paths.worklists)
        return {
            path.relative_to(self.paths.data).as_posix(): path.read_bytes()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def publish(self, *due: Due, as_of: date = AS_OF) -> Snapshot:
        with duckdb.connect() as warehouse:
            warehouse.execute(SCHEMA)
            for message, items, intervals in (entry.rows() for entry in due):
                _insert(warehouse, "due_step", [message | {"as_of": as_of}])
                _insert(warehouse, "due_step_item", items)
                _insert(warehouse, "open_interval", intervals)
            tables = [PublishedTable(name, name) for name in ("due_step", "due_step_item", "open_interval")]
            return publish(self.paths, warehouse, tables, as_of=as_of, facts={}, audit=lambda snapshot: None)


def _insert(warehouse: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        warehouse.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))


@dataclass(frozen=True)
class Day:
    """What a whole day's outreach gave: plan, batch and worklist together."""

    plan: PlanResult
    rendered: dict[str, int]
    problems: dict[str, str]
    outbox: Path | None
    worklist: Path | None


def run_day(house: House, snapshot: Snapshot) -> Day:
    """Plan, write and list the calls, as one run of the job does."""
    plan = plan_messages(house.paths, house.client, snapshot, house.casebook)
    batch = make_batch(house.paths, house.client, snapshot, house.casebook)
    calls = make_worklist(house.paths, house.client, snapshot, house.casebook)
    return Day(plan, {**batch.made, **calls.made}, {**batch.problems, **calls.problems}, batch.path, calls.path)
