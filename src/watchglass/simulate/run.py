"""Runs: the stretches of time between two starts of a system, each simulated by itself from its seed and its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np

from watchglass.sdk.declared import DeclaredMetric
from watchglass.simulate.effects import Effect
from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.table import Column, Log

_DEPLOYS = (0, 1, 3)
"""Days of the week, from Monday, at whose beginning (UTC) a system is deployed and starts anew."""
_MONDAY_DAY = 4  # 1970-01-05, in days since 1970
WARM_UP_MS = 4 * HOUR_MS
"""What began this long before a run may still be there when it starts."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something goes wrong for a while.

    Attributes:
        kind: what; each system knows its own.
        start_ms: since when.
        end_ms: until when.
    """

    kind: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Run:
    """A system from one start to the next.

    Attributes:
        system: its name.
        start_ms: when it is stopped to be deployed.
        up_ms: when it answers again.
        end_ms: when it is stopped the next time.
        seed: what chance begins with.
        faults: what goes wrong.
    """

    system: str
    start_ms: int
    up_ms: int
    end_ms: int
    seed: int
    faults: tuple[Fault, ...] = ()

    def chance(self, purpose: str) -> np.random.Generator:
        """Chance for one purpose: what another draws from its own changes nothing here."""
        return np.random.default_rng(
            [self.seed, crc32(self.system.encode()), self.start_ms // DAY_MS, crc32(purpose.encode())]
        )

    def during(self, kind: str, times_ms: Column) -> Column:
        """Of each time whether a fault of that kind lasts."""
        struck = np.zeros(len(times_ms), bool)
        for fault in self.faults:
            if fault.kind == kind:
                struck |= (times_ms >= fault.start_ms) & (times_ms < fault.end_ms)
        return struck

    def minutes(self, *, warm: bool = True) -> Column:
        """The minutes of the run, and of the time before in which what lasts may have begun."""
        return np.arange(self.start_ms - (WARM_UP_MS if warm else 0), self.end_ms, MINUTE_MS, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class System:
    """A simulated system.

    Attributes:
        pack: its pack's name.
        simulate: what it does in a run.
        effects: of each job, what events do to the metrics that it exposes.
        targets: of each job, the address that the guide names: the label `instance`.
        faults: what can go wrong, and how many minutes it lasts when it does by chance; 0 for what never does.
        foreign: of each job that is another program's, the metrics that it exposes.
    """

    pack: str
    simulate: Callable[[Run], Log]
    effects: Mapping[str, Sequence[Effect]]
    targets: Mapping[str, str]
    faults: Mapping[str, int] = field(default_factory=dict)
    foreign: Mapping[str, Sequence[DeclaredMetric]] = field(default_factory=dict)


def runs_between(
    system: System, start_ms: int, end_ms: int, seed: int, faults: Sequence[Fault] = (), *, incidents: bool = True
) -> Iterator[Run]:
    """The runs that touch a stretch of time, the newest first; a run never depends on the stretch.

    Args:
        system: whose.
        start_ms: the beginning of the stretch.
        end_ms: its end.
        seed: what chance begins with.
        faults: what goes wrong for sure.
        incidents: whether something goes wrong by chance, too.
    """
    day = end_ms // DAY_MS
    end_day = _deployed(day + 1, 1)
    while end_day * DAY_MS > start_ms:
        start_day = _deployed(end_day - 1, -1)
        run = _run(system, start_day * DAY_MS, end_day * DAY_MS, seed)
        by_chance = _incidents(system, run) if incidents else ()
        yield replace(run, faults=(*by_chance, *faults))
        end_day = start_day


def _deployed(day: int, step: int) -> int:
    """The day itself or the next in that direction at whose beginning the system is deployed."""
    while (day - _MONDAY_DAY) % 7 not in _DEPLOYS:
        day += step
    return day


def _run(system: System, start_ms: int, end_ms: int, seed: int) -> Run:
    run = Run(system.pack, start_ms, start_ms, end_ms, seed)
    return replace(run, up_ms=start_ms + int(run.chance("start").integers(20_000, 75_000)))


_INCIDENTS_A_DAY = 0.12  # of each kind


def _incidents(system: System, run: Run) -> Iterator[Fault]:
    """What goes wrong by chance."""
    chance = run.chance("incidents")
    for kind, minutes in system.faults.items():
        days = (run.end_ms - run.start_ms) / DAY_MS
        for _ in range(int(chance.poisson(_INCIDENTS_A_DAY * days)) if minutes else 0):
            start_ms = int(chance.integers(run.start_ms + 2 * HOUR_MS, run.end_ms - HOUR_MS))
            yield Fault(kind, start_ms, start_ms + int(chance.uniform(0.6, 1.5) * minutes * MINUTE_MS))
