"""The past of the simulated systems, written beside a server that runs already: newest first, each part once.

Worked out in a process of its own, so that the server answers meanwhile. What is written is noted in the data folder, and a
later start adds what is missing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.app.memory import give_back
from watchglass.clock import Clock
from watchglass.errors import WatchglassError
from watchglass.store.metrics import MetricStore

if TYPE_CHECKING:
    from watchglass.simulate.past import Task
    from watchglass.simulate.run import Fault

NOTED = "demo.json"
NOTE_S = 15.0
"""How often it is noted until when the systems are played."""
_AHEAD_MS = 20_000
"""So far ahead: nothing is ever written between live samples, however a demo ends; what was not played stays empty."""


Spans = list[tuple[int, int]]
"""Stretches of time that do not touch, in order; milliseconds."""


class Past:
    """Writes the past of systems into a store, and notes what is written.

    Args:
        folder: where it is noted.
        systems: names of packs.
        span_ms: how much of the past there is to be.
        seed: what chance begins with; the past of another seed is never continued.
        faults: what goes wrong for sure, by system.

    Raises:
        WatchglassError: the folder holds the past of another seed, or its note cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        systems: Sequence[str],
        span_ms: int,
        seed: int,
        faults: Mapping[str, Sequence[Fault]] | None = None,
    ) -> None:
        self._faults = faults or {}
        self._file, self._systems, self._span_ms, self._seed = folder / NOTED, tuple(systems), span_ms, seed
        self._written = self._read()

    async def write(self, store: MetricStore, now_ms: int) -> int:
        """Write what is missing of the past; returns the number of samples."""
        tasks = sorted(self._tasks(now_ms), key=lambda task: -task.run.start_ms)
        return await self._write_all(store, tasks) if tasks else 0

    async def follow(self, clock: Clock, since_ms: int) -> None:
        """Note, until cancelled, up to when the systems are played that have been so since a time."""
        while True:
            with suppress(OSError):  # the next note says it all again
                self._note(self._systems, (since_ms, clock.now_ms() + _AHEAD_MS))
            await asyncio.sleep(NOTE_S)

    async def _write_all(self, store: MetricStore, tasks: Sequence[Task]) -> int:
        from watchglass.simulate.past import Worker  # noqa: PLC0415 - only a demo needs it

        samples = 0
        with Worker() as worker:
            worker.ask(tasks[0])
            for task, following in zip_longest(tasks, tasks[1:]):
                reads = await asyncio.to_thread(worker.answer)
                if following is not None:
                    worker.ask(following)  # is worked out while this one is written
                columns = (column for read in reads for column in read.columns())
                result = await asyncio.to_thread(store.import_samples, columns)
                samples += result.samples
                self._note([task.system], task.span)
                await asyncio.to_thread(give_back)
        return samples

    def _tasks(self, now_ms: int) -> Iterator[Task]:
        from watchglass.simulate.history import Stretch  # noqa: PLC0415 - only a demo needs it
        from watchglass.simulate.past import Task  # noqa: PLC0415
        from watchglass.simulate.run import runs_between  # noqa: PLC0415
        from watchglass.simulate.systems import SYSTEMS  # noqa: PLC0415

        whole = Stretch.before(now_ms, self._span_ms)
        for name in self._systems:
            for start_ms, end_ms in missing(self._written.get(name, []), whole.start_ms, now_ms):
                stretch = Stretch(start_ms, end_ms, whole.fine_ms)
                for run in runs_between(SYSTEMS[name], start_ms, end_ms, self._seed, self._faults.get(name, ())):
                    # After what was played the system starts anew: what it counts then is less, never more.
                    up_ms = max(run.up_ms, start_ms) if start_ms > whole.start_ms else run.up_ms
                    yield Task(name, replace(run, up_ms=up_ms), stretch)

    def _read(self) -> dict[str, Spans]:
        try:
            noted = json.loads(self._file.read_bytes())
            seed = int(noted["seed"])
            written = {
                name: [(int(start), int(end)) for start, end in spans] for name, spans in noted["written"].items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            raise WatchglassError(f"{self._file} is damaged; --fresh forgets what earlier demos have stored") from None
        if seed != self._seed:
            raise WatchglassError(
                f"{self._file.parent} holds the past of --seed {seed}; --fresh forgets it, --folder names another folder"
            )
        return {name: joined_all(spans) for name, spans in written.items()}

    def _note(self, systems: Sequence[str], span: tuple[int, int]) -> None:
        for name in systems:
            self._written[name] = joined(self._written.get(name, []), span)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps({"seed": self._seed, "written": self._written}))
        fresh.replace(self._file)


def joined_all(spans: Spans) -> Spans:
    """Stretches in any order as such that do not touch."""
    found: Spans = []
    for span in spans:
        found = joined(found, span)
    return found


def joined(spans: Spans, more: tuple[int, int]) -> Spans:
    """The spans with one more; those that touch become one."""
    found: Spans = []
    for start_ms, end_ms in sorted([*spans, more]):
        if found and start_ms <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_ms))
        else:
            found.append((start_ms, end_ms))
    return found


def missing(spans: Spans, start_ms: int, end_ms: int) -> Spans:
    """What the spans leave out between two times."""
    left: Spans = []
    for first_ms, last_ms in [*spans, (end_ms, end_ms)]:
        if start_ms < min(first_ms, end_ms):
            left.append((start_ms, min(first_ms, end_ms)))
        start_ms = max(start_ms, last_ms)
    return left
