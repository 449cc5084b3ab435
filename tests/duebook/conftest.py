"""A client's configuration to spoil, and a way to publish small snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duebook.workspace import ClientPaths, Workspace

CLIENT_YAML = """\
name: Nordwind Pumpen GmbH
home_currency: EUR
country: DE
timezone: Europe/Berlin
languages: [de, en]
sender: {name: Nordwind, email: ar@nordwind.example}
agency: {name: Example Collections}
sources:
  - name: erp
    erp: odoo
    url: ${NORDWIND_ODOO_URL}
"""

WriteClient = Callable[..., ClientPaths]


@pytest.fixture
def write_client(workspace: Workspace) -> WriteClient:
    """Write a good client.yaml with some text replaced or appended, or with bytes of one's own."""

    def write(
        *replacements: tuple[str, str], append: str = "", content: bytes | None = None, client_id: str = "nordwind"
    ) -> ClientPaths:
        text = CLIENT_YAML
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = workspace.clients / client_id / "client.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes((text + append).encode() if content is None else content)
        return workspace.client(client_id)

    return write


@pytest.fixture
def paths(tmp_path: Path) -> ClientPaths:
    """The places of a client whose configuration does not matter."""
    return ClientPaths("nordwind", tmp_path / "clients" / "nordwind", tmp_path / "data" / "nordwind")
