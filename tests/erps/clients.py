"""Clients over the reference data, run once for all tests that look at them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from duebook.snapshot import Snapshot, open_current
from duebook.workspace import Workspace
from orchestration.run import run_client

ODOO = """\
name: YourCompany
home_currency: USD
country: US
timezone: Europe/Brussels
languages: [en, de, fr, nl]
sender: {name: YourCompany AR, email: ar@yourcompany.example}
agency: {name: Example Collections}
sources:
  - {name: erp, erp: odoo, url: "${TEST_ODOO_URL}", company: 1}
"""

ERPNEXT = """\
name: Acme Europe
home_currency: EUR
country: FR
timezone: Europe/Brussels
languages: [fr, de, es]
sender: {name: Acme Europe AR, email: ar@acme.example}
agency: {name: Example Collections}
sources:
  - {name: erp, erp: erpnext, url: "${TEST_ERPNEXT_URL}", company: Acme Europe}
"""

TRYTON = """\
name: Acme Europe NV
home_currency: EUR
country: BE
timezone: Europe/Brussels
languages: [en, de, fr, es, it]
sender: {name: Acme Europe AR, email: ar@acme.example}
agency: {name: Example Collections}
sources:
  - {name: erp, erp: tryton, url: "${TEST_TRYTON_URL}", company: 1}
"""

IBM = """\
name: Late payments
home_currency: USD
country: US
timezone: America/New_York
languages: [en]
sender: {name: AR, email: ar@late.example}
agency: {name: Example Collections}
sources:
  - name: exports
    erp: spreadsheet
    folder: inbox
    files:
      - entity: invoices
        pattern: "*.csv"
        mode: append
        delimiter: ","
        decimal: "."
        dates: "%m/%d/%Y"
        encoding: utf-8
        currency: USD
        columns: {document_number: invoiceNumber, customer: customerID, country: countryCode, issued_on: InvoiceDate,
                  due_on: DueDate, amount: InvoiceAmount, paid_on: SettledDate, disputed: Disputed}
"""


def run_odoo(workspace: Workspace, as_of: date) -> Snapshot:
    """The client over the Odoo database that TEST_ODOO_URL names, as of a day."""
    return _run(workspace, "odoo", ODOO, as_of)


def run_erpnext(workspace: Workspace, as_of: date) -> Snapshot:
    """The client over the ERPNext database that TEST_ERPNEXT_URL names, as of a day."""
    return _run(workspace, "erpnext", ERPNEXT, as_of)


def run_tryton(workspace: Workspace, as_of: date, client_id: str = "tryton") -> Snapshot:
    """The client over the Tryton database that TEST_TRYTON_URL names, as of a day."""
    return _run(workspace, client_id, TRYTON, as_of)


def run_ibm(workspace: Workspace, shared_data: Path, as_of: date) -> Snapshot:
    """The client over the late-payment list, as of a day."""
    inbox = workspace.clients / "ibm" / "inbox"
    inbox.mkdir(parents=True)
    shutil.copy(shared_data / "ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv", inbox / "invoices.csv")
    return _run(workspace, "ibm", IBM, as_of)


def _run(workspace: Workspace, client_id: str, configuration: str, as_of: date) -> Snapshot:
    folder = workspace.clients / client_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "client.yaml").write_text(configuration, encoding="utf-8")
    run_client(workspace, client_id, as_of)
    return open_current(workspace.client(client_id))
