"""`watchglass up`: reads the settings, opens the listeners, and runs the server until it is told to stop.

The server's modules take half a second to load. Whoever connects meanwhile waits for the answer, and is not refused.
"""

from __future__ import annotations

import argparse

from watchglass.cli.invocation import read_settings
from watchglass.serve.listeners import open_listeners


def run(options: argparse.Namespace) -> int:
    """Run the server in the foreground."""
    settings = read_settings(options)
    sockets = open_listeners(settings.listen, allow_anonymous=settings.web_allow_anonymous)
    from watchglass.app.run import run as run_server  # noqa: PLC0415 - loads the server

    return run_server(settings, sockets=sockets)
