"""What a scraped job exposes: its series folded into metric families, each with a kind that says how to draw it.

In: the labels of the job's series, and what the metric families say of themselves. Nothing is queried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelTable
from watchglass.model.labels import METRIC_NAME
from watchglass.model.metadata import Metadata, MetricType


class Kind(Enum):
    """How a metric family is drawn."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    GAUGE_HISTOGRAM = "gauge histogram"
    SUMMARY = "summary"
    INFO = "info"  # always 1: the labels are what it says
    TIMESTAMP = "timestamp"  # seconds since the epoch, of an event
    CLOCK = "clock"  # seconds since the epoch, now
    BOOLEAN = "boolean"  # 0 or 1


@dataclass(frozen=True, slots=True)
class Exposed:
    """One metric family of a job."""

    name: str  # without _bucket, _sum and _count; with _total and _info
    kind: Kind
    metadata: Metadata
    series: str  # the metric name that stands for the family: of its buckets, its quantiles, its only series
    rows: Index  # of those series, in the job's label table
    varying: tuple[str, ...]  # labels that tell those series apart, less `le` and `quantile`
    has_quantiles: bool = False  # a summary that tells quantiles beside sum and count


COMPOSITE = {
    MetricType.HISTOGRAM: Kind.HISTOGRAM,
    MetricType.GAUGE_HISTOGRAM: Kind.GAUGE_HISTOGRAM,
    MetricType.SUMMARY: Kind.SUMMARY,
}
_PARTS = ("_bucket", "_sum", "_count", "_gsum", "_gcount")
_TIMESTAMP = re.compile(
    r"_timestamp(_seconds)?$|_(start|boot|creation|expiry|not_after|not_before)_time_seconds$|_mtime_seconds$"
)
_EPOCH = re.compile(r"\b(epoch|since 1970|unix ?time)\b", re.IGNORECASE)
_CLOCK = re.compile(r"^[a-zA-Z]+_(system_|current_)?time_seconds$")
_BOOLEAN = re.compile(
    r"(^|_)(up|enabled|disabled|success|successful|healthy|ready|readonly|read_only|online|connected|leader|error)$"
)
_OF_RULES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})  # rules write them, with the job of what they are about
_NOT_LEGEND = frozenset({METRIC_NAME, "job", "le", "quantile"})


def exposed(table: LabelTable, metadata: Mapping[str, Metadata]) -> list[Exposed]:
    """The families among the series of one job, by name."""
    series = {name: rows for name, rows in _rows_by_name(table).items() if name not in _OF_RULES}
    varying = _varying_labels(table, series)
    families: dict[str, tuple[Kind, list[str]]] = {}
    for name in series:
        if found := classify(name, metadata, series.keys()):
            family, kind = found
            families.setdefault(family, (kind, []))[1].append(name)
    built = (_family(name, kind, members, metadata) for name, (kind, members) in families.items())
    return sorted(
        (
            Exposed(name, kind, about, stands, series[stands], varying[stands], quantiles)
            for name, kind, about, stands, quantiles in built
        ),
        key=lambda family: family.name,
    )


def count_families(names: Sequence[str], metadata: Mapping[str, Metadata]) -> int:
    """How many families the metric names of a job's series belong to."""
    known = frozenset(names)
    return len({found[0] for name in names if (found := classify(name, metadata, known))})


def classify(name: str, metadata: Mapping[str, Metadata], names: AbstractSet[str]) -> tuple[str, Kind] | None:
    """The family and kind of a series called `name`; None for the times at which other series began.

    Args:
        name: the metric name of the series.
        metadata: of families, by name; a family may be missing.
        names: metric names of all the job's series, which tell what metadata does not.
    """
    for part in _PARTS:
        base = name.removesuffix(part)
        if base != name and (kind := _composite(base, metadata, names)):
            return base, kind
    if name.endswith("_created") and _began(name.removesuffix("_created"), metadata, names):
        return None
    about = describe(name, metadata)
    return name, COMPOSITE.get(about.type) or _simple(name, about)


def describe(family: str, metadata: Mapping[str, Metadata]) -> Metadata:
    """A family's metadata; OpenMetrics leaves `_total` and `_info` off the family's name."""
    candidates = (family, family.removesuffix("_total"), family.removesuffix("_info"))
    return next((metadata[name] for name in candidates if name in metadata), Metadata())


def _composite(base: str, metadata: Mapping[str, Metadata], names: AbstractSet[str]) -> Kind | None:
    if base in metadata:
        return COMPOSITE.get(metadata[base].type)
    if f"{base}_bucket" in names:
        return Kind.HISTOGRAM
    return Kind.SUMMARY if f"{base}_sum" in names and f"{base}_count" in names else None


def _began(base: str, metadata: Mapping[str, Metadata], names: AbstractSet[str]) -> bool:
    kinds = (MetricType.COUNTER, *COMPOSITE)
    return describe(f"{base}_total", metadata).type in kinds or not names.isdisjoint((f"{base}_total", f"{base}_count"))


def _simple(name: str, about: Metadata) -> Kind:
    kind = about.type
    if kind is MetricType.INFO or name.endswith("_info"):
        return Kind.INFO
    if kind is MetricType.COUNTER or (kind is MetricType.UNKNOWN and name.endswith("_total")):
        return Kind.COUNTER
    if time := _time(name, about.help):
        return time
    return Kind.BOOLEAN if kind is MetricType.STATE_SET or _BOOLEAN.search(name) else Kind.GAUGE


def _time(name: str, about: str) -> Kind | None:
    """Whether a gauge tells when something happened, or what time it is; a duration is neither."""
    if _TIMESTAMP.search(name):
        return Kind.TIMESTAMP
    if not name.endswith("_seconds") or not _EPOCH.search(about):
        return None
    return Kind.CLOCK if _CLOCK.search(name) else Kind.TIMESTAMP


def _family(
    name: str, kind: Kind, members: Sequence[str], metadata: Mapping[str, Metadata]
) -> tuple[str, Kind, Metadata, str, bool]:
    quantiles = kind is Kind.SUMMARY and name in members
    preferred = (name, f"{name}_bucket", f"{name}_count", f"{name}_gcount")
    stands = next((series for series in preferred if series in members), members[0])
    if kind in (Kind.HISTOGRAM, Kind.GAUGE_HISTOGRAM) and stands != f"{name}_bucket":
        kind = Kind.SUMMARY  # no buckets, but sum and count
    return name, kind, describe(name, metadata), stands, quantiles


def _rows_by_name(table: LabelTable) -> dict[str, Index]:
    if METRIC_NAME not in table.columns or not table.size:
        return {}
    column = table.columns[METRIC_NAME]
    order = np.argsort(column.codes, kind="stable")
    starts = _starts(column.codes[order])
    groups = np.split(order, starts[1:])
    return {column.values[column.codes[rows[0]]]: rows for rows in groups}


def _starts(sorted_codes: NDArray[np.int32]) -> Index:
    """Where each run of equal codes begins."""
    return np.flatnonzero(np.diff(sorted_codes, prepend=sorted_codes[0] - 1))


def _varying_labels(table: LabelTable, series: Mapping[str, Index]) -> dict[str, tuple[str, ...]]:
    """Metric name to the labels whose values differ among its series."""
    if not series:
        return {}
    rows = np.concatenate(list(series.values()))
    lengths = [len(group) for group in series.values()]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    found: dict[str, list[str]] = {name: [] for name in series}
    names = list(series)
    for label in sorted(table.columns.keys() - _NOT_LEGEND):
        codes = table.columns[label].codes[rows]
        differs = np.minimum.reduceat(codes, starts) != np.maximum.reduceat(codes, starts)
        for index in np.flatnonzero(differs):
            found[names[index]].append(label)
    return {name: tuple(labels) for name, labels in found.items()}


def values_of(table: LabelTable, rows: Index, label: str) -> list[str]:
    """The values that a label takes over the series `rows`, sorted; none where they lack it."""
    if label not in table.columns:
        return []
    column = table.columns[label]
    return sorted(filter(None, (column.values[code] for code in np.unique(column.codes[rows]))))


def combinations(table: LabelTable, rows: Index, labels: Sequence[str]) -> int:
    """How many different values the labels take together over the series `rows`."""
    if not labels:
        return 1
    codes = np.stack([table.columns[label].codes[rows] for label in labels])
    return int(np.unique(codes, axis=1).shape[1])
