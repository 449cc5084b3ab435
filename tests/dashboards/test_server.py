"""How the server is started."""

from __future__ import annotations

import pytest

from dashboards import command


@pytest.mark.parametrize(
    "option",
    [
        "--server.address=127.0.0.1",
        "--server.port=8123",
        "--server.headless=true",
        "--server.enableXsrfProtection=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
        "--client.toolbarMode=minimal",
        "--client.showErrorDetails=none",
        "--client.disableDataExport=true",
    ],
)
def test_what_must_hold_is_given_on_the_command_line(option: str) -> None:
    assert option in command(8123)
