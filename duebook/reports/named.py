"""The named reports. Each is a question to a published snapshot, for any day up to the snapshot's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

import pyarrow as pa

from duebook.errors import ReportError
from duebook.reports.open_items import BUCKETED, BUCKETS, OPEN_ITEMS, bucket_sums
from duebook.reports.report import Report
from duebook.snapshot import Snapshot

Credits = Literal["apart", "aged"]


def _ageing(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    buckets = [row["bucket"] for row in snapshot.rows(BUCKETS)]
    table = snapshot.query(
        f"""
        with open_items as ({OPEN_ITEMS}),
        bucketed as ({BUCKETED})
        select
            customer_id,
            any_value(customer) as customer,
            currency,
            {bucket_sums(buckets)},
            cast(sum(open_amount) as decimal(18, 3)) as total,
            cast(sum(open_amount_home) as decimal(18, 3)) as total_home
        from bucketed
        group by customer_key, customer_id, currency
        order by lower(any_value(customer)), customer_key, currency
        """,
        {"as_of": as_of, "credits": credits},
    )
    money = dict.fromkeys((*buckets, "unapplied", "total"), "currency")
    return _report(snapshot, "ageing", as_of, table, money | {"total_home": snapshot.facts["home_currency"]})


def _open_items(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    table = snapshot.query(
        f"""
        with open_items as ({OPEN_ITEMS}),
        bucketed as ({BUCKETED})
        select
            item_id,
            document_number,
            customer_id,
            issued_on,
            due_on,
            currency,
            amount,
            open_amount,
            cast(days_past_due as integer) as days_past_due,
            bucket,
            kind,
            customer,
            disputed,
            open_amount_home,
            customer_key
        from bucketed
        order by lower(customer), customer_key, due_on, item_key
        """,
        {"as_of": as_of, "credits": credits},
    )
    money = {"amount": "currency", "open_amount": "currency", "open_amount_home": snapshot.facts["home_currency"]}
    return _report(snapshot, "open-items", as_of, table, money)


_MONTH_MONEY = (
    "opening",
    "sales",
    "cash",
    "closing",
    "closing_not_due",
    "closing_overdue",
    "closing_unapplied",
    "sales_window",
)


def _metrics_by_month(snapshot: Snapshot, as_of: date, scope: str, name: str) -> Report:
    table = snapshot.query(
        """
        select
            month_end,
            currency,
            opening,
            sales,
            cash,
            closing,
            closing_not_due,
            closing_overdue,
            dso_simple,
            dso_countback,
            dso_best_possible,
            average_days_delinquent,
            cei,
            cei_per_month,
            weighted_days_late,
            weighted_days_late_floored,
            closing_unapplied,
            sales_window,
            dso_countback_is_minimum
        from metrics_by_month
        where scope = $scope and month_end <= $as_of
        order by month_end, currency
        """,
        {"scope": scope, "as_of": as_of},
    )
    return _report(snapshot, name, as_of, table, dict.fromkeys(_MONTH_MONEY, "currency"))


def _control_totals(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    table = snapshot.query(
        """
        select
            source,
            scope,
            currency,
            case scope when 'home' then $home_currency else currency end as balance_currency,
            day,
            control_balance,
            ledger_balance,
            difference
        from control_comparison
        where day <= $as_of
        order by source, scope, currency, day
        """,
        {"as_of": as_of, "home_currency": snapshot.facts["home_currency"]},
    )
    money = dict.fromkeys(("control_balance", "ledger_balance", "difference"), "balance_currency")
    return _report(snapshot, "control-totals", as_of, table, money)


def _rejected(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    table = snapshot.query(
        """
        select source, entity, key, file, row_number, column_name, reason, record
        from rejected
        order by source, entity, file, row_number, key
        """
    )
    return _report(snapshot, "rejected", as_of, table, {})


def _outreach_batch(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    table = snapshot.query(
        """
        select
            customer_id,
            customer_name as customer,
            currency,
            overdue_amount,
            not_due_amount,
            credit_amount,
            total_amount,
            max_days_past_due,
            step,
            channel,
            language,
            contact_name,
            due_cycle,
            message_key
        from due_step
        order by step_order desc, lower(customer_name), currency
        """
    )
    money = dict.fromkeys(("overdue_amount", "not_due_amount", "credit_amount", "total_amount"), "currency")
    return _report(snapshot, "outreach-batch", as_of, table, money)


def _suppressed(snapshot: Snapshot, as_of: date, credits: Credits) -> Report:
    table = snapshot.query(
        """
        select
            customer.customer_id,
            customer.name as customer,
            suppressed.document_number,
            suppressed.currency,
            suppressed.open_amount,
            suppressed.days_past_due,
            suppressed.reason,
            suppressed.explanation
        from suppressed
        inner join customer on suppressed.customer_key = customer.customer_key
        order by suppressed.reason, lower(customer.name), suppressed.days_past_due desc, suppressed.item_key
        """
    )
    return _report(snapshot, "suppressed", as_of, table, {"open_amount": "currency"})


def _report(snapshot: Snapshot, name: str, as_of: date, table: pa.Table, money: Mapping[str, str]) -> Report:
    return Report(name, snapshot.client_id, as_of, table, dict(money))


_BUILDERS: Mapping[str, Callable[[Snapshot, date, Credits], Report]] = {
    "ageing": _ageing,
    "open-items": _open_items,
    "metrics-by-month": lambda snapshot, as_of, credits: _metrics_by_month(
        snapshot, as_of, "document", "metrics-by-month"
    ),
    "metrics-by-month-home": lambda snapshot, as_of, credits: _metrics_by_month(
        snapshot, as_of, "home", "metrics-by-month-home"
    ),
    "control-totals": _control_totals,
    "rejected": _rejected,
    "outreach-batch": _outreach_batch,
    "suppressed": _suppressed,
}

NAMES = tuple(_BUILDERS)

# What is due today was decided by guards that hold for the day of the run alone.
_OF_THE_RUN_ONLY = frozenset({"outreach-batch", "suppressed"})


def run(snapshot: Snapshot, name: str, as_of: date | None = None, credits: Credits | None = None) -> Report:
    """Build a named report.

    Args:
        as_of: any day up to the snapshot's own, which is the default; the numbers are those of the end of that day.
        credits: for ``ageing`` and ``open-items``: unapplied credits in a column of their own (``apart``) or in the
            bucket of their own date (``aged``); by default as the client configured.

    Raises:
        ReportError: no such report, or a day the snapshot knows nothing of.
    """
    if name not in _BUILDERS:
        raise ReportError(f"There is no report '{name}'. Reports: {', '.join(NAMES)}.")
    day = as_of or snapshot.as_of
    if day > snapshot.as_of:
        raise ReportError(
            f"The snapshot of client '{snapshot.client_id}' ends on {snapshot.as_of}; {day} is not known yet. "
            f"Run: duebook run {snapshot.client_id}"
        )
    if day != snapshot.as_of and name in _OF_THE_RUN_ONLY:
        raise ReportError(f"The report '{name}' exists only for the day of the run, {snapshot.as_of}.")
    return _BUILDERS[name](snapshot, day, credits or snapshot.facts["ageing_credits"])
