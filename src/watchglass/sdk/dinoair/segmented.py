"""What the two storages that ship have in common: a journal of the running hour, a segment of each hour before it."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

from watchglass.errors import StoreError
from watchglass.sdk.dinoair.journal import Journal
from watchglass.sdk.dinoair.reading import MetricPoint
from watchglass.sdk.dinoair.segment import HOUR_MS, History, Segment, SeriesId
from watchglass.sdk.dinoair.storage import MetricsStorage, to_ms

_FOREVER_MS = 1 << 62


class SegmentedStorage(MetricsStorage):
    """Keeps the running hour as a journal, and every hour before it as a segment with its roll-up.

    A subclass says how these are kept. Only the process that stores first may store; others may read.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._journal: Journal | None = None
        self._readings = 0
        self._owner = os.getpid()

    def store_metrics(self, points: Sequence[MetricPoint]) -> None:
        """Keep points; those of one time are one reading."""
        readings: dict[int, dict[SeriesId, float]] = {}
        for point in points:
            series = SeriesId(point.name, tuple(sorted(point.labels)), point.type)
            readings.setdefault(point.timestamp_ms, {})[series] = float(point.value)
        with self._lock:
            for at_ms, values in sorted(readings.items()):
                self._store(at_ms, values)

    def _store(self, at_ms: int, values: dict[SeriesId, float]) -> None:
        journal = self._own()
        if journal.segment.times_ms and hour_of(journal.segment.times_ms[0]) != hour_of(at_ms):
            self._seal(journal.segment)
            journal = self._journal = Journal()
        try:
            self._append(journal.line(at_ms, values))
        except OSError as error:
            self._journal = None  # what it holds now is read again
            raise StoreError(f"{self._place()}: a reading cannot be stored: {error}") from error
        journal.add(at_ms, values)
        self._readings += 1

    def _own(self) -> Journal:
        """The journal, of which this process is the only writer."""
        if self._owner != os.getpid():  # a fork: what was open belongs to the parent
            self._owner, self._journal = os.getpid(), None
            self._leave()
        if self._journal is None:
            self._acquire()
            self._journal = Journal.read(self._lines())
        return self._journal

    def _seal(self, segment: Segment) -> None:
        """Put an hour that has ended among the segments; a crash on the way leaves it in the journal as well."""
        hour = hour_of(segment.times_ms[0])
        before = self._load("raw", hour)
        whole = segment
        if before is not None or not segment.is_in_order():
            whole = (before or Segment()).merged(segment)
        self._finish(hour, whole, whole.rolled_up())

    def query_metrics(
        self, metric_name: str, start_time: datetime | None = None, end_time: datetime | None = None
    ) -> list[MetricPoint]:
        """The points of one metric, ordered by time, then by labels."""
        start_ms = 0 if start_time is None else to_ms(start_time)
        end_ms = _FOREVER_MS if end_time is None else to_ms(end_time)
        found: dict[SeriesId, History] = {}
        with self._lock:
            for hour in self._hours("raw", start_ms, end_ms):
                self._read("raw", hour, {metric_name}, start_ms, end_ms, into=found)
            self._running().read({metric_name}.__contains__, start_ms, end_ms, found)
        points = {(point.timestamp_ms, point.labels): point for history in found.values() for point in history.points()}
        return [points[key] for key in sorted(points)]

    def newest_ms(self) -> int:
        """The time of the newest stored reading; 0 where there is none."""
        with self._lock:
            times = self._running().times_ms
            hours = self._hours("raw", 0, _FOREVER_MS) if not times else []
            segment = self._load("raw", hours[-1]) if hours else None
        return max(segment.times_ms if segment else times, default=0)

    def readings(self, start_ms: int = 0) -> Iterator[list[MetricPoint]]:
        """The points of each stored reading that is not older, the oldest reading first; held an hour at a time."""
        with self._lock:
            hours, running = self._hours("raw", start_ms, _FOREVER_MS), self._running()
        for segment in (*(self._load("raw", hour) for hour in hours), running):
            for at_ms, values in sorted(segment.rows().items()) if segment else ():
                if at_ms >= start_ms:
                    start_ms = at_ms + 1  # what a crash left in two places is told once
                    yield [
                        MetricPoint(name, value, at_ms, labels, kind) for (name, labels, kind), value in values.items()
                    ]

    def histories(self, names: Collection[str], start_ms: int, end_ms: int, *, fine: bool = True) -> list[History]:
        """Series of some metrics; from roll-ups where readings are gone, or where they will do."""
        found: dict[SeriesId, History] = {}
        with self._lock:
            raw = set(self._hours("raw", start_ms, end_ms))
            rolled = set(self._hours("rollup", start_ms, end_ms))
            running = self._running()
            for hour in sorted(raw | rolled):
                kind = "raw" if hour in raw and (fine or hour not in rolled) else "rollup"
                self._read(kind, hour, names, start_ms, end_ms, into=found)
            rest = running if fine else running.rolled_up()
            rest.read(set(names).__contains__, start_ms, end_ms, found)
        return [history.in_order() for history in found.values()]

    def _read(
        self, kind: str, hour: int, names: Collection[str], start_ms: int, end_ms: int, *, into: dict[SeriesId, History]
    ) -> None:
        segment = self._load(kind, hour, names)
        if segment is not None:
            segment.read(set(names).__contains__, start_ms, end_ms, into)

    def _running(self) -> Segment:
        """The running hour; as the files tell it where another process writes it."""
        return (self._journal or Journal.read(self._lines())).segment

    def cleanup(self, older_than: datetime, rollups_older_than: datetime | None = None) -> int:
        """Remove readings that are older, to the millisecond; how many."""
        edge_ms, removed = to_ms(older_than), 0
        with self._lock:
            journal = self._own()
            if journal.segment.times_ms and journal.segment.times_ms[0] < edge_ms:
                self._seal(journal.segment)
                self._journal = Journal()
            for hour in self._hours("raw", 0, edge_ms):
                removed += self._trim(hour, edge_ms)
            if rollups_older_than is not None:
                for hour in self._hours("rollup", 0, to_ms(rollups_older_than) - HOUR_MS):
                    self._replace("rollup", hour, None)
        return removed

    def _trim(self, hour: int, edge_ms: int) -> int:
        segment = self._load("raw", hour)
        kept = segment.since(edge_ms) if segment else Segment()
        removed = len(segment.times_ms) - len(kept.times_ms) if segment else 0
        if removed or not kept.times_ms:
            self._replace("raw", hour, kept if kept.times_ms else None)
        return removed

    def status(self) -> dict[str, Any]:
        """Kind, place, size in bytes, hours that are kept, and readings stored by this process."""
        with self._lock:
            hours, rolled = self._hours("raw", 0, _FOREVER_MS), self._hours("rollup", 0, _FOREVER_MS)
            return {
                **super().status(),
                "path": self._place(),
                "size_bytes": self._size_bytes(),
                "hours": len(hours),
                "rolled_up_hours": len(rolled),
                "stored_readings": self._readings,
            }

    def close(self) -> None:
        """Let another process write."""
        with self._lock:
            self._journal = None
            self._release()

    @abstractmethod
    def _acquire(self) -> None:
        """Become the only writer; raises StoreLockedError where another process is."""

    @abstractmethod
    def _release(self) -> None:
        """Be it no longer."""

    @abstractmethod
    def _leave(self) -> None:
        """Forget what the parent of this process has open, without touching it."""

    @abstractmethod
    def _lines(self) -> list[str]:
        """The complete lines of the journal."""

    @abstractmethod
    def _append(self, line: str) -> None:
        """Write a line, durably."""

    @abstractmethod
    def _finish(self, hour: int, raw: Segment, rollup: Segment) -> None:
        """Write an hour's two segments, durably, and then empty the journal."""

    @abstractmethod
    def _replace(self, kind: str, hour: int, segment: Segment | None) -> None:
        """Write one segment in place of what is there, or remove it."""

    @abstractmethod
    def _load(self, kind: str, hour: int, names: Collection[str] | None = None) -> Segment | None:
        """A segment, or as much of it as these metrics need; None where there is none."""

    @abstractmethod
    def _hours(self, kind: str, start_ms: int, end_ms: int) -> list[int]:
        """The hours of which there are segments, between two times, rising."""

    @abstractmethod
    def _place(self) -> str:
        """Where it is."""

    @abstractmethod
    def _size_bytes(self) -> int:
        """How much disk it takes."""


def hour_of(at_ms: int) -> int:
    """The hour since 1970 that a time is in."""
    return at_ms // HOUR_MS
