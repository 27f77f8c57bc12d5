"""What one collection found: families of samples, all at one time, and the single points that are stored of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from watchglass.model.metadata import Family
from watchglass.sdk.dinoair.keys import Labels, write_key


class MetricPoint(NamedTuple):
    """One value of one series at one time.

    Attributes:
        name: of the metric as it is exposed; of a histogram with `_bucket`, `_sum` or `_count`.
        value: the value.
        timestamp_ms: when, in milliseconds since 1970.
        labels: pairs, sorted by name.
        type: `counter`, `gauge`, or `histogram` for all that belongs to one.
    """

    name: str
    value: float
    timestamp_ms: int
    labels: Labels = ()
    type: str = "gauge"

    @property
    def timestamp(self) -> datetime:
        """When, as a time that knows its zone, this machine's."""
        return datetime.fromtimestamp(self.timestamp_ms / 1000, UTC).astimezone()

    @property
    def series(self) -> str:
        """Name and labels as the text format writes them."""
        return write_key(self.name, self.labels)


def family_name(point: MetricPoint) -> str:
    """The name of the metric that a point is part of."""
    return re.sub(r"_(bucket|sum|count)$", "", point.name) if point.type == "histogram" else point.name


@dataclass(frozen=True, slots=True)
class Reading:
    """One collection.

    Attributes:
        timestamp_ms: when.
        families: what was found.
    """

    timestamp_ms: int
    families: tuple[Family, ...]

    def points(self) -> Iterator[MetricPoint]:
        """Every sample as a point."""
        for family in self.families:
            for sample in family.samples:
                yield MetricPoint(sample.name, sample.value, self.timestamp_ms, sample.labels, family.type.value)

    def value(self, name: str, labels: Mapping[str, str] | None = None) -> float:
        """The value of one series; NaN where it was not found."""
        wanted = tuple(sorted((labels or {}).items()))
        for family in self.families:
            for sample in family.samples if name.startswith(family.name) else ():
                if sample.name == name and sample.labels == wanted:
                    return sample.value
        return math.nan
