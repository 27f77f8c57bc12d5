"""Which metrics of a job move: one cheap range query, whose answer is one line for each metric name.

A dashboard is better for it and does without: it is bounded in time, and nothing depends on its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Protocol

import numpy as np

from watchglass.columns import Values
from watchglass.dashboards.exposed import Exposed, Kind
from watchglass.model.labels import METRIC_NAME, escape
from watchglass.promql.engine import QueryResult
from watchglass.promql.value import Vector

SPAN_MS = 3_600_000  # what is looked at
STEP_MS = 300_000
TIMEOUT_MS = 1000
MIN_POINTS = 3  # fewer do not tell that something rests


class Motion(IntEnum):
    """What the values of a metric did."""

    ZERO_YET = 0  # for too short a time to tell more: a counter has counted nothing, a gauge may be about to move
    ZERO = 1
    CONSTANT = 2
    MOVING = 3


Motions = Mapping[str, Motion]
"""By metric name; one of which too little is known is missing."""


class Asks(Protocol):
    """Whatever answers range queries."""

    def range(
        self, query: str, start_ms: int, end_ms: int, step_ms: int, *, timeout_ms: int | None = None
    ) -> QueryResult:
        """Evaluate at every step from start to end; raises QueryError."""


def ask_motions(source: Asks, job: str, now_ms: int) -> dict[str, Motion]:
    """What the metrics of a job did in the last hour.

    Raises:
        QueryError: the source does not answer, or not in time.
    """
    query = f'sum by ({METRIC_NAME}) ({{job="{escape(job)}"}})'
    found = source.range(query, now_ms - SPAN_MS, now_ms, STEP_MS, timeout_ms=TIMEOUT_MS).data
    return motions_of(found) if isinstance(found, Vector) else {}


def motions_of(sums: Vector) -> dict[str, Motion]:
    """The motions of a vector with one series for each metric name."""
    if METRIC_NAME not in sums.labels.columns:
        return {}
    column = sums.labels.columns[METRIC_NAME]
    found = {}
    for code, values, present in zip(column.codes, sums.values, sums.present, strict=True):
        motion = _motion(values[present & np.isfinite(values)])
        if motion is not None:
            found[column.values[code]] = motion
    return found


def _motion(values: Values) -> Motion | None:
    if values.size and (values != values[0]).any():
        return Motion.MOVING
    if values.size < MIN_POINTS:
        return Motion.ZERO_YET if values.size and not values[0] else None
    return Motion.CONSTANT if values[0] else Motion.ZERO


def motion_of(family: Exposed, motions: Motions) -> Motion | None:
    """The liveliest motion of the series of a family; None where nothing is known of them."""
    names = (family.series, family.name, *(f"{family.name}{part}" for part in ("_count", "_gcount", "_sum")))
    return max((motions[name] for name in names if name in motions), default=None)


_GROWING = frozenset({Kind.COUNTER, Kind.HISTOGRAM, Kind.GAUGE_HISTOGRAM, Kind.SUMMARY})


def is_resting(family: Exposed, motions: Motions) -> bool:
    """Whether a panel of the family shows zeros, or nothing: a count that did not grow, a gauge at zero."""
    motion = motion_of(family, motions)
    if motion is None or motion is Motion.MOVING:
        return False
    return family.kind in _GROWING or (family.kind is Kind.GAUGE and motion is Motion.ZERO)


def is_still_gauge(family: Exposed, motions: Motions) -> bool:
    """Whether the family is a gauge that has not moved, as far as is known."""
    motion = motion_of(family, motions)
    return family.kind is Kind.GAUGE and motion is not None and motion is not Motion.MOVING


def is_informed(motions: Motions) -> bool:
    """Whether it is known what rests; of a job that is new it is not."""
    return not {Motion.ZERO, Motion.CONSTANT}.isdisjoint(motions.values())


def all_constant(families: Iterable[Exposed], motions: Motions) -> bool:
    """Whether the families are gauges whose values stay as they are."""
    return all(family.kind is Kind.GAUGE and motion_of(family, motions) is Motion.CONSTANT for family in families)
