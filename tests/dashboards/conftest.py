"""Published snapshots made of a handful of documents, so that every figure can be added up by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from duebook.snapshot import PublishedTable, Snapshot, publish
from duebook.workspace import REPOSITORY, ClientPaths, Workspace

APP = REPOSITORY / "dashboards" / "app.py"
AS_OF = date(2026, 3, 31)
NEVER = date(9999, 12, 31)
EDGES = (30, 60, 90, 120)
WINDOW = 90

CLIENT_YAML = """
name: {name}
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [en]
sender: {{name: AR, email: ar@client.example}}
agency: {{name: Agency}}
sources: [{{name: erp, erp: odoo, url: "sqlite:///erp.sqlite", company: 1}}]
"""

_MONEY = "decimal(18, 3)"
_SCHEMAS = {
    "client": "client_id text, name text, home_currency text, country text, timezone text, as_of date, "
    "ageing_basis text, dso_window_days integer",
    "customer": "client_id text, source text, customer_id text, customer_key text, name text, country text",
    "item": "client_id text, source text, item_id text, item_key text, document_number text, kind text, "
    f"customer_id text, customer_key text, issued_on date, due_on date, currency text, amount {_MONEY}, "
    f"amount_home {_MONEY}, disputed boolean",
    "open_interval": "client_id text, item_key text, customer_key text, currency text, valid_from date, "
    f"valid_to date, open_amount {_MONEY}, open_amount_home {_MONEY}",
    "ageing_bucket": "bucket_order integer, bucket text, from_days integer, to_days integer",
    "balance_by_day": f"scope text, currency text, day date, closing {_MONEY}, not_due {_MONEY}, overdue {_MONEY}, "
    f"unapplied {_MONEY}, dso_simple decimal(18, 6), dso_best_possible decimal(18, 6)",
    "ageing_by_month": "as_of date, is_month_end boolean, customer_key text, currency text, bucket text, "
    f"open_amount {_MONEY}, open_amount_home {_MONEY}, items integer",
    "metrics_by_month": "scope text, month_end date, currency text, dso_simple decimal(18, 6), "
    "dso_countback decimal(18, 6), dso_countback_is_minimum boolean, dso_best_possible decimal(18, 6)",
    "control_comparison": "source text, scope text, currency text, day date, "
    f"control_balance {_MONEY}, ledger_balance {_MONEY}, difference {_MONEY}",
    "rejected": "source text, entity text, key text, file text, row_number bigint, column_name text, reason text, "
    "record text",
    "data_warning": "source text, entity text, key text, origin text, reason text",
    "run_summary": "source text, entity text, rows_landed bigint, rows_left_out bigint, rows_used bigint, "
    "rows_rejected bigint",
    "due_step": "client_id text, message_key text, customer_key text, customer_id text, customer_name text, "
    "channel text, step text, step_order integer, language text, currency text, "
    f"overdue_amount {_MONEY}, not_due_amount {_MONEY}, credit_amount {_MONEY}, total_amount {_MONEY}, "
    "max_days_past_due integer, contact_name text, due_cycle date",
    "due_step_item": "message_key text, item_key text, document_number text, kind text, issued_on date, due_on date, "
    f"days_past_due integer, currency text, amount {_MONEY}, open_amount {_MONEY}, part text",
    "suppressed": "customer_key text, item_key text, document_number text, currency text, "
    f"open_amount {_MONEY}, days_past_due integer, reason text, explanation text",
}


@dataclass
class Document:
    """A document: positive is owed; ``settled`` is (day, amount) of what was taken off it."""

    number: str
    customer: str
    issued: date
    due: date
    amount: str
    currency: str = "EUR"
    home: str | None = None
    kind: str = "invoice"
    settled: Sequence[tuple[date, str]] = ()
    disputed: bool = False

    @property
    def rate(self) -> Decimal:
        return Decimal(self.home) / Decimal(self.amount) if self.home else Decimal(1)

    def open_on(self, day: date) -> Decimal:
        if day < self.issued:
            return Decimal(0)
        return Decimal(self.amount) - sum((Decimal(part) for when, part in self.settled if when <= day), Decimal(0))


@dataclass
class Books:
    """A client's documents, and whatever else its snapshot should hold by table name."""

    client_id: str
    documents: Sequence[Document]
    names: dict[str, str] = field(default_factory=dict)
    more: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def publish(self, workspace: Workspace) -> Snapshot:
        paths = configure(workspace, self.client_id)
        warehouse = duckdb.connect()
        tables = {**self._ledger(), **self.more}
        for name, schema in _SCHEMAS.items():
            warehouse.execute(f"create table {name} ({schema})")
            rows = tables.get(name, [])
            if rows:
                warehouse.register("incoming", pa.Table.from_pylist(rows))
                warehouse.execute(f"insert into {name} by name select * from incoming")
                warehouse.unregister("incoming")
        return publish(
            paths,
            warehouse,
            [PublishedTable(name, name) for name in _SCHEMAS],
            as_of=AS_OF,
            facts={
                "client_name": f"Client {self.client_id}",
                "home_currency": "EUR",
                "ageing_credits": "apart",
                "loads": {"erp": {"load_id": "L1", "extracted_at": "2026-03-31T04:00:00+00:00"}},
            },
            audit=lambda snapshot: None,
        )

    def _ledger(self) -> dict[str, list[dict[str, Any]]]:
        first = min(document.issued for document in self.documents)
        days = [first + timedelta(n) for n in range((AS_OF - first).days + 1)]
        customers = sorted({document.customer for document in self.documents})
        return {
            "client": [
                {
                    "client_id": self.client_id,
                    "name": f"Client {self.client_id}",
                    "home_currency": "EUR",
                    "timezone": "Europe/Berlin",
                    "as_of": AS_OF,
                    "ageing_basis": "due_date",
                    "dso_window_days": WINDOW,
                }
            ],
            "customer": [
                {"source": "erp", "customer_id": c, "customer_key": f"erp:{c}", "name": self.names.get(c, c)}
                for c in customers
            ],
            "item": [self._item(document) for document in self.documents],
            "open_interval": [row for document in self.documents for row in _intervals(document)],
            "ageing_bucket": _buckets(),
            "balance_by_day": [self._balance(day) for day in days],
            "run_summary": [
                {
                    "source": "erp",
                    "entity": "lines",
                    "rows_landed": 9,
                    "rows_left_out": 2,
                    "rows_used": 6,
                    "rows_rejected": 1,
                }
            ],
        }

    def _item(self, document: Document) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "source": "erp",
            "item_id": document.number,
            "item_key": f"erp:{document.number}",
            "document_number": document.number,
            "kind": document.kind,
            "customer_id": document.customer,
            "customer_key": f"erp:{document.customer}",
            "issued_on": document.issued,
            "due_on": document.due,
            "currency": document.currency,
            "amount": Decimal(document.amount),
            "disputed": document.disputed,
        }

    def _balance(self, day: date) -> dict[str, Any]:
        parts = {"not_due": Decimal(0), "overdue": Decimal(0), "unapplied": Decimal(0)}
        for document in self.documents:
            left = document.open_on(day) * document.rate
            parts["unapplied" if left < 0 else "overdue" if document.due < day else "not_due"] += left
        closing = sum(parts.values(), Decimal(0))
        sales = sum(
            Decimal(d.home or d.amount)
            for d in self.documents
            if d.kind == "invoice" and day - timedelta(WINDOW) < d.issued <= day
        )
        return {
            "scope": "home",
            "currency": "EUR",
            "day": day,
            "closing": closing,
            **parts,
            "dso_simple": round(closing * WINDOW / sales, 6) if sales else None,
            "dso_best_possible": round(parts["not_due"] * WINDOW / sales, 6) if sales else None,
        }


def _intervals(document: Document) -> list[dict[str, Any]]:
    changes = sorted({document.issued, *(max(day, document.issued) for day, _ in document.settled)})
    return [
        {
            "item_key": f"erp:{document.number}",
            "customer_key": f"erp:{document.customer}",
            "currency": document.currency,
            "valid_from": start,
            "valid_to": end,
            "open_amount": document.open_on(start),
            "open_amount_home": round(document.open_on(start) * document.rate, 3),
        }
        for start, end in zip(changes, [*changes[1:], NEVER], strict=True)
        if document.open_on(start)
    ]


def _buckets() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"bucket_order": 0, "bucket": "not_due", "from_days": None, "to_days": 0}]
    for order, (start, end) in enumerate(zip((1, *(edge + 1 for edge in EDGES)), EDGES, strict=False), start=1):
        rows.append({"bucket_order": order, "bucket": f"days_{start}_{end}", "from_days": start, "to_days": end})
    return [*rows, {"bucket_order": 5, "bucket": "days_over_120", "from_days": 121, "to_days": None}]


def configure(workspace: Workspace, client_id: str) -> ClientPaths:
    """A configured client of which nothing has been published."""
    folder = workspace.clients / client_id
    folder.mkdir(exist_ok=True)
    (folder / "client.yaml").write_text(CLIENT_YAML.format(name=f"Client {client_id}"), encoding="utf-8")
    return workspace.client(client_id)


@pytest.fixture
def document() -> type[Document]:
    return Document


@pytest.fixture
def make_books() -> type[Books]:
    return Books


@pytest.fixture
def configured(workspace: Workspace) -> Callable[[str], ClientPaths]:
    return lambda client_id: configure(workspace, client_id)


@pytest.fixture
def books() -> Books:
    """Client a at 2026-03-31: 500 not due, 700 + 400 overdue, 100 of credit; see the dates for other days."""
    return Books(
        "a",
        [
            Document(
                "INV-1", "C1", date(2026, 1, 10), date(2026, 2, 9), "1000.00", settled=[(date(2026, 3, 10), "300.00")]
            ),
            Document("INV-2", "C1", date(2026, 3, 5), date(2026, 4, 4), "500.00", disputed=True),
            Document("INV-3", "C2", date(2026, 2, 1), date(2026, 3, 3), "60000", "JPY", home="400.00"),
            Document("PAY-1", "C2", date(2026, 3, 20), date(2026, 3, 20), "-100.00", kind="payment"),
        ],
        names={"C1": "Pump & Söhne", "C2": "Tokyo Valves"},
    )


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Run the app, at a page of it and with a client in the address."""

    def run(page: str = "overview", client: str | None = None) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=30)
        if client is not None:
            app.query_params["client"] = client
        app.run()
        if page != "overview":
            app.switch_page(f"screens/{page}.py").run()
        assert not app.exception
        return app

    return run
