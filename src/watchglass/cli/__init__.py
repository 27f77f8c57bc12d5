"""The command `watchglass`: parses what was typed, then calls the one module that does it.

Nothing here imports the server: `watchglass --help` is quick, and works where only the SDK is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from watchglass.config.flags import FlagError
from watchglass.errors import ConfigError, WatchglassError
from watchglass.wire.faults import faults_of

NEEDS_SERVER = 'This command needs the server: install "watchglass[server]".'

_SERVER_MODULES = frozenset(
    {"numpy", "yaml", "starlette", "uvicorn", "httptools", "httpx", "orjson", "pcodec", "re2", "cramjam", "psutil"}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the exit status.

    0 means done, 1 that it failed or that a file or variable is wrong, 2 that the command line is wrong.
    """
    from watchglass.cli.arguments import parse_arguments  # noqa: PLC0415 - `python -m watchglass` needs it only here

    typed = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        if typed.command.needs_server and find_spec("numpy") is None:
            return _complain(NEEDS_SERVER)
        return int(import_module(typed.command.module).run(typed.options))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _SERVER_MODULES:
            raise
        return _complain(NEEDS_SERVER)
    except WatchglassError as error:
        return _report(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `watchglass query ... | head`
        sys.stderr.close()
        return 0


def _report(error: WatchglassError) -> int:
    """Say everything that is wrong; 2 where it is what a flag was given."""
    faults = faults_of(error) if isinstance(error, ConfigError) else (error,)
    for fault in faults:
        _complain(f"watchglass: {fault}")
    return 2 if any(isinstance(fault, FlagError) for fault in faults) else 1


def _complain(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201 - a command speaks on its standard streams
    return 1
