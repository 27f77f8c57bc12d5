"""`info(v)`: give series the labels of the info metrics (`target_info`) of the same instance and job.

Which info series is the newest may change from step to step; then one series goes in and several come out.
Source: prometheus/prometheus, promql/info.go (3.14). Shape letters: S base series, I info series, T steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from watchglass.columns import Index, LabelTable
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import Expr, SubqueryExpr, VectorSelector, children
from watchglass.promql.limits import Budget
from watchglass.promql.value import Mask, Vector, merge_equal
from watchglass.regex import accepts_of

_IDENTIFYING = ("instance", "job")
_NAME = "__name__"


def info_matchers(selector: VectorSelector | None) -> tuple[list[Matcher], list[Matcher]]:
    """What chooses info metrics by name, and what chooses their labels."""
    matchers = selector.matchers if selector is not None else ()
    names = [matcher for matcher in matchers if matcher.name == _NAME]
    labels = [matcher for matcher in matchers if matcher.name != _NAME]
    if any(matcher.type in {MatchType.EQUAL, MatchType.REGEX} for matcher in names):
        return names, labels
    if names:
        return [Matcher(_NAME, MatchType.REGEX, ".+_info"), *names], labels
    return [Matcher(_NAME, MatchType.EQUAL, "target_info")], labels


def reference_time(expr: Expr) -> tuple[int | None, int]:
    """The `@` time in ms, if any, and the offset at which info series are read: those of the first selector."""
    path: list[Expr] = []
    found = _first_selector(expr, path)
    at_ms, offset_ms = None, 0
    for node in [found, *reversed(path)] if found is not None else []:
        if at_ms is None and isinstance(node, VectorSelector | SubqueryExpr):
            offset_ms += node.offset_ms
            at_ms = None if node.at is None else node.at.timestamp_ms
    return at_ms, offset_ms


def _first_selector(expr: Expr, path: list[Expr]) -> VectorSelector | None:
    """The first selector in order of evaluation; `path` gets the nodes around it."""
    if isinstance(expr, VectorSelector):
        return expr
    path.append(expr)
    for child in children(expr):
        found = _first_selector(child, path)
        if found is not None:
            return found
    path.pop()
    return None


class _Variant(NamedTuple):
    """A base series as it looks at some steps."""

    series: int
    labels: Labels
    present: Mask  # [T]


def enrich(base: Vector, info: Vector, names: Sequence[Matcher], wanted: Sequence[Matcher], budget: Budget) -> Vector:
    """The base series with the labels of their info series.

    Args:
        base: the series.
        info: the info series, their values being the times of their samples.
        names: which metrics are info metrics; those are left as they are.
        wanted: which labels to take; none means all.
        budget: asked between series, and before the result is made.

    Raises:
        QueryError: two info series of one metric are equally new, or two metrics disagree on a label.
        QueryLimitError: more series come out than one query may hold.
    """
    rows, info_rows = base.labels.rows(), info.labels.rows()
    ignored = [all(accepts_of(matcher)(row.get(_NAME)) for matcher in names) for row in rows]
    candidates = _candidates(info_rows, [row for row, skip in zip(rows, ignored, strict=True) if not skip])
    variants: list[_Variant] = []
    for series, row in enumerate(rows):
        budget.check()
        if ignored[series]:
            variants.append(_Variant(series, row, base.present[series]))
            continue
        groups = candidates.get(_identity(row), {})
        newest = [_newest(info, members, info_rows) for _, members in sorted(groups.items())]
        variants += _variants(base, series, row, newest, info_rows, wanted)
        budget.allow(len(variants) * base.values.shape[1])
    return _gather(base, variants)


def _gather(base: Vector, variants: list[_Variant]) -> Vector:
    chosen = np.array([variant.series for variant in variants], np.int64)
    present = np.array([variant.present for variant in variants], bool).reshape(len(variants), base.values.shape[1])
    labels = LabelTable.of([variant.labels for variant in variants])
    return merge_equal(replace(base.take(chosen), labels=labels, present=present))


def _identity(row: Labels) -> tuple[str, ...]:
    return tuple(row.get(name) for name in _IDENTIFYING)


def _candidates(info_rows: list[Labels], base_rows: list[Labels]) -> dict[tuple[str, ...], dict[str, list[int]]]:
    """Info series by identity and by metric; where base series have an identifying label, only with its values."""
    known = [{row.get(name) for row in base_rows} - {""} for name in _IDENTIFYING]
    found: dict[tuple[str, ...], dict[str, list[int]]] = {}
    if not any(known):
        return found
    for number, row in enumerate(info_rows):
        identity = _identity(row)
        if all(not values or value in values for value, values in zip(identity, known, strict=True)):
            found.setdefault(identity, {}).setdefault(row.get(_NAME), []).append(number)
    return found


def _newest(info: Vector, members: list[int], rows: list[Labels]) -> Index:
    """[T] which of the info series has the newest sample; -1 where none has any."""
    times = np.where(info.present[members], info.values[members], -np.inf)
    best = times.max(axis=0)
    ties = ((times == best) & np.isfinite(best)).sum(axis=0) > 1
    if ties.any():
        step = int(np.flatnonzero(ties)[0])
        first, second = np.flatnonzero(times[:, step] == best[step])[:2].tolist()
        when = round(float(best[step]) * 1000)
        raise QueryError(
            f"found duplicate series for info metric: existing {rows[members[first]]} @ {when}, "
            f"new {rows[members[second]]} @ {when}"
        )
    return np.where(np.isfinite(best), np.array(members)[times.argmax(axis=0)], -1)


def _variants(  # noqa: PLR0917 - what one series meets
    base: Vector, series: int, row: Labels, newest: list[Index], info_rows: list[Labels], wanted: Sequence[Matcher]
) -> list[_Variant]:
    """A base series as it looks with each combination of info series that it meets."""
    present = base.present[series]
    chosen = np.stack(newest, axis=1) if newest else np.full((len(present), 1), -1)
    variants = []
    for combination in np.unique(chosen[present], axis=0):
        matches = [info_rows[number] for number in combination.tolist() if number >= 0]
        if not matches and not all(accepts_of(matcher)("") for matcher in wanted):
            continue
        labels = _with_info(row, matches, {matcher.name for matcher in wanted})
        variants.append(_Variant(series, labels, present & (chosen == combination).all(axis=1)))
    return variants


def _with_info(row: Labels, matches: list[Labels], wanted: set[str]) -> Labels:
    added: dict[str, str] = {}
    for match in matches:
        for name, value in match:
            if name == _NAME or (wanted and name not in wanted):
                continue
            if added.get(name, value) != value:
                raise QueryError(f"conflicting label: {name}")
            if not row.get(name):
                added[name] = value
    return Labels.of(dict(row) | added)
