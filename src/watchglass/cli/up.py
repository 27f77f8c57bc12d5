"""`watchglass up`: reads the settings, opens the listeners, and runs the server until it is told to stop.

The server's modules take half a second to load. Whoever connects meanwhile waits for the answer, and is not refused.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from watchglass.cli.invocation import read_settings
from watchglass.config.settings import Settings
from watchglass.errors import ConfigError
from watchglass.serve.listeners import open_listeners


def run(options: argparse.Namespace) -> int:
    """Run the server in the foreground."""
    settings = read_settings(options)
    sockets = open_listeners(settings.listen, allow_anonymous=settings.web_allow_anonymous)
    from watchglass.app.run import run as run_server  # noqa: PLC0415 - loads the server

    try:
        return run_server(settings, sockets=sockets)
    except ConfigError as error:
        raise _other_kind(error, settings) from None


def _other_kind(error: ConfigError, settings: Settings) -> ConfigError:
    """The error; where it is about a file of another kind than its setting takes, one that says only that."""
    from watchglass.cli.file_kind import other_kind  # noqa: PLC0415 - only where something is wrong

    given = (("config", settings.config, "config"), ("alertmanager.config", settings.alertmanager_config, "routes"))
    for name, file, check in given:
        if file and error.path == file and (hint := other_kind(Path(file), check)):
            return ConfigError(hint, path=file, key=name)
    return error
