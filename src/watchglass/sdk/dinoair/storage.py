"""Where readings are kept: what every storage can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from watchglass.sdk.dinoair.reading import MetricPoint
from watchglass.sdk.dinoair.segment import History, SeriesId


class MetricsStorage(ABC):
    """A place to keep points in. A storage of one's own needs the first three methods."""

    @abstractmethod
    def store_metrics(self, points: Sequence[MetricPoint]) -> None:
        """Keep points; once this returns they outlive the process.

        Raises:
            StoreError: they cannot be kept.
        """

    @abstractmethod
    def query_metrics(
        self, metric_name: str, start_time: datetime | None = None, end_time: datetime | None = None
    ) -> list[MetricPoint]:
        """The points of one metric, ordered by time, then by labels.

        Args:
            metric_name: as it is exposed.
            start_time: the first time; one without a zone is local. The beginning unless given.
            end_time: the last time, inclusive; now and later unless given.
        """

    @abstractmethod
    def cleanup(self, older_than: datetime, rollups_older_than: datetime | None = None) -> int:
        """Remove what is older; how many readings were removed.

        Args:
            older_than: for single readings.
            rollups_older_than: for means of five minutes, where a storage keeps them.
        """

    def histories(
        self,
        names: Collection[str],
        start_ms: int,
        end_ms: int,
        *,
        fine: bool = True,  # noqa: ARG002 - for storages that keep means
    ) -> list[History]:
        """Series of some metrics between two times, inclusive.

        Args:
            names: of metrics, as they are exposed.
            start_ms: the first time.
            end_ms: the last one.
            fine: every reading where there are some; else means of five minutes will do.
        """
        found: dict[SeriesId, History] = {}
        for name in names:
            for point in self.query_metrics(name, _to_time(start_ms), _to_time(end_ms)):
                series = SeriesId(point.name, point.labels, point.type)
                found.setdefault(series, History(series)).append(point.timestamp_ms, point.value)
        return list(found.values())

    def status(self) -> dict[str, Any]:
        """What an operator would want to know of it."""
        return {"kind": type(self).__name__}

    def close(self) -> None:  # noqa: B027 - a storage without files has nothing to close
        """Let go of files; storing again opens them again."""


def to_ms(time: datetime) -> int:
    """Milliseconds since 1970; a time without a zone is local."""
    return round(time.timestamp() * 1000)


def _to_time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
