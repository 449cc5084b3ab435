"""Put the demo clients' sources where their ``client.yaml`` looks for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from connectors.demo import exports, odoo_sqlite
from connectors.demo.specs import BRIGHTWATER, CLIENTS, NORDWIND, ClientSpec
from connectors.demo.world import World, simulate
from duebook.errors import ConfigError
from duebook.files import write_durably
from duebook.workspace import REPOSITORY

CONFIGURATION = ("client.yaml", "strategies.yaml")
DATABASE = "erp.sqlite"
INBOX = "inbox"


def create(clients_folder: Path, until: date, progress: Callable[[str], None] | None = None) -> list[str]:
    """Create what is missing of the demo clients: their configuration, and the sources it names.

    What exists is left as it is, also when ``until`` is another day: delete a client's ``erp.sqlite`` or ``inbox``
    to have it made anew. A run that is broken off leaves no half-made source behind under its name.

    Args:
        clients_folder: the workspace's ``clients`` folder.
        until: the last day of business.
        progress: told in a few words what is being made.

    Returns:
        The ids of the demo clients, whether or not anything had to be made.

    Raises:
        ConfigError: the configuration of a demo client is neither there nor shipped with this installation.
    """
    tell = progress or (lambda text: None)
    for spec in CLIENTS:
        folder = clients_folder / spec.client_id
        _configure(spec, folder)
        if not _present(folder / _SOURCES[spec.client_id][0]):
            tell(f"{spec.client_id}: simulating business up to {until}")
            world = simulate(spec, until)
            tell(f"{spec.client_id}: writing {_SOURCES[spec.client_id][0]}")
            _SOURCES[spec.client_id][1](world, folder)
    return [spec.client_id for spec in CLIENTS]


def _configure(spec: ClientSpec, folder: Path) -> None:
    shipped = REPOSITORY / "clients" / spec.client_id
    for name in CONFIGURATION:
        if (folder / name).exists():
            continue
        if not (shipped / name).is_file():
            raise ConfigError(
                f"{folder / name}: the file does not exist, and this installation has no copy of it. "
                "Take it from Duebook's repository, or set DUEBOOK_HOME to a folder that has it."
            )
        write_durably(folder / name, (shipped / name).read_bytes())


def _present(source: Path) -> bool:
    return any(source.iterdir()) if source.is_dir() else source.exists()


def _write_database(world: World, folder: Path) -> None:
    write_durably(folder / DATABASE, odoo_sqlite.database(world))


def _write_inbox(world: World, folder: Path) -> None:
    prefix = f".{INBOX}-"
    for leftover in folder.glob(f"{prefix}*"):
        shutil.rmtree(leftover)
    building = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    for name, content in exports.files(world).items():
        write_durably(building / name, content)
    # A temporary folder is made for its owner alone; the inbox is an ordinary folder.
    building.chmod(0o755)
    building.rename(folder / INBOX)


_SOURCES: dict[str, tuple[str, Callable[[World, Path], None]]] = {
    NORDWIND.client_id: (DATABASE, _write_database),
    BRIGHTWATER.client_id: (INBOX, _write_inbox),
}
