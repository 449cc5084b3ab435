"""The command ``duebook``: thin over the functions that Dagster and the dashboards use."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from duebook.errors import DuebookError, ReportError
from duebook.workspace import Workspace

app = typer.Typer(
    name="duebook",
    help="Runs other companies' receivables: reads their ERPs, keeps the ledger, reminds, shows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DASHBOARDS_PORT = 8501
DAGSTER_PORT = 3000

ClientId = Annotated[str, typer.Argument(metavar="CLIENT", help="The name of the client's folder under clients/.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="End of this day, as 2026-01-31."),
]


class Format(StrEnum):
    """How a report can be written."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"


class Credits(StrEnum):
    """Where unapplied credits stand in an ageing."""

    apart = "apart"
    aged = "aged"


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@app.command()
def clients() -> None:
    """List the configured clients, with what is published of each."""
    from duebook.clients import load_client
    from duebook.snapshot import current_version

    workspace = Workspace.from_environment()
    broken = 0
    for client_id in workspace.client_ids():
        paths = workspace.client(client_id)
        try:
            client = load_client(paths)
        except DuebookError as error:
            broken += 1
            typer.echo(f"{client_id}: {error}", err=True)
            continue
        sources = ", ".join(f"{source.name} ({source.erp})" for source in client.sources)
        typer.echo(
            f"{client_id}\t{client.name}\t{client.home_currency}\t{client.timezone}\t{sources}\t"
            f"{current_version(paths) or 'nothing published'}"
        )
    if not workspace.client_ids():
        typer.echo(f"No clients yet. A client is a folder under {workspace.clients} with a client.yaml.", err=True)
    if broken:
        raise typer.Exit(1)


@app.command()
def check(client_id: ClientId) -> None:
    """Connect to a client's sources and look: rights, counts, control total. Changes nothing."""
    from connectors.registry import connectors_of
    from duebook.clients import load_client
    from outreach_jobs.strategy import load_strategies

    paths = Workspace.from_environment().client(client_id)
    client = load_client(paths)
    well = True
    strategies = load_strategies(paths, client)
    typer.echo(f"configuration: {client.name}, {client.home_currency}, {client.timezone}")
    typer.echo("strategies: none; nobody will be written to" if strategies is None else "strategies: valid")
    for connector in connectors_of(client, paths.config):
        typer.echo(f"source {connector.source.name} ({connector.erp})")
        try:
            lines = connector.check()
        except DuebookError as error:
            well = False
            typer.echo(f"  ✗ {error}")
            continue
        for line in lines:
            well = well and line.ok
            typer.echo(f"  {'✓' if line.ok else '✗'} {line.subject}: {line.finding}")
    if not well:
        raise typer.Exit(1)


@app.command()
def run(client_id: ClientId, as_of: AsOf = None) -> None:
    """Extract, build, audit and publish one client, then plan and write out what is due."""
    workspace = Workspace.from_environment()
    workspace.client(client_id)
    typer.echo(f"Running {client_id}")

    from duebook.snapshot import open_current
    from orchestration.run import run_client

    run_client(workspace, client_id, _day(as_of))
    snapshot = open_current(workspace.client(client_id))
    typer.echo(f"Published {client_id} as of {snapshot.as_of}: {snapshot.folder}")


@app.command()
def query(
    client_id: ClientId, sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT on the published tables.")]
) -> None:
    """Run a SELECT on a client's published snapshot; CSV to standard output. Nothing else can be read."""
    from duebook.reports.writers import stream_csv
    from duebook.snapshot import open_current

    snapshot = open_current(Workspace.from_environment().client(client_id))
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        stream_csv(snapshot.query_untrusted(sql), output)


@app.command()
def export(
    client_id: ClientId,
    report: Annotated[str, typer.Argument(metavar="REPORT", help="ageing, open-items, metrics-by-month, ...")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")],
    as_of: AsOf = None,
    kind: Annotated[
        Format | None, typer.Option("--format", help="csv, xlsx or parquet; by default as the file's name ends.")
    ] = None,
    credits: Annotated[
        Credits | None, typer.Option("--credits", help="Unapplied credits: a column of their own, or aged.")
    ] = None,
) -> None:
    """Write a named report for any past day."""
    from duebook import reports
    from duebook.reports import writers
    from duebook.snapshot import open_current

    snapshot = open_current(Workspace.from_environment().client(client_id))
    result = reports.run(snapshot, report, _day(as_of), credits.value if credits else None)
    if out.is_dir():
        raise ReportError(f"{out} is a folder; give the file to write, such as {out / result.file_stem}.csv")
    ending = out.suffix.removeprefix(".").lower()
    if kind is None and ending not in writers.FORMATS:
        raise ReportError(f"{out} tells no format; give --format csv, xlsx or parquet.")
    writers.write(result, kind.value if kind else Format(ending).value, out)
    typer.echo(f"{result.table.num_rows:,} rows as of {result.as_of} written to {out}")


@app.command()
def serve(
    dashboards_port: Annotated[int, typer.Option(help="Port of the dashboards.")] = DASHBOARDS_PORT,
    dagster_port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = DAGSTER_PORT,
) -> None:
    """Serve the dashboards and Dagster on this machine, until interrupted."""
    from orchestration.serving import serve_all

    serve_all(Workspace.from_environment(), dashboards_port, dagster_port)


@app.command()
def demo(
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve dashboards and Dagster afterwards.")
    ] = True,
    until: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Last day of the made-up history.")
    ] = None,
) -> None:
    """Make two made-up clients, run both, and serve the result."""
    from orchestration.demo import run_demo
    from orchestration.serving import require_free_ports, serve_all

    workspace = Workspace.from_environment()
    if serving:
        require_free_ports(DASHBOARDS_PORT, DAGSTER_PORT)
    run_demo(workspace, _day(until), typer.echo)
    if serving:
        serve_all(workspace, DASHBOARDS_PORT, DAGSTER_PORT)


def main() -> NoReturn:
    """Entry point: what a user did wrong is told in a line or two, and ends with a non-zero status."""
    # Nothing here reports home; the variables reach the tools we start as well.
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    try:
        app()
    except DuebookError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
