"""Outreach: what is due today is planned, then written out; calls go to the worklist."""

from __future__ import annotations

import dagster as dg

from casebook import open_casebook
from duebook.errors import DuebookError
from duebook.snapshot import Snapshot, open_current
from duebook.workspace import client_lock
from orchestration.assets.publication import published_snapshot
from orchestration.context import ClientRun
from orchestration.failures import plain_failures
from orchestration.partitions import clients
from outreach_jobs.deliver.dry_run import make_batch, make_worklist
from outreach_jobs.plan import plan_messages

GROUP = "outreach"


def _snapshot_of(run: ClientRun) -> Snapshot:
    """The snapshot this run published: nobody is contacted on the numbers of another day.

    Raises:
        DuebookError: the published snapshot is of another day than the run.
    """
    snapshot = open_current(run.paths)
    if snapshot.as_of != run.as_of:
        raise DuebookError(
            f"Client '{run.client.id}': the published snapshot is of {snapshot.as_of}, this run of {run.as_of}. "
            "Run the whole job, so that outreach is planned on the numbers of its own day."
        )
    return snapshot


@dg.asset(group_name=GROUP, deps=[published_snapshot], partitions_def=clients, kinds={"sqlite"})
def outreach_plan(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Every message and call that is due, entered into the casebook once and for all."""
    with plain_failures():
        run = ClientRun.of(context)
        with client_lock(run.paths), open_casebook(run.paths.casebook) as casebook:
            result = plan_messages(_snapshot_of(run), casebook)
    channels = ", ".join(f"{count} by {channel}" for channel, count in result.by_channel.items()) or "none"
    context.log.info(f"messages due: {channels}; {result.new} new, {result.existing} planned before")
    return dg.MaterializeResult(metadata={"new": result.new, "planned before": result.existing, **result.by_channel})


@dg.asset(group_name=GROUP, deps=[outreach_plan], partitions_def=clients)
def outreach_batch(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The day's emails and letters as files in the dry-run outbox."""
    with plain_failures():
        run = ClientRun.of(context)
        with client_lock(run.paths), open_casebook(run.paths.casebook) as casebook:
            result = make_batch(run.paths, run.client, _snapshot_of(run), casebook)
    for key, problem in result.problems.items():
        context.log.warning(f"not written, {key}: {problem}")
    written = sum(result.rendered.values())
    context.log.info(f"{written} messages written to {result.outbox}" if result.outbox else "no message to write")
    return dg.MaterializeResult(
        metadata={"written": written, "not written": len(result.problems), "folder": str(result.outbox or "")}
    )


@dg.asset(group_name=GROUP, deps=[outreach_batch], partitions_def=clients, kinds={"excel"})
def worklist(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The day's calls as a workbook for AR staff."""
    with plain_failures():
        run = ClientRun.of(context)
        with client_lock(run.paths), open_casebook(run.paths.casebook) as casebook:
            result = make_worklist(run.paths, run.client, _snapshot_of(run), casebook)
    context.log.info(f"{result.calls} calls in {result.path}")
    return dg.MaterializeResult(metadata={"calls": result.calls, "file": str(result.path)})
