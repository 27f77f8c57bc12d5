"""`watchglass` on a clock that a test can move: `python tests/crash/server.py OFFSET_FILE up ...`.

The file holds the milliseconds by which the clock is ahead of the machine's. Maintenance looks three times a second,
so that a kill meets seals and compactions too.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from watchglass.app import stack
from watchglass.app.run import run
from watchglass.cli.arguments import parse_arguments
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation


class ShiftedClock:
    def __init__(self, offset_file: Path) -> None:
        self._offset_file = offset_file

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + int(self._offset_file.read_text() or 0)


def store_options(configuration, original=stack.store_options):
    return replace(original(configuration), tick_interval_ms=300)


if __name__ == "__main__":
    stack.store_options = store_options
    options = parse_arguments(sys.argv[2:]).options
    invocation = Invocation(flags=options.flags, flag_names=options.flag_names, settings_file=options.settings)
    sys.exit(run(load_settings(invocation), ShiftedClock(Path(sys.argv[1]))))
