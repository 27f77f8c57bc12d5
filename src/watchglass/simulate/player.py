"""A simulated system as it happens: each event is told to the real SDK when its time has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry

from watchglass.sdk.pack_metrics import Metric, PackMetrics, made
from watchglass.simulate.effects import Effect, Kind
from watchglass.simulate.rhythm import HOUR_MS
from watchglass.simulate.run import Fault, Run, System, runs_between
from watchglass.simulate.table import Column, Table

AHEAD_MS = 3 * HOUR_MS
"""Events of so much time are kept: those of a whole run take hundreds of megabytes."""


class Player:
    """Plays a system from now on, run after run.

    Args:
        system: whose events.
        registries: of each job, where its metrics are.
        seed: what chance begins with.
        now_ms: when the processes start; what happened before is not counted, but what has begun is there.
        faults: what goes wrong for sure.
    """

    def __init__(
        self,
        system: System,
        registries: Mapping[str, CollectorRegistry],
        seed: int,
        now_ms: int,
        faults: Sequence[Fault] = (),
    ) -> None:
        self._system, self._seed, self._faults = system, seed, tuple(faults)
        self._registries = registries
        self._metrics = {job: _metrics(system, job, registry) for job, registry in registries.items()}
        self._begin(now_ms, since_ms=now_ms)

    def advance(self, now_ms: int) -> None:
        """Tell the SDK what happened until now; in a new run its processes are others, which begin at zero."""
        if now_ms >= self._run.end_ms:
            for job, registry in self._registries.items():
                for metric in self._metrics[job].values():
                    registry.unregister(metric)
                self._metrics[job] = _metrics(self._system, job, registry)
            self._begin(now_ms)
        while now_ms >= self._until_ms:
            self._tell(self._until_ms)
            self._take(self._until_ms)
        self._tell(now_ms)

    def is_out(self, job: str, now_ms: int) -> bool:
        """Whether a job does not answer now: it is out, or the system is being deployed."""
        if now_ms >= self._run.end_ms or now_ms < self._run.up_ms:
            return True
        return any(start_ms <= now_ms < end_ms for start_ms, end_ms in self._outages.get(job, ()))

    def _tell(self, now_ms: int) -> None:
        for cursor in self._cursors:
            cursor.advance(now_ms)

    def _begin(self, now_ms: int, since_ms: int = 0) -> None:
        """Take up the run of a time: what happens after `since_ms` is counted, and nothing before the system is up."""
        run = next(runs_between(self._system, now_ms, now_ms + 1, self._seed, self._faults))
        self._take(max(since_ms, run.up_ms - 1), run)
        self._run = run  # last, for until then it is out

    def _take(self, since_ms: int, begun: Run | None = None) -> None:
        """Keep what happens in the next hours of a run, which is simulated again for it; `begun` one has a state to set."""
        run = begun or self._run
        self._until_ms = min(since_ms + AHEAD_MS, run.end_ms)
        log = self._system.simulate(run)
        self._outages = log.outages
        stretch = _Stretch(since_ms, self._until_ms, begins=begun is not None)
        self._cursors = [
            cursor
            for job, effects in self._system.effects.items()
            for effect in effects
            for cursor in _cursors(effect, log[effect.table], self._metrics[job][effect.metric], stretch)
        ]


def _metrics(system: System, job: str, registry: CollectorRegistry) -> Mapping[str, Metric]:
    """What the job exposes: metrics of the pack, or those of another program that the system declares."""
    if job in system.foreign:
        return {one.name: made(one, registry) for one in system.foreign[job]}
    return PackMetrics(system.pack, registry, only=tuple({effect.metric for effect in system.effects[job]}))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is played next.

    Attributes:
        since_ms: only what happens after it.
        until_ms: and up to it.
        begins: gauges are set to what was before.
    """

    since_ms: int
    until_ms: int
    begins: bool

    def of(self, events: Table, at: str) -> Table:
        """Its events, in the order of a column."""
        return events.where((events[at] > self.since_ms) & (events[at] <= self.until_ms)).sorted_by(at)


class Cursor:
    """How far one effect has come.

    Args:
        times: of its events, rising; milliseconds.
        apply: does what the event at a place does.
    """

    def __init__(self, times: Column, apply: Callable[[int], None]) -> None:
        self._times, self._apply, self._next = times, apply, 0

    def advance(self, now_ms: int) -> None:
        """Apply every event until now."""
        until = int(np.searchsorted(self._times, now_ms, side="right"))
        for place in range(self._next, until):
            self._apply(place)
        self._next = max(self._next, until)


def _cursors(effect: Effect, events: Table, metric: Any, stretch: _Stretch) -> list[Cursor]:
    for known in effect.known:
        metric.labels(**_labels(effect, known))
    if effect.kind is Kind.LEVEL:
        return _level_cursors(effect, events, metric, stretch)
    if effect.kind is Kind.LAST and stretch.begins:
        before = _latest(events, effect, stretch.since_ms)
        for place, child in enumerate(_children(effect, before, metric)):
            child.set(before[effect.value][place])
    coming = stretch.of(events, effect.at)
    values = coming[effect.value] if effect.value else np.ones(len(coming))
    child_of = _Children(effect, coming, metric)
    verb = {Kind.COUNT: "inc", Kind.OBSERVE: "observe", Kind.LAST: "set"}[effect.kind]
    return [Cursor(coming[effect.at], lambda place: getattr(child_of[place], verb)(float(values[place])))]


def _level_cursors(effect: Effect, events: Table, metric: Any, stretch: _Stretch) -> list[Cursor]:
    if stretch.begins:
        over = events[effect.at] <= stretch.since_ms
        if not effect.by:
            metric.set(0)
        for child in _children(effect, events.where(over), metric):
            child.set(0)
        there = events.where(over & (events[effect.until] > stretch.since_ms))
        for child in _children(effect, there, metric):
            child.inc()
    begins, ends = stretch.of(events, effect.at), stretch.of(events, effect.until)
    up, down = _Children(effect, begins, metric), _Children(effect, ends, metric)
    return [
        Cursor(begins[effect.at], lambda place: up[place].inc()),
        Cursor(ends[effect.until], lambda place: down[place].dec()),
    ]


def _varying(effect: Effect) -> list[str]:
    """The columns whose words fill labels."""
    return [column for column in effect.by.values() if not column.startswith("=")]


def _latest(events: Table, effect: Effect, now_ms: int) -> Table:
    """The last event of each set of labels that is over."""
    over = events.where(events[effect.at] <= now_ms).sorted_by(effect.at)
    if not len(over) or not _varying(effect):
        return over.where(slice(-1, None))
    codes = np.stack([over[column] for column in _varying(effect)], axis=1)
    _, places = np.unique(codes[::-1], axis=0, return_index=True)
    return over.where(len(over) - 1 - places)


def _labels(effect: Effect, values: Sequence[str]) -> dict[str, str]:
    """Every label of the effect, the varying ones filled with the values."""
    left = iter(values)
    return {name: column[1:] if column.startswith("=") else next(left) for name, column in effect.by.items()}


class _Children:
    """The labelled metric of the event at each place."""

    def __init__(self, effect: Effect, events: Table, metric: Any) -> None:
        self._effect, self._metric = effect, metric
        self._columns = [(events[column], events.words[column]) for column in _varying(effect)]
        self._found: dict[tuple[int, ...], Any] = {}

    def __getitem__(self, place: int) -> Any:
        if not self._effect.by:
            return self._metric
        codes = tuple(int(column[place]) for column, _ in self._columns)
        if codes not in self._found:
            values = [words[code] for code, (_, words) in zip(codes, self._columns, strict=True)]
            self._found[codes] = self._metric.labels(**_labels(self._effect, values))
        return self._found[codes]


def _children(effect: Effect, events: Table, metric: Any) -> list[Any]:
    """The labelled metric of each event."""
    child_of = _Children(effect, events, metric)
    return [child_of[place] for place in range(len(events))]
