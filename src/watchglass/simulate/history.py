"""The past of a simulated system, as a scraper would have stored it: coarse long ago, fine lately, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.sample import STALE
from watchglass.sdk.declared import pack_folder, read_declared
from watchglass.simulate.rhythm import HOUR_MS, MINUTE_MS
from watchglass.simulate.run import Run, System
from watchglass.simulate.samples import Series, series_of
from watchglass.simulate.table import Column, Log

FINE_SPAN_MS = 6 * HOUR_MS
FINE_STEP_MS = 15_000
STEP_MS = MINUTE_MS


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of the past that is written.

    Attributes:
        start_ms: from when.
        end_ms: until when.
        fine_ms: since when it is sampled more finely.
    """

    start_ms: int
    end_ms: int
    fine_ms: int

    @classmethod
    def before(cls, now_ms: int, span_ms: int) -> Stretch:
        """The time up to now, of which the last hours are sampled finely."""
        return cls(now_ms - span_ms, now_ms, now_ms - FINE_SPAN_MS)

    def times(self, job: str, start_ms: int, end_ms: int) -> Column:
        """When a target of the job is scraped between two times, each job at moments of its own."""
        start_ms, end_ms = max(start_ms, self.start_ms), min(end_ms, self.end_ms)
        phase = crc32(job.encode()) % FINE_STEP_MS
        coarse = np.arange(start_ms // STEP_MS * STEP_MS + phase, min(end_ms, self.fine_ms), STEP_MS, dtype=np.int64)
        fine = np.arange(max(start_ms, self.fine_ms) // STEP_MS * STEP_MS + phase, end_ms, FINE_STEP_MS, dtype=np.int64)
        return np.concatenate([coarse[coarse >= start_ms], fine[fine >= max(start_ms, self.fine_ms)]])


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one target in a run: series that share their times, each from some time on.

    Attributes:
        times: of the reads that told something, rising; milliseconds.
        series: labels, and values from the time at the given place on.
    """

    times: Column
    series: Sequence[tuple[Labels, int, Column]]

    def columns(self) -> Iterator[tuple[Labels, Column, Column]]:
        """Each series with its times and values, as the store imports them."""
        for labels, first, values in self.series:
            yield labels, self.times[first:], values


def buckets_of(system: System) -> dict[str, tuple[float, ...]]:
    """The bounds of the histograms that a system's pack declares."""
    declared = read_declared(pack_folder(system.pack) / "metrics.yaml")
    return {metric.name: metric.buckets for metric in declared if metric.type == "histogram"}


def reads_of(system: System, run: Run, stretch: Stretch, log: Log | None = None) -> Iterator[Read]:
    """What a scraper has stored of a run's targets: their samples with a stale marker at the end of each, and `up`.

    Args:
        system: whose.
        run: one of its runs.
        stretch: the part of the past that is wanted.
        log: what happened in the run; simulated unless given.
    """
    log = log or system.simulate(run)
    buckets = buckets_of(system)
    for job, effects in system.effects.items():
        times = stretch.times(job, run.start_ms, run.end_ms)
        if not len(times):
            continue
        scraped = _Scraped(times, _answers(times, run, log.outages.get(job, ())))
        target = {"job": job, "instance": system.targets[job]}
        yield Read(times, [(Labels.of(target, __name__="up"), 0, scraped.answers.astype(np.float64))])
        if len(scraped.grid):
            series = series_of(log, effects, buckets, scraped.grid, run.up_ms)
            yield Read(scraped.told, [_labelled(one, target, *scraped.values(one)) for one in series])


def _answers(times: Column, run: Run, outages: Sequence[tuple[int, int]]) -> Column:
    """At which times the target answers."""
    up: Column = times >= run.up_ms
    for start_ms, end_ms in outages:
        up &= (times < start_ms) | (times >= end_ms)
    return up


def _labelled(one: Series, target: Mapping[str, str], first: int, values: Column) -> tuple[Labels, int, Column]:
    return Labels.of({**one.labels, **target, METRIC_NAME: one.name}), first, values


class _Scraped:
    """A target's scrapes, of which some are in vain: the first of these ends every series.

    Attributes:
        answers: which of them the target answers.
        grid: the times of those.
        told: the times of those and of the first ones in vain.
    """

    def __init__(self, times: Column, answers: Column) -> None:
        lost = ~answers & np.concatenate([[True], answers[:-1]])
        tells = answers | lost
        self.answers, self.grid, self.told = answers, times[answers], times[tells]
        self._places = np.flatnonzero(answers[tells])

    def values(self, one: Series) -> tuple[int, Column]:
        """From which place on a series is there, and its values with the markers."""
        first = int(self._places[one.first]) if one.first else 0
        values = np.full(len(self.told) - first, STALE)
        values[self._places[one.first :] - first] = one.values
        return first, values
