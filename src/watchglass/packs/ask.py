"""Asks what the files of a pack ask: expressions at one time, in the scope of the pack's own jobs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol

from watchglass.packs.pack import Pack
from watchglass.packs.scope import Scope, series_names
from watchglass.promql.engine import QueryResult
from watchglass.promql.value import Scalar, Vector

Row = tuple[Mapping[str, str], float]
"""A series' labels and its value."""

Ask = Callable[[str], list[Row]]
"""What an expression answers; raises QueryError where it cannot be evaluated."""


class Answers(Protocol):
    """Whatever answers instant queries."""

    def instant(self, query: str, time_ms: int, *, timeout_ms: int | None = None) -> QueryResult:
        """Evaluate at one time; raises QueryError."""


def asker(source: Answers, pack: Pack, time_ms: int, *, timeout_ms: int | None = None) -> Ask:
    """Asks at `time_ms` for what a pack says of its system."""
    scope = Scope(series_names(pack), pack.scoped) if pack.scoped else None

    def ask(expression: str) -> list[Row]:
        query = scope.of(expression) if scope else expression
        return rows_of(source.instant(query, time_ms, timeout_ms=timeout_ms))

    return ask


def rows_of(result: QueryResult) -> list[Row]:
    """The series of an instant query's result that have a value."""
    match result.data:
        case Scalar(values=values):
            return [({}, float(values[0]))]
        case Vector() as vector:
            there = [row for row in range(vector.size) if vector.present[row, 0]]
            return [(dict(vector.labels.row(row)), float(vector.values[row, 0])) for row in there]
    return []


def number_of(rows: list[Row]) -> float | None:
    """The one number of an answer; None where there is none, or more than one."""
    if len(rows) != 1 or not math.isfinite(rows[0][1]):
        return None
    return rows[0][1]
