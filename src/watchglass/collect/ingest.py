"""From the readings of one target to batches for the store, staleness included.

In steady state a scrape is one batch: its refs are the very array of the scrape before, and all samples share one
timestamp. Refs are worked out anew only when the lines of the body have moved.

Source: prometheus/prometheus, scrape/scrape.go (scrapeLoopAppender.append, scrapeCache, report).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.collect.errors import ScrapeError
from watchglass.collect.job import ScrapeJob
from watchglass.collect.series import SeriesNamer, report_labels
from watchglass.collect.series_limit import SeriesLimiter
from watchglass.columns import Index, Times, Values
from watchglass.interfaces import LOOSE, Appender, Batch
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE
from watchglass.wire.exposition import DROPPED, NO_TIMESTAMP, UNRESOLVED, LabelSets, Reading

Refs = NDArray[np.uint32]

REPORT_METRICS = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)
"""The series that a scrape reports of itself."""

_NO_REFS: Refs = np.zeros(0, np.uint32)


class ScrapeCounts(NamedTuple):
    """How many samples a scrape brought, and what was left out of them."""

    scraped: int = 0  # lines with a sample
    kept: int = 0  # after relabelling; what is left out below is counted here too, as Prometheus does
    series_added: int = 0
    duplicate: int = 0  # the same series again, at the same time
    future: int = 0  # too far ahead
    too_old: int = 0


_NOTHING = ScrapeCounts()


class Outcome(NamedTuple):
    """What a scrape comes to."""

    batches: list[Batch]
    counts: ScrapeCounts
    error: ScrapeError | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which lines of a layout are stored with the scrape's own timestamp."""

    lines: Index  # [n] where they are
    refs: Refs  # [n + reports] their series, then those of the report
    live: Refs  # [n] the same series, sorted
    duplicate: int


class TargetIngest:
    """Turns the readings of one target into batches. One thread at a time.

    Args:
        job: limits, and how to treat timestamps.
        target_labels: of the target.
        appender: where series get their refs.
        group: from `Appender.open_group`.
        future_ms: a sample may be ahead by this much.
        past_ms: a sample with a timestamp of its own may be behind by this much.
        samples_per_series: so many samples of one series are taken from one body.
    """

    def __init__(
        self,
        job: ScrapeJob,
        target_labels: Labels,
        appender: Appender,
        group: int,
        *,
        future_ms: int = 600_000,
        past_ms: int = 3_600_000,
        samples_per_series: int = 1_000,
    ) -> None:
        self._appender, self._group, self._target_labels = appender, group, target_labels
        self._future_ms, self._past_ms, self._samples_per_series = future_ms, past_ms, samples_per_series
        self._live = _NO_REFS  # series with a sample and no stale marker yet; sorted
        self._plan: _Plan | None = None
        self._report_refs = _NO_REFS
        self.use(job)

    def use(self, job: ScrapeJob) -> None:
        """Follow another configuration of the same job from now on."""
        self._job = job
        self._namer = SeriesNamer(job, self._target_labels)
        self._limiter = SeriesLimiter(job.limits)

    def forget_refs(self) -> None:
        """The store no longer knows some of the refs: ask for all again."""
        self._plan, self._report_refs, self._live = None, _NO_REFS, _NO_REFS
        self._limiter.forget()

    def name(self, exposed: Mapping[str, str]) -> Labels | None:
        """The labels that an exposed series is stored with; None when relabelling drops it.

        Raises:
            ExpositionError: the series exceeds a limit that fails the scrape.
        """
        return self._namer.name(exposed)

    def resolve(self, named: LabelSets, samples: int) -> Sequence[int]:
        """The refs of series that are new in a body with so many samples; none is created for one that will fail."""
        limit = self._job.limits.samples
        if limit and samples > limit:
            return [UNRESOLVED] * len(named)
        if self._limiter.is_on:
            return array("I", [self._limited_ref(labels) for labels in named])
        return array("I", map(self._appender.series_ref, named))

    def _limited_ref(self, labels: Labels) -> int:
        if not self._limiter.admits(labels):
            return DROPPED
        ref = self._appender.series_ref(labels)
        self._limiter.add(ref, labels)
        return ref

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many series were beyond a limit, by metric."""
        return self._limiter.left_out

    def accept(self, reading: Reading, now_ms: int, duration_s: float, error: ScrapeError | None = None) -> Outcome:
        """What a body that could be read comes to; it still fails when it holds more samples than the job allows.

        With an `error` the target counts as down, and what was read of it is stored all the same.
        """
        refs = np.frombuffer(reading.refs, np.uint32)
        kept = int(np.count_nonzero(refs != DROPPED))
        counts = ScrapeCounts(reading.samples, kept, reading.new_series)
        limit = self._job.limits.samples
        if limit and kept > limit:
            too_many = ScrapeError(
                f"sample_limit exceeded: {kept:,} samples, the limit is {limit:,}", result="sample_limit"
            )
            return self.fail(too_many, now_ms, duration_s, counts)
        timed = self._timed_lines(reading, refs)
        plan = self._plan_for(reading, refs, timed)
        own_batches, counts = self._own_times(reading, refs, timed, now_ms, counts)
        series_added = min(counts.series_added, kept - plan.duplicate)  # a new series counts once
        counts = counts._replace(duplicate=counts.duplicate + plan.duplicate, series_added=series_added)
        shared = self._shared_time(plan, reading, now_ms, (0.0 if error else 1.0, duration_s, *counts[:3]))
        live = plan.live
        if self._job.track_timestamps_staleness and own_batches:
            live = np.union1d(live, np.concatenate([batch.refs for batch in own_batches]))
        stale = _NO_REFS if live is self._live else np.setdiff1d(self._live, live, assume_unique=True)
        self._live = live
        if self._limiter.is_on and reading.relaid:
            self._limiter.keep(np.unique(refs[refs != DROPPED]).tolist())
        return Outcome([_with_stale(shared, stale), *own_batches], counts, error)

    def fail(self, error: ScrapeError, now_ms: int, duration_s: float, counts: ScrapeCounts = _NOTHING) -> Outcome:
        """What a failed scrape comes to: every live series ends, and `up` is 0."""
        report = np.array((0.0, duration_s, counts.scraped, counts.kept, counts.series_added))
        batch = Batch(self._reports(), report, now_ms, self._group)
        stale, self._live = np.setdiff1d(self._live, self._reports()), _NO_REFS
        return Outcome([_with_stale(batch, stale)], counts, error)

    def end(self, now_ms: int) -> list[Batch]:
        """Stale markers for all that is live, the report included: the target is gone."""
        refs = np.union1d(self._live, self._reports()).astype(np.uint32)
        self._live = _NO_REFS
        return [Batch(refs, np.full(len(refs), STALE), now_ms, self._group)]

    def _reports(self) -> Refs:
        if not len(self._report_refs):
            labels = [report_labels(metric, self._target_labels) for metric in REPORT_METRICS]
            self._report_refs = np.array([self._appender.series_ref(each) for each in labels], np.uint32)
        return self._report_refs

    def _timed_lines(self, reading: Reading, refs: Refs) -> NDArray[np.bool_] | None:
        """[lines] which samples come with a timestamp that counts; None when none does."""
        if reading.timestamps_ms is None or not self._job.honor_timestamps:
            return None
        timed: NDArray[np.bool_] = np.frombuffer(reading.timestamps_ms, np.int64) != NO_TIMESTAMP
        timed &= refs != DROPPED
        return timed if timed.any() else None

    def _plan_for(self, reading: Reading, refs: Refs, timed: NDArray[np.bool_] | None) -> _Plan:
        if timed is not None:
            self._plan = None
            return self._make_plan(refs, np.flatnonzero((refs != DROPPED) & ~timed))
        if self._plan is None or reading.relaid:
            self._plan = self._make_plan(refs, np.flatnonzero(refs != DROPPED))
        return self._plan

    def _make_plan(self, refs: Refs, lines: Index) -> _Plan:
        """The first line of each series counts; a series that only the report may write is left to it."""
        reports = self._reports()
        wanted = refs[lines]
        live, first = np.unique(wanted, return_index=True)
        foreign = np.isin(live, reports, invert=True)
        live, first = live[foreign], np.sort(first[foreign])
        return _Plan(lines[first], np.concatenate([wanted[first], reports]), live, len(lines) - len(first))

    def _shared_time(self, plan: _Plan, reading: Reading, now_ms: int, report: tuple[float, ...]) -> Batch:
        values: Values = np.empty(len(plan.refs))
        np.take(np.frombuffer(reading.values), plan.lines, out=values[: len(plan.lines)])
        values[len(plan.lines) :] = report
        return Batch(plan.refs, values, now_ms, self._group)

    def _own_times(
        self, reading: Reading, refs: Refs, timed: NDArray[np.bool_] | None, now_ms: int, counts: ScrapeCounts
    ) -> tuple[list[Batch], ScrapeCounts]:
        """Batches of the samples that bring their timestamps, each series at most once in each."""
        if timed is None or reading.timestamps_ms is None:
            return [], counts
        lines = np.flatnonzero(timed)
        times: Times = np.frombuffer(reading.timestamps_ms, np.int64)[lines]
        future, too_old = times > now_ms + self._future_ms, times < now_ms - self._past_ms
        usable = ~(future | too_old)
        lines, times = lines[usable], times[usable]
        counts = counts._replace(future=int(future.sum()), too_old=int(too_old.sum()))
        values = np.frombuffer(reading.values)[lines]
        rounds = list(_rounds(refs[lines], self._samples_per_series))
        taken = sum(map(len, rounds))
        batches = [Batch(refs[lines[each]], values[each], times[each], LOOSE) for each in rounds]
        return batches, counts._replace(duplicate=len(lines) - taken)


def _with_stale(batch: Batch, stale: Refs) -> Batch:
    if not len(stale):
        return batch
    refs = np.concatenate([batch.refs, stale]).astype(np.uint32)
    values = np.concatenate([batch.values, np.full(len(stale), STALE)])
    return Batch(refs, values, batch.timestamps_ms, batch.group)


def _rounds(refs: Refs, most: int) -> Iterator[Index]:
    """Split positions so that each part holds a series at most once, in the order of the lines."""
    order = np.argsort(refs, kind="stable")
    in_order = refs[order]
    starts = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]])[: len(refs)]
    rank = np.arange(len(refs)) - np.repeat(starts, np.diff(np.r_[starts, len(refs)]))
    for turn in range(min(most, int(rank.max(initial=-1)) + 1)):
        yield np.sort(order[rank == turn])
