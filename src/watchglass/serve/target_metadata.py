"""What each target says of the families that it exposes.

Metadata is kept by family, not by target: a target is asked for by the labels of its series in the lookback window.
Source: prometheus/prometheus, web/api/v1/api.go (targetMetadata).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from watchglass.collect.target import Target
from watchglass.interfaces import Queryable
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.model.metadata import Metadata
from watchglass.regex import accepts_of

_SUFFIXES = ("_total", "_bucket", "_count", "_sum", "_created", "_info", "_gcount", "_gsum")


class Window(NamedTuple):
    """The time in which a target's series must have samples."""

    start_ms: int
    end_ms: int


def target_metadata(
    storage: Queryable, targets: Iterable[Target], window: Window, *, metric: str, limit: int
) -> list[dict[str, Any]]:
    """One row for each family of each target; of all targets, or of so many that `limit` rows are reached."""
    known = storage.metadata()
    rows: list[dict[str, Any]] = []
    for target in targets:
        if 0 <= limit <= len(rows):
            break
        rows += _rows(storage, target.labels, window, known, metric)
    return rows


def matches(labels: Labels, matchers: Sequence[Matcher]) -> bool:
    """Whether a target's labels pass all tests."""
    return all(accepts_of(matcher)(labels.get(matcher.name)) for matcher in matchers)


def _rows(
    storage: Queryable, labels: Labels, window: Window, known: Mapping[str, Metadata], metric: str
) -> Iterator[dict[str, Any]]:
    chosen = [Matcher(name, MatchType.EQUAL, value) for name, value in labels]
    names = storage.label_values(METRIC_NAME, [chosen] if chosen else [], window.start_ms, window.end_ms)
    for family in sorted(_families(names, known)):
        if metric not in {"", family}:
            continue
        said = known[family]
        row = {"target": dict(labels)} | ({} if metric else {"metric": family})
        yield row | {"type": said.type.value, "help": said.help, "unit": said.unit}


def _families(names: Iterable[str], known: Mapping[str, Metadata]) -> set[str]:
    """The families that series of these names belong to."""
    possible = {name.removesuffix(suffix) for name in names for suffix in ("", *_SUFFIXES)}
    return possible & known.keys()
