"""Which tables of the warehouse are published, and the last audit before readers see them."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from duebook.errors import AuditError
from duebook.snapshot import PublishedTable, Snapshot

TABLES = (
    PublishedTable("client", "config.client"),
    PublishedTable("customer", "core.customer", ("customer_key",)),
    PublishedTable("contact", "core.contact", ("customer_key", "contact_id")),
    PublishedTable("item", "core.item", ("customer_key", "due_on", "item_key")),
    PublishedTable("allocation", "core.allocation", ("debit_item_key", "allocated_on", "allocation_id")),
    PublishedTable("fx_rate", "core.fx_rate", ("currency", "day", "source")),
    PublishedTable("rejected", "core.rejected", ("source", "entity", "file", "row_number", "key")),
    PublishedTable("data_warning", "core.data_warning", ("source", "entity", "key")),
    PublishedTable("run_summary", "core.run_summary", ("source", "entity")),
    PublishedTable("open_interval", "ledger.open_interval", ("customer_key", "item_key", "valid_from")),
    PublishedTable("balance_by_day", "ledger.balance_by_day", ("scope", "currency", "day")),
    PublishedTable("control_comparison", "ledger.control_comparison", ("source", "scope", "currency", "day")),
    PublishedTable("ageing_bucket", "metrics.ageing_bucket", ("bucket_order",)),
    PublishedTable("ageing_by_month", "metrics.ageing_by_month", ("as_of", "customer_key", "currency", "bucket")),
    PublishedTable("metrics_by_month", "metrics.metrics_by_month", ("scope", "currency", "month_end")),
    PublishedTable("due_step", "outreach.due_step", ("message_key",)),
    PublishedTable("due_step_item", "outreach.due_step_item", ("message_key", "part", "due_on", "item_key")),
    PublishedTable("suppressed", "outreach.suppressed", ("customer_key", "item_key", "reason")),
)

_FINGERPRINTS = {
    "item": "count(*), sum(amount_home), count(distinct item_key)",
    "allocation": "count(*), sum(amount_home)",
    "open_interval": "count(*), sum(open_amount_home)",
    "balance_by_day": "count(*), sum(closing)",
    "ageing_by_month": "count(*), sum(open_amount_home)",
}


def equals_warehouse(warehouse: duckdb.DuckDBPyConnection) -> Callable[[Snapshot], None]:
    """An audit that what was written is what the warehouse holds: rows of every table, sums of the money.

    Raises (the audit, when called):
        AuditError: a table differs; the version is not shown to anyone.
    """

    def audit(snapshot: Snapshot) -> None:
        for table in TABLES:
            measured = _FINGERPRINTS.get(table.name, "count(*)")
            built = warehouse.execute(f"select {measured} from {table.relation}").fetchone()
            written = tuple(snapshot.rows(f'select {measured} from "{table.name}"')[0].values())
            if built != written:
                raise AuditError(
                    f"Client '{snapshot.client_id}': the table {table.name} was written as {written}, "
                    f"but the warehouse has {built}. The last good snapshot stays published; run again."
                )

    return audit
