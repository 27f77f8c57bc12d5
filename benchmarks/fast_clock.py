"""`watchglass` on a clock that starts at 23:00 UTC of today and runs faster, for bench_ingest.

Usage: `python benchmarks/fast_clock.py SPEED up ...`.
"""

from __future__ import annotations

import sys
import time

from watchglass.app.run import run
from watchglass.cli.arguments import parse_arguments
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation

DAY_MS = 86_400_000


class FastClock:
    """A clock that runs ahead of the machine's."""

    def __init__(self, speed: int) -> None:
        self._speed = speed
        self._start_ns = time.monotonic_ns()
        self._origin_ms = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS + 23 * 3_600_000

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._origin_ms + (time.monotonic_ns() - self._start_ns) * self._speed // 1_000_000


if __name__ == "__main__":
    options = parse_arguments(sys.argv[2:]).options
    invocation = Invocation(flags=options.flags, flag_names=options.flag_names, settings_file=options.settings)
    sys.exit(run(load_settings(invocation), FastClock(int(sys.argv[1]))))
