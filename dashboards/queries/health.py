"""What became of the client's data, and whether the ledger agrees with the client's own books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from dashboards.queries.balances import facts
from dashboards.queries.cache import cached
from dashboards.views import View, query


@dataclass(frozen=True)
class Agreement:
    """How the ledger compares with the ERP's receivables accounts, as far as the ERP gives a balance.

    ``differences`` are by currency, in that currency; ``silent`` are the sources that give no control total.
    """

    compared_on: date | None
    differences: dict[str, Decimal]
    silent: list[str]


@cached
def control(view: View, day: date) -> pa.Table:
    """The newest comparison up to a day by source and currency; in home currency where there is no other."""
    return query(
        view,
        """
        select
            source,
            scope,
            currency,
            case scope when 'home' then client.home_currency else currency end as balance_currency,
            day,
            control_balance,
            ledger_balance,
            difference
        from control_comparison
        cross join client
        where day <= $day
        qualify
            row_number() over (partition by source, scope, currency order by day desc) = 1
            and (scope = 'document' or count(*) filter (where scope = 'document') over (partition by source) = 0)
        order by source, currency
        """,
        {"day": day},
    )


@cached
def agreement(view: View, day: date) -> Agreement:
    rows = control(view, day).to_pylist()
    differences: dict[str, Decimal] = {}
    for row in rows:
        if row["difference"]:
            currency = row["balance_currency"]
            differences[currency] = differences.get(currency, Decimal(0)) + abs(row["difference"])
    heard = {row["source"] for row in rows}
    return Agreement(
        compared_on=max((row["day"] for row in rows), default=None),
        differences=differences,
        silent=[source for source in facts(view).sources if source not in heard],
    )


@cached
def run_summary(view: View) -> pa.Table:
    """What became of the records landed, by source and kind of record."""
    return query(
        view,
        """
        select source, entity, rows_landed, rows_left_out, rows_used, rows_rejected
        from run_summary
        order by source, entity
        """,
    )


@cached
def rejected(view: View) -> pa.Table:
    """Records that could not be used."""
    return query(
        view,
        """
        select source, entity, key, file, row_number, column_name, reason
        from rejected
        order by source, entity, file, row_number, key
        """,
    )


@cached
def warnings(view: View) -> pa.Table:
    """Records that are used though they look wrong."""
    return query(view, "select source, entity, key, origin, reason from data_warning order by source, entity, key")


@cached
def counts(view: View) -> dict[str, int]:
    """How many records were rejected, and how many warned about."""
    (row,) = query(
        view,
        "select (select count(*) from rejected) as rejected, (select count(*) from data_warning) as warnings",
    ).to_pylist()
    return {"rejected": row["rejected"], "warnings": row["warnings"]}
