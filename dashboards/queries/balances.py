"""Balances and their development, for the overview. Amounts are in home currency unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa

from dashboards.queries.cache import cached
from dashboards.views import View, query, snapshot_of

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Load:
    """The newest load of a source. ``read_at`` is in the client's time zone."""

    source: str
    load_id: str
    read_at: datetime


@dataclass(frozen=True)
class Facts:
    """What a snapshot says of itself. ``published_at`` is in the client's time zone."""

    name: str
    home_currency: str
    first_day: date
    as_of: date
    published_at: datetime
    credits: str
    loads: list[Load]
    sources: list[str]


@dataclass(frozen=True)
class Balance:
    """What was owed at the end of a day in home currency, and DSO in days."""

    day: date
    closing: Decimal
    not_due: Decimal
    overdue: Decimal
    unapplied: Decimal
    dso_simple: Decimal | None
    dso_best_possible: Decimal | None

    @property
    def average_days_delinquent(self) -> Decimal | None:
        if self.dso_simple is None or self.dso_best_possible is None:
            return None
        return self.dso_simple - self.dso_best_possible


@cached
def facts(view: View) -> Facts:
    snapshot = snapshot_of(view)
    (client,) = query(view, "select name, home_currency, timezone from client").to_pylist()
    (first,) = query(view, "select min(day) as day from balance_by_day").to_pylist()
    sources = query(view, "select distinct source from run_summary order by source").to_pylist()
    zone = ZoneInfo(client["timezone"])
    return Facts(
        name=client["name"],
        home_currency=client["home_currency"],
        first_day=first["day"] or snapshot.as_of,
        as_of=snapshot.as_of,
        published_at=snapshot.published_at.astimezone(zone),
        credits=snapshot.facts.get("ageing_credits", "apart"),
        loads=[
            Load(source, load["load_id"], datetime.fromisoformat(load["extracted_at"]).astimezone(zone))
            for source, load in snapshot.facts.get("loads", {}).items()
        ],
        sources=[row["source"] for row in sources],
    )


@cached
def balance(view: View, day: date) -> Balance | None:
    """The balance at the end of a day; None before the first posting."""
    rows = query(
        view,
        """
        select day, closing, not_due, overdue, unapplied, dso_simple, dso_best_possible
        from balance_by_day
        where scope = 'home' and day = $day
        """,
        {"day": day},
    ).to_pylist()
    return Balance(**rows[0]) if rows else None


@cached
def month_earlier(view: View, day: date) -> Balance | None:
    """The balance of the same day a month earlier, or of the last day of a shorter month."""
    (row,) = query(view, "select cast($day - interval 1 month as date) as day", {"day": day}).to_pylist()
    return balance(view, row["day"])


@cached
def dso_by_month(view: View, day: date) -> pa.Table:
    """The DSO variants of the months that had ended by a day."""
    return query(
        view,
        """
        select month_end, dso_simple, dso_countback, dso_countback_is_minimum, dso_best_possible
        from metrics_by_month
        where scope = 'home' and month_end <= $day
            and month_end > cast($day - to_months($months) as date)
        order by month_end
        """,
        {"day": day, "months": MONTHS_SHOWN},
    )


@cached
def ageing_by_month(view: View, day: date) -> pa.Table:
    """Open amounts by bucket at the month ends up to a day, and at the day itself."""
    return query(
        view,
        """
        with month_ends as (
            select as_of, bucket, sum(open_amount_home) as amount
            from ageing_by_month
            where is_month_end and as_of < $day and as_of > cast($day - to_months($months) as date)
            group by as_of, bucket
        ),

        today as (
            select
                case
                    when coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0
                        then null
                    else date_diff(
                        'day', case client.ageing_basis when 'due_date' then item.due_on else item.issued_on end, $day
                    )
                end as age_days,
                open_interval.open_amount_home
            from open_interval
            inner join item on open_interval.item_key = item.item_key
            cross join client
            where open_interval.valid_from <= $day and open_interval.valid_to > $day
        ),

        every_day as (
            select as_of, bucket, amount from month_ends
            union all
            select $day as as_of, coalesce(ageing_bucket.bucket, 'unapplied') as bucket, sum(open_amount_home) as amount
            from today
            left join ageing_bucket
                on today.age_days >= coalesce(ageing_bucket.from_days, today.age_days)
                and today.age_days <= coalesce(ageing_bucket.to_days, today.age_days)
            group by ageing_bucket.bucket
        )

        select
            every_day.as_of,
            every_day.bucket,
            cast(coalesce(ageing_bucket.bucket_order, -1) as integer) as bucket_order,
            cast(every_day.amount as decimal(18, 3)) as amount
        from every_day
        left join ageing_bucket on every_day.bucket = ageing_bucket.bucket
        order by every_day.as_of, bucket_order
        """,
        {"day": day, "months": MONTHS_SHOWN},
    )


@cached
def by_currency(view: View, day: date) -> pa.Table:
    """What is open by document currency: in that currency, and in home currency at the documents' own rates."""
    return query(
        view,
        """
        with open_items as (
            select
                open_interval.currency,
                open_interval.open_amount,
                open_interval.open_amount_home,
                case
                    when coalesce(nullif(open_interval.open_amount, 0), open_interval.open_amount_home) < 0
                        then 'unapplied'
                    when item.due_on < $day then 'overdue'
                    else 'not_due'
                end as part
            from open_interval
            inner join item on open_interval.item_key = item.item_key
            where open_interval.valid_from <= $day and open_interval.valid_to > $day
        )

        select
            currency,
            part,
            cast(sum(open_amount) as decimal(18, 3)) as amount,
            cast(sum(open_amount_home) as decimal(18, 3)) as amount_home
        from open_items
        group by currency, part
        order by sum(sum(open_amount_home)) over (partition by currency) desc, currency, part
        """,
        {"day": day},
    )
