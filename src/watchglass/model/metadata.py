"""Metadata: what a metric family says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from watchglass.model.sample import Sample


class MetricType(Enum):
    """The types of Prometheus's text format and OpenMetrics."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    GAUGE_HISTOGRAM = "gaugehistogram"
    SUMMARY = "summary"
    INFO = "info"
    STATE_SET = "stateset"
    UNKNOWN = "unknown"


class Metadata(NamedTuple):
    """Type, unit and help of one metric family; the last two may be empty."""

    type: MetricType = MetricType.UNKNOWN
    unit: str = ""
    help: str = ""


@dataclass(slots=True)
class Family:
    """All samples of one metric in one reading: what a collector yields."""

    name: str
    type: MetricType
    help: str = ""
    unit: str = ""
    samples: list[Sample] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> None:
        """Append a sample of this family's own name."""
        self.samples.append(Sample(self.name, tuple(sorted(labels.items())), value))
