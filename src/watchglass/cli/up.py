"""`watchglass up`: reads the settings and runs the server until it is told to stop."""

from __future__ import annotations

import argparse

from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation


def run(options: argparse.Namespace) -> int:
    """Run the server in the foreground."""
    settings = load_settings(
        Invocation(flags=options.flags, flag_names=options.flag_names, settings_file=options.settings)
    )
    from watchglass.app.run import run as run_server  # noqa: PLC0415 - only once the settings are known to be right

    return run_server(settings)
