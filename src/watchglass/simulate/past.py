"""A process that works out what scrapers would have stored of runs: asked and answered over its standard streams.

Asks and answers are pickled, as both ends are this program. It ends when its input ends, so that it never outlives who asks.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from watchglass.simulate.history import Read, Stretch, reads_of
from watchglass.simulate.run import Run
from watchglass.simulate.systems import SYSTEMS

NICE = 5
"""How much it gives way to the server that answers meanwhile."""


@dataclass(frozen=True, slots=True)
class Task:
    """A run of a system, of which a stretch is wanted."""

    system: str
    run: Run
    stretch: Stretch

    @property
    def span(self) -> tuple[int, int]:
        """What of the past it is; milliseconds."""
        return max(self.run.start_ms, self.stretch.start_ms), min(self.run.end_ms, self.stretch.end_ms)


class Worker:
    """The process, as who asks it sees it; use it as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "watchglass.simulate.past"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server, which ends it
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asks, self._answers = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._asks.close()
        self._answers.close()

    def ask(self, task: Task) -> None:
        """Ask for what is stored of a task; it is worked out at once, and kept until it is taken."""
        pickle.dump(task, self._asks)
        self._asks.flush()

    def answer(self) -> list[Read]:
        """Take what was asked for first.

        Raises:
            EOFError: the process has ended.
        """
        reads: list[Read] = pickle.load(self._answers)  # noqa: S301 - from our own process
        return reads


def main() -> None:
    """Answer until the input ends."""
    os.nice(NICE)
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
            reads = list(reads_of(SYSTEMS[task.system], task.run, task.stretch))
            pickle.dump(reads, sys.stdout.buffer, protocol=5)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
