"""A simulated system in a store, beside the log of what it did: what a panel says can be held against what happened.

Values read last are exact. Of a window a scraper knows exactly what happened between its first and its last scrape in it;
what lies beyond, one scrape interval at most at each edge, `rate` and `increase` can only guess. Expectations are as wide as
that, counted from the log; quantiles, for which the guess cancels out, are exact.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from watchglass.clock import ManualClock
from watchglass.packs.ask import rows_of
from watchglass.packs.pack import read_pack
from watchglass.packs.scope import Scope, series_names
from watchglass.promql.engine import Engine
from watchglass.promql.limits import EngineOptions
from watchglass.sdk.declared import PACKS
from watchglass.simulate.effects import Effect
from watchglass.simulate.history import Stretch, buckets_of, reads_of
from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.run import Fault, Run, System, runs_between
from watchglass.simulate.table import Log, Table
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

NOW_MS = 1_795_615_200_000  # 2026-11-25, a Wednesday, 13:20 UTC
MONDAY_MS = NOW_MS - 2 * DAY_MS + 7 * HOUR_MS  # within a day after a restart
Where = Callable[[object], object]


@dataclass(frozen=True)
class Span:
    """A value of which it is known between what it lies."""

    low: float
    high: float

    @classmethod
    def about(cls, value: float, tolerance: float = 0.0) -> Span:
        """A value and how far from it one may be."""
        return cls(value - tolerance, value + tolerance)

    def __contains__(self, value: float) -> bool:
        if math.isnan(self.low):
            return math.isnan(value)
        margin = 1e-9 * max(1.0, abs(self.low), abs(self.high))
        return self.low - margin <= value <= self.high + margin

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: float) -> Span:
        return Span(self.low * factor, self.high * factor)

    def __truediv__(self, number: float) -> Span:
        return self * (1 / number)


Expected = Mapping[tuple[str, ...], Span]
"""What is expected of each series, by the values of its labels in the order of their names."""


class World:
    """A system's runs, their logs, and the store that a scraper would have filled."""

    def __init__(
        self, folder: Path, system: System, days: float, faults: tuple[Fault, ...] = (), *, incidents: bool = True
    ):
        self.system = system
        self.pack = read_pack(system.pack)
        self.stretch = Stretch.before(NOW_MS, int(days * DAY_MS))
        self.buckets = buckets_of(self.system)
        self.job = next(iter(system.effects))
        self._ordered: dict[tuple[int, str, str], Table] = {}
        runs = runs_between(self.system, self.stretch.start_ms, NOW_MS, 1, faults, incidents=incidents)
        self.runs = [(run, self.system.simulate(run)) for run in runs]
        self.store = MetricStore(folder, StoreOptions(), ManualClock(NOW_MS))
        self.store.import_samples(
            column
            for run, log in self.runs
            for read in reads_of(self.system, run, self.stretch, log)
            for column in read.columns()
        )
        self.engine = Engine(self.store, EngineOptions())

    def close(self):
        self.store.close()

    def ask(
        self,
        expr: str,
        at_ms: int,
        window_ms: int = DAY_MS,
        *,
        scoped: bool = True,
        hidden: Collection[str] = ("__name__", "job", "instance"),
    ) -> dict[tuple[str, ...], float]:
        """What an expression of a panel answers, by the values of the labels that tell its series apart."""
        filled = {"$__range": f"{window_ms}ms", "$__interval": "5m", "$__from": str(at_ms - window_ms)}
        filled |= {f'=~"${name}"': '=~".*"' for name in ("account", "model", "region")}
        for written, value in filled.items():
            expr = expr.replace(written, value)
        if scoped and self.pack.scoped:
            expr = Scope(series_names(self.pack), self.pack.scoped).of(expr)
        rows = rows_of(self.engine.instant(expr, at_ms))
        found: dict[tuple[str, ...], float] = {}
        for labels, value in rows:
            key = tuple(text for name, text in sorted(labels.items()) if name not in hidden)
            found[(*key, "again") if key in found else key] = value
        return found

    def scraped_ms(self, job: str, at_ms: int) -> int:
        """When the job last answered."""
        for run, log in self.runs:
            times = self.stretch.times(job, run.up_ms, min(run.end_ms, at_ms + 1))
            for start_ms, end_ms in log.outages.get(job, ()):
                times = times[(times < start_ms) | (times >= end_ms)]
            if len(times):
                return int(times[-1])
        raise AssertionError("it was never scraped")

    def answers(self, job: str, at_ms: int) -> bool:
        """Whether the last scrape was answered."""
        run, log = next((run, log) for run, log in self.runs if run.start_ms <= at_ms < run.end_ms)
        times = self.stretch.times(job, run.start_ms, at_ms + 1)
        if not len(times):
            return True  # nothing has been asked since the run before
        out = any(start_ms <= times[-1] < end_ms for start_ms, end_ms in log.outages.get(job, ()))
        return bool(times[-1] >= run.up_ms) and not out

    def amid(self, kind: str) -> int:
        """A time at which a fault has lasted for three quarters of its time."""
        faults = [fault for run, _ in self.runs for fault in run.faults if fault.kind == kind]
        lasted = [fault for fault in faults if self.stretch.start_ms + DAY_MS < fault.start_ms < fault.end_ms < NOW_MS]
        return int(lasted[0].start_ms * 0.25 + lasted[0].end_ms * 0.75)

    def log_at(self, at_ms: int):
        """What happened in the run that was then."""
        return next(log for run, log in self.runs if run.start_ms <= at_ms < run.end_ms)

    def seen(self, end_ms: int, window_ms: int) -> tuple[list[tuple[int, int]], float]:
        """What a scraper saw of a window: after when and up to when, run by run, and how long that is in all.

        Of a run that began in the window it sees all since its start; what a run did after its last scrape is lost.
        """
        parts: list[tuple[int, int]] = []
        first_ms = last_ms = 0
        for run, _ in reversed(self.runs):
            times = self.stretch.times(self.job, max(run.up_ms, end_ms - window_ms + 1), min(run.end_ms, end_ms + 1))
            if len(times):
                parts.append((run.up_ms - 1 if parts else int(times[0]), int(times[-1])))
                first_ms, last_ms = first_ms or int(times[0]), int(times[-1])
        return parts, float(last_ms - first_ms)

    def total(
        self, table: str, at: str, parts: Sequence[tuple[int, int]], where: Where | None = None, value: str = ""
    ) -> float:
        """How many events, or how much of their value, processes counted in stretches of time."""
        found = 0.0
        for after_ms, upto_ms in parts:
            events = self._in_order(upto_ms, table, at)
            first, last = np.searchsorted(events[at], [after_ms, upto_ms], side="right")
            some = events.where(slice(first, last))
            chosen = where(some) if where is not None else np.ones(len(some), bool)
            found += some[value][chosen].sum() if value else chosen.sum()
        return float(found)

    def _in_order(self, at_ms: int, table: str, at: str) -> Table:
        """What happened in the run that was then, in the order of a column."""
        log = self.log_at(at_ms)
        key = id(log), table, at
        if key not in self._ordered:
            self._ordered[key] = log[table].sorted_by(at)
        return self._ordered[key]

    def increase(self, table: str, at: str, end_ms: int, window_ms: int, **how) -> Span:
        """What `increase` may say of a window: what was seen, and at most as much more as the window is longer."""
        parts, sampled_ms = self.seen(end_ms, window_ms)
        total = self.total(table, at, parts, **how)
        return Span(total, total * window_ms / sampled_ms)

    def born(self, table: str, at: str, end_ms: int, window_ms: int, where: Where) -> Span | None:
        """What `increase` may say of a series that is there from its first event on; None where it says nothing.

        What it is worth when it is first read does not count as an increase.
        """
        reads: list[tuple[int, float]] = []
        for run, log in reversed(self.runs):
            times = self.stretch.times(self.job, max(run.up_ms, end_ms - window_ms + 1), min(run.end_ms, end_ms + 1))
            events = log[table]
            happened = np.sort(events[at][where(events) & (events[at] >= run.up_ms)])
            counts = np.searchsorted(happened, times, side="right")
            reads += [(int(time), float(count)) for time, count in zip(times, counts, strict=True) if count]
        if len(reads) < 2:
            return None
        total = sum(b - a if b >= a else b for (_, a), (_, b) in pairwise(reads))
        sampled_ms = reads[-1][0] - reads[0][0]
        return Span(total, total * min(window_ms, sampled_ms + 2.2 * sampled_ms / (len(reads) - 1)) / sampled_ms)

    def ratio(
        self,
        part: tuple[str, str],
        whole: tuple[str, str],
        end_ms: int,
        window_ms: int = 5 * MINUTE_MS,
        of: Where | None = None,
        **how,
    ) -> Span:
        """What one `increase` over another is: they guess nearly alike, so that it is nearly that of what was seen.

        Args:
            part: table and column of times of the one.
            whole: those of the other.
            end_ms: when the window ends.
            window_ms: how long it is.
            of: which events of the whole.
            how: `value` and `where` of the part.
        """
        parts, sampled_ms = self.seen(end_ms, window_ms)
        over = self.total(*whole, parts, of)
        seen = self.total(*part, parts, **how) / over if over else math.nan
        return Span(seen * sampled_ms / window_ms, seen * window_ms / sampled_ms)

    def accumulated(self, told: tuple[str, str], end_ms: int, **how) -> Span:
        """What windows of five minutes that are put end to end over a day add up to."""
        window_ms = 5 * MINUTE_MS
        after_ms = (end_ms - DAY_MS) // window_ms * window_ms
        pieces = [
            self.increase(*told, end, window_ms, **how) for end in range(after_ms + window_ms, end_ms + 1, window_ms)
        ]
        return sum(pieces[1:], pieces[0])

    def rate(self, table: str, at: str, end_ms: int, window_ms: int = 5 * MINUTE_MS, **how) -> Span:
        """What `rate` may say, a second."""
        return self.increase(table, at, end_ms, window_ms, **how) / (window_ms / 1000)

    def groups(self, table: str, *columns: str) -> dict[tuple[str, ...], Where]:
        """A filter for each combination of words of columns that ever occurs."""
        found: dict[tuple[str, ...], Where] = {}
        for _, log in self.runs:
            events = log[table]
            for codes in np.unique(np.stack([events[name] for name in columns], axis=1), axis=0).tolist():
                words = tuple(events.words[name][code] for name, code in zip(columns, codes, strict=True))
                found[words] = lambda e, codes=codes: np.logical_and.reduce(
                    [e[name] == code for name, code in zip(columns, codes, strict=True)]
                )
        return found

    def by(self, columns: tuple[str, ...], tell: Callable[[Where], Span], table: str) -> Expected:
        """An expectation for each combination of words."""
        return {words: tell(where) for words, where in self.groups(table, *columns).items()}

    def level(self, job: str, table: str, lasts: tuple[str, str], at_ms: int, where: Where | None = None) -> Span:
        """How many were there when the job was last scraped; `lasts` are the columns of beginning and end."""
        at_ms = self.scraped_ms(job, at_ms)
        events = self.log_at(at_ms)[table]
        begin, end = lasts
        there = (events[begin] <= at_ms) & (events[end] > at_ms)
        return Span.about(float((there & where(events) if where else there).sum()))

    def last(self, job: str, told: tuple[str, str], value: str, at_ms: int, where: Where | None = None) -> Span:
        """The value that the last event before the last scrape left; `told` are table and column of times."""
        at_ms = self.scraped_ms(job, at_ms)
        table, at = told
        events = self.log_at(at_ms)[table]
        over = events[at] <= at_ms
        chosen = np.flatnonzero(over & where(events) if where else over)
        newest = chosen[np.argmax(events[at][chosen][::-1] == events[at][chosen].max()) * -1 - 1]
        return Span.about(float(events[value][newest]))

    def observed(self, metric: str) -> Effect:
        """What is observed by a histogram."""
        effects = [effect for of_job in self.system.effects.values() for effect in of_job]
        return next(effect for effect in effects if effect.metric == metric)

    def bucketed(self, metric: str, end_ms: int, window_ms: int, where: Where | None = None) -> list[Span]:
        """What `increase` may say of each bucket of a histogram, `+Inf` last."""
        _, sampled_ms = self.seen(end_ms, window_ms)
        return [Span(n, n * window_ms / sampled_ms) for n in self._counts(metric, end_ms, window_ms, where)]

    def quantile(
        self, share: float, metric: str, end_ms: int, window_ms: int = 5 * MINUTE_MS, where: Where | None = None
    ) -> Span:
        """The value at a rank of what was seen, by the line through its bucket."""
        counts = self._counts(metric, end_ms, window_ms, where)
        return Span.about(_at_rank(share * counts[-1], counts, self.buckets[metric]))

    def _counts(self, metric: str, end_ms: int, window_ms: int, where: Where | None) -> list[float]:
        """How many values were seen up to each bound of a histogram."""
        seen, (parts, _) = self.observed(metric), self.seen(end_ms, window_ms)

        def upto(bound):
            return lambda e: (e[seen.value] <= bound) & (where(e) if where else True)

        return [self.total(seen.table, seen.at, parts, upto(bound)) for bound in (*self.buckets[metric], math.inf)]

    def les(self, metric: str) -> list[str]:
        """How the bounds of a histogram are written."""
        return [*(str(float(bound)) for bound in self.buckets[metric]), "+Inf"]


def _at_rank(rank: float, counts: Sequence[float], bounds: Sequence[float]) -> float:
    if not counts[-1]:
        return math.nan
    place = next(place for place, count in enumerate(counts) if count >= rank and count > 0)
    if place == len(bounds):
        return bounds[-1]
    below, low = (counts[place - 1], bounds[place - 1]) if place else (0.0, 0.0)
    return low + (bounds[place] - low) * (rank - below) / (counts[place] - below)


def panels_of(pack: str, uid: str, *, as_written: bool = False) -> dict[str, dict[str, str]]:
    """Expressions of a dashboard's panels by title and `refId`; a title that stands twice has its row before it."""
    folder = PACKS / pack / ("as_written/dashboards" if as_written else "dashboards")
    board = json.loads((folder / f"{uid}.json").read_text())
    board = board.get("dashboard", board)
    found: dict[str, dict[str, str]] = {}
    row = above = ""
    for panel in board["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
            continue
        title = panel.get("title") or f"{above} figures"
        above = title
        exprs = {target.get("refId", "A"): target["expr"] for target in panel.get("targets", ())}
        found[f"{row} > {title}" if title in found else title] = exprs
    return found


def lazy(system: System, *without: str) -> System:
    """The same system, whose series are there from their first event on, and in which some events never happen."""

    def simulate(run: Run) -> Log:
        log = system.simulate(run)
        none = {name: log[name].where(np.zeros(len(log[name]), bool)) for name in without}
        return Log({**log, **none}, log.outages)

    effects = {job: [replace(effect, known=()) for effect in told] for job, told in system.effects.items()}
    return replace(system, simulate=simulate, effects=effects)


def is_wrong(answer: Mapping[tuple[str, ...], float], expected: Expected) -> bool:
    """Whether an answer is empty, has other series, or a value that cannot be."""
    if any(
        value in expected[key] and value * 2 in expected[key]
        for key, value in answer.items()
        if key in expected and value
    ):
        raise AssertionError("what is expected is so vague that twice the value would do, too")
    return set(answer) != set(expected) or any(value not in expected[key] for key, value in answer.items())
