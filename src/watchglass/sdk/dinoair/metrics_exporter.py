"""Readings as text: Prometheus's format, JSON, InfluxDB's line protocol, CSV, or a format of one's own."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.sdk.dinoair.reading import MetricPoint, Reading
from watchglass.sdk.dinoair.segment import write_value
from watchglass.wire.content_type import WRITTEN_AS, Format
from watchglass.wire.format_text import format_families

__all__ = [
    "CSVExporter",
    "InfluxDBExporter",
    "JSONExporter",
    "MetricsExporter",
    "PrometheusExporter",
    "default_exporters",
    "to_openmetrics",
]

_MEASUREMENT_ESCAPES = re.compile(r"([, ])")
_TAG_ESCAPES = re.compile(r"([,= ])")


class MetricsExporter(ABC):
    """Writes a reading in one format.

    Attributes:
        name: what `?format=` calls it.
        content_type: of what it writes.
    """

    name: str
    content_type: str

    @abstractmethod
    def export(self, reading: Reading) -> str:
        """The reading as text."""


class PrometheusExporter(MetricsExporter):
    """Prometheus's text format 0.0.4.

    Args:
        timed: whether samples carry the time of their reading; else the scraper gives them that of its question.
    """

    name = "prometheus"
    content_type = WRITTEN_AS[Format.TEXT]

    def __init__(self, *, timed: bool = False) -> None:
        self._timed = timed

    def export(self, reading: Reading) -> str:
        """Families with help and type."""
        at_ms = reading.timestamp_ms
        timed = (
            replace(family, samples=[sample._replace(timestamp_ms=at_ms) for sample in family.samples])
            for family in reading.families
        )
        return format_families(timed if self._timed else reading.families).decode()


class JSONExporter(MetricsExporter):
    """JSON: `{timestamp, timestamp_ms, metrics: [{name, type, unit, help, samples: [{name, labels, value}]}]}`.

    A value that is no finite number is the text `NaN`, `+Inf` or `-Inf`.
    """

    name = "json"
    content_type = "application/json"

    def export(self, reading: Reading) -> str:
        """One document, on one line."""
        metrics = [_family_document(family) for family in reading.families]
        document = {"timestamp": iso(reading.timestamp_ms), "timestamp_ms": reading.timestamp_ms, "metrics": metrics}
        return json.dumps(document, ensure_ascii=False, allow_nan=False)


class InfluxDBExporter(MetricsExporter):
    """InfluxDB's line protocol: `metric,label=value value=1.5 1700000000000000000`, one line a sample.

    NaN and infinity do not exist there: such samples are left out. A line feed in a label becomes a blank, and a
    backslash at its end is dropped, since neither can be escaped.

    Source: InfluxDB v2, reference "Line protocol" (elements, special characters).
    """

    name = "influxdb"
    content_type = "text/plain; charset=utf-8"

    def export(self, reading: Reading) -> str:
        """Lines with times in nanoseconds."""
        return to_line_protocol(reading.points())


class CSVExporter(MetricsExporter):
    """CSV after RFC 4180, with the header `timestamp,name,type,labels,value`; labels are a JSON object."""

    name = "csv"
    content_type = "text/csv; charset=utf-8"

    def export(self, reading: Reading) -> str:
        """A header and one row a sample."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(("timestamp", "name", "type", "labels", "value"))
        for point in reading.points():
            labels = json.dumps(dict(point.labels), ensure_ascii=False)
            at = iso(point.timestamp_ms)
            writer.writerow((at, point.name, point.type, labels, write_value(point.value)))
        return text.getvalue()


def default_exporters() -> dict[str, MetricsExporter]:
    """The four that ship, by name; the first is the default."""
    exporters = (PrometheusExporter(), JSONExporter(), InfluxDBExporter(), CSVExporter())
    return {exporter.name: exporter for exporter in exporters}


def to_line_protocol(points: Iterable[MetricPoint]) -> str:
    """Points as lines."""
    return "".join(f"{_line(point)}\n" for point in points if math.isfinite(point.value))


def to_openmetrics(readings: Sequence[Reading], labels: Sequence[tuple[str, str]] = ()) -> bytes:
    """Readings as OpenMetrics with times, as an import takes them: families together, each series by rising time.

    Args:
        readings: the oldest first.
        labels: put on every series that has none of these names.
    """
    families: dict[str, Family] = {}
    for reading in readings:
        for family in reading.families:
            known = families.setdefault(family.name, Family(family.name, _openmetrics_type(family), family.help))
            known.samples.extend(_timed(sample, reading.timestamp_ms, labels) for sample in family.samples)
    for family in families.values():
        family.samples.sort(
            key=lambda sample: sample.labels
        )  # keeps the order of times; buckets stay before sum and count
    return format_families(families.values(), Format.OPENMETRICS)


def _openmetrics_type(family: Family) -> MetricType:
    """A counter is one there only with `_total`, and nothing else may end so."""
    is_total = family.name.endswith("_total")
    return family.type if is_total == (family.type is MetricType.COUNTER) else MetricType.UNKNOWN


def _timed(sample: Sample, at_ms: int, labels: Sequence[tuple[str, str]]) -> Sample:
    merged = tuple(sorted({**dict(labels), **dict(sample.labels)}.items()))
    return Sample(sample.name, merged, sample.value, at_ms)


def iso(at_ms: int) -> str:
    """A time as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _family_document(family: Family) -> dict[str, Any]:
    return {
        "name": family.name,
        "type": family.type.value,
        "unit": family.unit,
        "help": family.help,
        "samples": list(_sample_documents(family.samples)),
    }


def _sample_documents(samples: Iterable[Sample]) -> Iterator[dict[str, Any]]:
    for sample in samples:
        yield {"name": sample.name, "labels": dict(sample.labels), "value": write_value(sample.value)}


def _line(point: MetricPoint) -> str:
    tags = "".join(f",{_tag(label)}={_tag(value)}" for label, value in point.labels if _tag(value))
    name = _MEASUREMENT_ESCAPES.sub(r"\\\1", point.name)
    return f"{name}{tags} value={float(point.value)!r} {point.timestamp_ms * 1_000_000}"


def _tag(text: str) -> str:
    return _TAG_ESCAPES.sub(r"\\\1", text.replace("\r", " ").replace("\n", " ").rstrip("\\"))
