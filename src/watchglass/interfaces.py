"""Every seam of the server, on one page. Parts see these protocols, never one another; `app` joins them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import LabelTable, SeriesSet, Times, Values
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Family, Metadata

Loading = Callable[[int], None]
"""Is told how many bytes a selection takes once its next block is there, and raises where it may not go on."""

LOOSE = 0
"""The group of samples that share no scrape: pushed ones, and those with timestamps of their own."""


@dataclass(frozen=True, slots=True)
class Batch:
    """New samples of n series, at most one a series, that share one timestamp (a scrape) or have one each."""

    refs: NDArray[np.uint32]  # [n] from Appender.series_ref
    values: Values  # [n]
    timestamps_ms: int | Times  # one for all, or [n]
    group: int = LOOSE  # from Appender.open_group; one timestamp array is kept for a group


class AppendResult(NamedTuple):
    """What became of a batch, once it is on disk."""

    appended: int
    out_of_order: int = 0  # older than the series' newest sample
    duplicate: int = 0  # another value at the timestamp of the newest sample
    unknown: int = 0  # the series was forgotten: ask for its ref again


class Appender(Protocol):
    """Takes samples in. `store` implements it; `collect` and `rules` call it."""

    def series_ref(self, labels: Labels) -> int:
        """The number of a series, created when new; valid while the series has samples, and an hour after."""

    def open_group(self, key: str) -> int:
        """The number of the scrape group `key` (a target), created when new."""

    def close_group(self, group: int) -> None:
        """The group's target is gone: its open pages may be sealed."""

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Queue a batch. The future resolves after the commit: then it is on disk, and queries see it."""

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Remember what metric families say of themselves; the newest word wins."""


class Catalogue(Protocol):
    """Tells which series there are. Time bounds are inclusive.

    One that asks another server raises QueryError where that server does not answer.
    """

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector and may have samples in the range."""

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use; no selector means every series."""

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label."""

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family."""


class Queryable(Catalogue, Protocol):
    """Gives series out. `store` implements it; `promql` calls it."""

    def select(
        self,
        matchers: Sequence[Matcher],
        start_ms: int,
        end_ms: int,
        *,
        max_samples: int | None = None,
        loading: Loading | None = None,
    ) -> SeriesSet:
        """All samples in the range of all series that match; series without any sample there are left out.

        Args:
            matchers: what a series' labels must fulfil, all of them.
            start_ms: samples are at this time or later.
            end_ms: samples are at this time or earlier.
            max_samples: the most that may be loaded.
            loading: called before each block of samples is taken into memory; what it raises ends the selection.

        Raises:
            QueryLimitError: more than `max_samples` would be loaded; raised before they are.
        """


class Tables(Protocol):
    """Small tables on disk, of which each part brings its own. `store.meta` implements it; `alerting` calls it."""

    def bring(self, part: str, steps: Sequence[str]) -> None:
        """Take the steps of a part that were not taken yet; a step is SQL, and is never changed later."""

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Write; all of it is on disk at the end, or none of it, and then it raises StoreError."""

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""


class AlertSink(Protocol):
    """Hears of alerts: the dispatcher of this process, or one elsewhere. `rules` calls it."""

    def put(self, alerts: Sequence[Alert]) -> None:
        """Take alerts as they are now, firing and resolved; neither waits nor raises."""


class Collector(Protocol):
    """Reads one thing (host, GPU, this process) now."""

    def collect(self) -> Iterable[Family]:
        """One reading; what cannot be read is left out, never faked."""
