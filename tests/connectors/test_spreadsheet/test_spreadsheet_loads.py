"""From load to load: what is read again, what a newer file changes, and what is gone."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import connectors.erps._spreadsheet_files as spreadsheet_files
from connectors.transports.csv_rows import read_csv
from duebook.errors import SourceError, SourceUnavailableError

HEADER = "Number,Customer,Issued,Due,Amount"


def row(number: str, amount: str = "1.00", *, customer: str = "C-1", due: str = "2026-02-04") -> str:
    return f"{number},{customer},2026-01-05,{due},{amount}"


def amounts(inbox: Any) -> dict[str, Decimal]:
    return {entry["document_number"]: entry["amount"] for entry in inbox.rows()}


def test_an_unchanged_file_is_not_read_again(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"), row("R-2", due="soon"))
    first = inbox.load()
    second = inbox.load()
    assert first.entities["invoices"].rows == 1
    assert [entry.rows for entry in second.entities.values()] == [0] * len(second.entities)
    assert inbox.numbers() == ["R-1"]
    assert len(inbox.rejected()) == 1


def test_an_unchanged_file_is_read_again_when_its_settings_change(inbox: Any) -> None:
    inbox.read_as(dates="%d.%m.%Y")
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.load()
    assert inbox.numbers() == []
    inbox.read_as(dates="%Y-%m-%d")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    assert inbox.rejected() == []


def test_a_full_load_reads_everything_again(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.load()
    assert inbox.load(full=True).entities["invoices"].rows == 1


def test_new_files_add_to_what_is_there(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.load()
    inbox.put_invoices("feb.csv", row("R-2"))
    inbox.load()
    assert sorted(inbox.numbers()) == ["R-1", "R-2"]


def test_of_files_that_arrive_together_the_newest_by_name_wins_with_digits_as_numbers(inbox: Any) -> None:
    inbox.put_invoices("week 2.csv", row("R-1", "2.00"))
    inbox.put_invoices("week 10.csv", row("R-1", "10.00"))
    inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(10)}
    assert inbox.rejected() == []


def test_a_file_that_arrives_later_brings_a_newer_version_of_a_record(inbox: Any) -> None:
    inbox.put_invoices("b.csv", row("R-1", "1.00"))
    inbox.load()
    inbox.put_invoices("a.csv", row("R-1", "2.00"))
    inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(2)}


def test_one_number_for_two_customers_in_files_that_arrive_together_is_not_merged_silently(inbox: Any) -> None:
    inbox.put_invoices("1.csv", row("R-1", customer="C-1"))
    inbox.put_invoices("2.csv", row("R-1", customer="C-2"))
    inbox.load()
    assert [entry["customer"] for entry in inbox.rows()] == ["C-2"]
    reason = inbox.only_rejection()["reason"]
    assert reason.startswith("1.csv row 2")
    assert "'C-1'" in reason
    assert "'C-2' in 2.csv row 2" in reason


def test_a_file_that_is_replaced_takes_back_what_it_no_longer_says(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"), row("R-2"), row("R-3", due="soon"))
    inbox.put_invoices("feb.csv", row("R-9"))
    inbox.load()
    inbox.put_invoices("jan.csv", row("R-1", "5.00"), row("R-3"))
    manifest = inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(5), "R-3": Decimal(1), "R-9": Decimal(1)}
    assert manifest.entities["invoices"].deleted == 1
    assert inbox.rejected() == []


def test_a_row_that_was_mended_is_used_and_its_rejection_gone(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1", "lots"), row("R-2", "more"))
    inbox.load()
    inbox.put_invoices("jan.csv", row("R-1", "5.00"), row("R-2", "more"))
    inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(5)}
    assert inbox.only_rejection()["row_number"] == 3


def test_a_record_that_another_file_still_holds_is_not_taken_back(inbox: Any) -> None:
    inbox.put_invoices("1.csv", row("R-1", "1.00"))
    inbox.put_invoices("2.csv", row("R-1", "2.00"), row("R-2"))
    inbox.load()
    inbox.put_invoices("2.csv", row("R-2"))
    inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(1), "R-2": Decimal(1)}
    assert inbox.rows()[0]["_file"] == "1.csv"


def test_a_record_that_moves_to_another_file_stays(inbox: Any) -> None:
    inbox.put_invoices("1.csv", row("R-1"), row("R-2"))
    inbox.load()
    inbox.put_invoices("1.csv", row("R-1"))
    inbox.put_invoices("2.csv", row("R-2"))
    inbox.load()
    assert inbox.numbers() == ["R-1", "R-2"]


def test_a_file_that_is_archived_elsewhere_leaves_its_records(inbox: Any) -> None:
    path = inbox.put_invoices("jan.csv", row("R-1"))
    inbox.load()
    path.unlink()
    inbox.load()
    assert inbox.numbers() == ["R-1"]


def test_a_replacement_of_which_no_row_can_be_used_replaces_nothing(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"), row("R-2"))
    inbox.load()
    inbox.put_invoices("jan.csv", row("R-1", due="04.02.2026"), row("R-2", due="04.02.2026"))
    inbox.load()
    assert inbox.numbers() == ["R-1", "R-2"]
    assert len(inbox.rejected()) == 2


def test_an_append_file_is_withdrawn_by_leaving_only_its_header(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.put_invoices("feb.csv", row("R-2"))
    inbox.load()
    inbox.put_invoices("jan.csv")
    inbox.load()
    assert inbox.numbers() == ["R-2"]
    assert inbox.rejected() == []


def test_an_empty_file_is_told_once_and_takes_nothing_back(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.load()
    inbox.put_bytes("jan.csv", b"")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    reason = inbox.only_rejection()["reason"]
    assert "the file is empty" in reason
    assert "stays in use" in reason
    assert inbox.load().entities["rejected"].rows == 0


def test_of_snapshots_only_the_newest_counts_and_what_it_no_longer_lists_is_gone(inbox: Any) -> None:
    inbox.read_as(mode="snapshot", pattern="open *.csv")
    inbox.put_invoices("open 9.csv", row("R-1"), row("R-2", due="soon"))
    inbox.load()
    inbox.put_invoices("open 10.csv", row("R-3"), row("R-1", "2.00"))
    manifest = inbox.load()
    assert amounts(inbox) == {"R-1": Decimal(2), "R-3": Decimal(1)}
    assert inbox.rejected() == []
    inbox.put_invoices("open 11.csv", row("R-3"))
    manifest = inbox.load()
    assert inbox.numbers() == ["R-3"]
    assert manifest.entities["invoices"].deleted == 1


def test_a_snapshot_without_rows_does_not_wipe_out_the_receivables(inbox: Any) -> None:
    inbox.read_as(mode="snapshot")
    inbox.put_invoices("1.csv", row("R-1"))
    inbox.load()
    inbox.put_invoices("2.csv")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    assert (
        "2.csv row 1: the snapshot has a header but no rows, while 1 invoices are in use"
        in (inbox.only_rejection()["reason"])
    )


def test_a_snapshot_that_cannot_be_read_leaves_the_one_before(inbox: Any) -> None:
    inbox.read_as(mode="snapshot")
    inbox.put_invoices("1.csv", row("R-1"))
    inbox.load()
    inbox.put("2.csv", "Nummer,Kunde", "R-2,C-2")
    inbox.load()
    assert inbox.numbers() == ["R-1"]
    inbox.put_invoices("2.csv", row("R-2"))
    inbox.load()
    assert inbox.numbers() == ["R-2"]
    assert inbox.rejected() == []


def test_entities_of_one_source_do_not_disturb_each_other(inbox: Any) -> None:
    inbox.file_sets = [
        inbox.invoices(pattern="invoices*.csv"),
        {
            "entity": "payments",
            "pattern": "payments*.csv",
            "currency": "EUR",
            "columns": {"payment_number": "Payment", "customer": "Customer", "paid_on": "Day", "amount": "Amount"},
        },
        {
            "entity": "allocations",
            "pattern": "allocations*.csv",
            "columns": {
                "payment_number": "Payment",
                "document_number": "Number",
                "amount": "Amount",
                "allocated_on": "Day",
            },
        },
        {
            "entity": "customers",
            "pattern": "customers*.csv",
            "mode": "snapshot",
            "columns": {"customer": "Customer", "name": "Name", "is_business": "Business"},
        },
        {
            "entity": "control_totals",
            "pattern": "control*.csv",
            "currency": "EUR",
            "columns": {"account": "Account", "day": "Day", "balance": "Balance"},
        },
    ]
    inbox.put_invoices("invoices.csv", row("R-1", "10.00"))
    inbox.put("payments.csv", "Payment,Customer,Day,Amount", "P-1,C-1,2026-01-20,4.00", "P-2,C-1,never,4.00")
    inbox.put("allocations.csv", "Payment,Number,Day,Amount", "P-1,R-1,2026-01-20,4.00")
    inbox.put("customers.csv", "Customer,Name,Business", "C-1,Müller GmbH,yes", "C-2,,yes")
    inbox.put("control.csv", "Account,Day,Balance", "1400,2026-01-31,6.00")
    inbox.load()
    assert inbox.rows("payments")[0]["payment_number"] == "P-1"
    assert inbox.rows("allocations")[0]["instalment"] == "1"
    assert inbox.rows("customers")[0]["name"] == "Müller GmbH"
    assert inbox.rows("control_totals")[0]["balance"] == Decimal(6)
    assert {(entry["entity"], entry["row_number"]) for entry in inbox.rejected()} == {("payments", 3), ("customers", 3)}
    inbox.put("control.csv", "Account,Day,Balance", "1400,2026-02-28,7.00")
    inbox.put("customers.csv", "Customer,Name,Business", "C-2,Beta AG,yes")
    inbox.load()
    assert [entry["balance"] for entry in inbox.rows("control_totals")] == [Decimal(7)]
    assert [entry["customer"] for entry in inbox.rows("customers")] == ["C-2"]
    assert inbox.numbers() == ["R-1"]
    assert {entry["entity"] for entry in inbox.rejected()} == {"payments"}


def test_hidden_and_temporary_files_are_left_alone(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    for name in (".jan.csv.swp", "~$jan.csv"):
        inbox.put_invoices(name, row("R-2"))
    inbox.load()
    assert inbox.numbers() == ["R-1"]


def test_a_file_that_changes_while_it_is_read_is_not_taken(inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = inbox.put_invoices("jan.csv", row("R-1"), row("R-2"))

    def read_while_written(*arguments: Any, **options: Any) -> Any:
        yield from read_csv(*arguments, **options)
        with path.open("a") as handle:
            handle.write(row("R-3") + "\n")

    monkeypatch.setattr(spreadsheet_files, "read_csv", read_while_written)
    with pytest.raises(SourceUnavailableError, match=r"jan\.csv is being written while it is read"):
        inbox.load()
    assert inbox.landing.manifests() == []
    assert list(inbox.landing.folder.glob("*/*.parquet")) == []
    monkeypatch.undo()
    inbox.load()
    assert inbox.numbers() == ["R-1", "R-2", "R-3"]


def test_two_file_sets_that_claim_one_file_are_refused(inbox: Any) -> None:
    inbox.file_sets = [inbox.invoices(pattern="*.csv"), inbox.invoices(pattern="jan*")]
    inbox.put_invoices("jan.csv", row("R-1"))
    with pytest.raises(SourceError, match=r"jan\.csv matches two file sets of invoices: '\*\.csv' and 'jan\*'"):
        inbox.load()


def test_a_folder_that_does_not_exist_is_named(inbox: Any) -> None:
    shutil.rmtree(inbox.folder)
    with pytest.raises(SourceError, match=r"client 'nordwind', source 'exports' .*inbox does not exist"):
        inbox.load()
    with pytest.raises(SourceError, match="does not exist"):
        inbox.check()


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(inbox: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "clients" / "other" / "inbox"
    elsewhere.mkdir(parents=True)
    (elsewhere / "secret.csv").write_text(f"{HEADER}\n{row('R-1')}\n")
    inbox.folder.rmdir()
    inbox.folder.symlink_to(elsewhere)
    with pytest.raises(SourceError, match="leads out of the client's folder"):
        inbox.load()


def test_a_file_that_is_a_link_to_elsewhere_is_not_read(inbox: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"{HEADER}\n{row('R-1')}\n")
    (inbox.folder / "jan.csv").symlink_to(secret)
    inbox.load()
    assert inbox.rows() == []
    assert "is a link that leads out of the client's folder" in inbox.only_rejection()["reason"]
    (inbox.folder / "jan.csv").unlink()
    inbox.put_invoices("jan.csv", row("R-2"))
    inbox.load()
    assert inbox.numbers() == ["R-2"]
    assert inbox.rejected() == []


def test_a_file_that_cannot_be_opened_is_told_and_read_when_it_can(inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.put_invoices("jan.csv", row("R-1"))
    inbox.put_invoices("feb.csv", row("R-2"))
    open_path = Path.open

    def refusing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "jan.csv":
            raise PermissionError(13, "Permission denied")
        return open_path(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refusing)
    inbox.load()
    assert inbox.numbers() == ["R-2"]
    assert "jan.csv row 1: the file cannot be read: Permission denied" in inbox.only_rejection()["reason"]
    monkeypatch.undo()
    inbox.load()
    assert sorted(inbox.numbers()) == ["R-1", "R-2"]
    assert inbox.rejected() == []


def test_check_tells_what_a_load_would_find_and_lands_nothing(inbox: Any) -> None:
    inbox.put_invoices("jan.csv", row("R-1", "10.00"), row("R-2", "2.50"), row("R-3", due="soon"))
    lines = {line.subject: line for line in inbox.check()}
    assert lines["invoices '*' sum"].finding.startswith("12.50 EUR in the 2 of 3 rows")
    assert lines["invoices '*' columns"].finding == "found Number, Customer, Issued, Due, Amount"
    assert not lines["invoices '*' rows"].ok
    assert "1 of 3 rows cannot be used" in lines["invoices '*' rows"].finding
    assert "jan.csv row 4, column 'Due'" in lines["invoices '*' rows"].finding
    assert inbox.landing.manifests() == []


def test_check_says_when_no_file_matches(inbox: Any) -> None:
    (line,) = [line for line in inbox.check() if not line.ok]
    assert "no file matches" in line.finding
