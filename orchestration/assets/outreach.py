"""Outreach: what is due today is planned, then written out; calls go to the worklist."""

import dagster as dg

from casebook import open_casebook
from duebook.errors import DuebookError
from duebook.snapshot import Snapshot, open_current
from orchestration.assets.publication import published_snapshot
from orchestration.context import ClientRun
from orchestration.failures import plain_failures
from orchestration.partitions import clients
from outreach_jobs.deliver.dry_run import DayResult, make_batch, make_worklist
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
def outreach_plan(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Every message and call that is due, entered into the casebook once and for all."""
    with plain_failures():
        run = ClientRun.of(context)
        with open_casebook(run.paths.casebook) as casebook:
            result = plan_messages(run.paths, run.client, _snapshot_of(run), casebook)
    channels = ", ".join(f"{count} by {channel}" for channel, count in result.by_channel.items()) or "none"
    context.log.info(f"messages due: {channels}; {result.new} new, {result.existing} planned before")
    return dg.MaterializeResult(metadata={"new": result.new, "planned before": result.existing, **result.by_channel})


@dg.asset(group_name=GROUP, deps=[outreach_plan], partitions_def=clients)
def outreach_batch(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The day's emails and letters as files in the dry-run outbox."""
    with plain_failures():
        run = ClientRun.of(context)
        with open_casebook(run.paths.casebook) as casebook:
            result = make_batch(run.paths, run.client, _snapshot_of(run), casebook)
    return _told(context, result, "messages")


@dg.asset(group_name=GROUP, deps=[outreach_batch], partitions_def=clients, kinds={"excel"})
def worklist(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The day's calls as a workbook for AR staff."""
    with plain_failures():
        run = ClientRun.of(context)
        with open_casebook(run.paths.casebook) as casebook:
            result = make_worklist(run.paths, run.client, _snapshot_of(run), casebook)
    return _told(context, result, "calls")


def _told(context: dg.AssetExecutionContext, result: DayResult, what: str) -> dg.MaterializeResult[None]:
    """Say what was made of the day, and what was not and why; a problem of one message holds up no other."""
    for problem in result.problems.values():
        context.log.warning(problem)
    made = sum(result.made.values())
    context.log.info(f"{made} new {what} in {result.path}" if result.path else f"no {what} to write")
    return dg.MaterializeResult(
        metadata={"new": made, "not written": len(result.problems), "path": str(result.path or "")}
    )
