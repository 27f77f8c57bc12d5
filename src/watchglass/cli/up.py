"""`watchglass up`: reads the settings and runs the server until it is told to stop."""

from __future__ import annotations

import argparse

from watchglass.cli.invocation import read_settings


def run(options: argparse.Namespace) -> int:
    """Run the server in the foreground."""
    settings = read_settings(options)
    from watchglass.app.run import run as run_server  # noqa: PLC0415 - only once the settings are known to be right

    return run_server(settings)
