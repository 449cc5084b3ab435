"""dbt in this process: parsed once for each state of the project, then run for one client after another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from connectors.registry import connector_types
from duebook.errors import DuebookError
from duebook.files import write_durably
from duebook.workspace import REPOSITORY, Workspace

PROJECT = REPOSITORY / "dbt_project"
_QUIET = ("--no-use-colors", "--log-level-file", "none", "--quiet", "--no-print", "--no-version-check")


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one model or test: success, pass, fail, error, warn or skipped."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    seconds: float
    failures: int
    message: str | None
    compiled_sql: str | None


def all_erps() -> list[str]:
    """Every ERP whose staging is united in core: what the project is parsed with."""
    internal = {name for name, kind in connector_types().items() if kind.internal}
    folders = (entry.name for entry in (PROJECT / "models" / "staging").iterdir() if entry.is_dir())
    return sorted(name for name in folders if name not in internal)


def _fingerprint() -> str:
    """Changes with anything that changes the parsed project."""
    digest = hashlib.sha256(json.dumps([version("dbt-core"), version("dbt-duckdb"), all_erps()]).encode())
    for path in sorted(PROJECT.rglob("*")):
        relative = path.relative_to(PROJECT)
        if path.is_file() and relative.parts[0] not in ("target", "logs") and path.suffix in (".sql", ".yml", ".csv"):
            digest.update(str(relative).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


@cache
def manifest_folder() -> Path:
    """The folder that holds the parsed project, ``manifest.json`` and ``manifest.msgpack``; parses when it must.

    Raises:
        DuebookError: the dbt project cannot be parsed, with dbt's own words.
    """
    folder = Workspace.from_environment().data / ".dbt" / _fingerprint()
    if (folder / "manifest.json").is_file():
        return folder
    arguments = ["parse", *_project_arguments(folder / "target"), "--vars", json.dumps({"erps": all_erps()})]
    result = dbtRunner().invoke(arguments)
    if not result.success or not isinstance(result.result, Manifest):
        raise DuebookError(f"The dbt project cannot be parsed: {result.exception}")
    write_durably(folder / "manifest.msgpack", result.result.to_msgpack())
    # Last, since its presence is what says that the folder is complete.
    writable = result.result.writable_manifest().to_dict(omit_none=False)
    write_durably(folder / "manifest.json", json.dumps(writable).encode())
    return folder


@cache
def manifest() -> Mapping[str, Any]:
    """The parsed project as dbt writes it to manifest.json."""
    content: dict[str, Any] = json.loads((manifest_folder() / "manifest.json").read_text(encoding="utf-8"))
    return content


def _project_arguments(target: Path) -> list[str]:
    return ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target), *_QUIET]


def build(
    warehouse: Path,
    variables: Mapping[str, Any],
    erps: Sequence[str],
    target: Path,
    on_node: Callable[[str], None] = lambda name: None,
) -> list[NodeOutcome]:
    """Build and test all models of one client, in dependency order; what follows a failure is skipped.

    Args:
        erps: the ERPs the client has; the staging of others is left out.
        on_node: called with the name of each model as it is done.

    Raises:
        DuebookError: dbt itself could not run.
    """
    unused = [f"path:models/staging/{erp}" for erp in all_erps() if erp not in erps]
    arguments = [
        "build",
        *_project_arguments(target),
        "--no-write-json",
        "--exclude-resource-type",
        "unit_test",
        "--vars",
        json.dumps({**variables, "erps": list(erps), "warehouse": str(warehouse)}),
    ]
    if unused:
        arguments += ["--exclude", *unused]

    def heard(event: EventMsg) -> None:
        if event.info.name == "LogModelResult":
            on_node(event.data.description.split()[-1])

    parsed = Manifest.from_msgpack((manifest_folder() / "manifest.msgpack").read_bytes())
    try:
        result = dbtRunner(manifest=parsed, callbacks=[heard]).invoke(arguments)
    finally:
        # dbt keeps the warehouse open for the next command; the publication and other processes need it.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not isinstance(result.result, RunExecutionResult):
        raise DuebookError(f"dbt could not run: {result.exception}")
    return [
        NodeOutcome(
            unique_id=entry.node.unique_id,
            name=entry.node.name,
            resource_type=str(entry.node.resource_type),
            status=str(entry.status),
            seconds=float(entry.execution_time),
            failures=int(entry.failures or 0),
            message=entry.message,
            compiled_sql=getattr(entry.node, "compiled_code", None),
        )
        for entry in result.result
    ]
