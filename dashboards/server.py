"""How the dashboards are started."""

from __future__ import annotations

import sys
from pathlib import Path

APP = Path(__file__).parent / "app.py"


def command(port: int) -> list[str]:
    """The arguments that start the dashboards on this machine alone; there is no login, so a proxy has to add one.

    What must hold wherever it is started from is given here and cannot be changed by a configuration file; looks
    are in ``.streamlit/config.toml`` beside the app.
    """
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "server.enableXsrfProtection": "true",
        "server.enableCORS": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        # Streamlit's own table download and copy write '=1+1' as it stands; ours are the only way out.
        "client.disableDataExport": "true",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags]
