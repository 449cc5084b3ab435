"""``duebook check`` of spreadsheets: what a load would find, without loading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connectors.base import CheckLine
from connectors.erps._spreadsheet_files import SetFile, batches_of
from connectors.erps._spreadsheet_options import FileSet
from connectors.transports.tabular import FileError, one_line
from duebook.currencies import amount_in_words

_ROWS_LOOKED_AT = 20_000


@dataclass
class _Look:
    """What the first rows of a file hold."""

    headers: list[str] = field(default_factory=list)
    used: int = 0
    first_rejection: str | None = None
    rejected: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    control: dict[tuple[str, str], tuple[date, Decimal]] = field(default_factory=dict)
    cut: bool = False


def check_file_set(file_set: FileSet, files: list[SetFile]) -> Iterator[CheckLine]:
    """What there is of one file set: files, headers, rows, sums."""
    subject = f"{file_set.entity} '{file_set.pattern}'"
    if not files:
        finding = "no file matches; put one into the folder, or correct 'pattern' (capitals count)"
        yield CheckLine(subject, False, finding)
        return
    newest = files[-1]
    count = "the newest counts" if file_set.mode == "snapshot" else f"{len(files)} to read"
    yield CheckLine(subject, True, f"files: {count}; looked at {newest.name}")
    look = _Look()
    problem = None
    try:
        _look_at(newest, look)
    except FileError as found:
        problem = f"{newest.name} row {found.row}: {found.reason}."
    if look.headers:
        yield CheckLine(f"{subject} columns", True, f"found {one_line(', '.join(look.headers))}")
    if problem is not None:
        yield CheckLine(f"{subject} rows", False, problem)
        return
    rows = look.used + look.rejected
    counted = f"the first {rows:,} rows" if look.cut else f"{rows:,} rows"
    if look.first_rejection is not None:
        finding = f"{look.rejected:,} of {counted} cannot be used; the first: {look.first_rejection}"
        yield CheckLine(f"{subject} rows", False, finding)
    elif rows:
        yield CheckLine(f"{subject} rows", True, f"all of {counted} can be used")
    else:
        yield CheckLine(f"{subject} rows", True, "a header and no rows")
    for currency, total in sorted(look.sums.items()):
        amount = amount_in_words(total, currency)
        yield CheckLine(f"{subject} sum", True, f"{amount} in the {look.used:,} of {counted} that can be used")
    for (account, currency), (day, balance) in sorted(look.control.items()):
        yield CheckLine(f"{subject} balance", True, f"account {account}: {amount_in_words(balance, currency)} on {day}")


def _look_at(entry: SetFile, look: _Look) -> None:
    with closing(batches_of(entry)) as batches:
        for rows, batch in batches:
            look.headers = [header for header in rows.headers if header]
            look.used += len(batch.values)
            look.rejected += len(batch.rejections)
            if batch.rejections and look.first_rejection is None:
                look.first_rejection = batch.rejections[0].reason
            for values in batch.values:
                row = dict(zip(rows.columns, values, strict=True))
                if entry.file_set.entity == "control_totals":
                    place = (row["account"], row["currency"])
                    look.control[place] = max(
                        look.control.get(place, (date.min, Decimal())), (row["day"], row["balance"])
                    )
                elif "amount" in row and "currency" in row:
                    look.sums[row["currency"]] += row["amount"]
            if look.used + look.rejected >= _ROWS_LOOKED_AT:
                look.cut = True
                return
