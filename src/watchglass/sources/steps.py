"""Cutting results of range queries along their steps, and joining them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from watchglass.columns import Index, LabelTable
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import concat, group_rows, sort_order
from watchglass.promql.memory_pool import current_share
from watchglass.promql.value import Vector

Rows = Index | slice

_CELL_BYTES = 18  # a float64 and its presence, and once more without empty series


def part_of(result: QueryResult, grid: Grid) -> QueryResult:
    """The part of a result that lies on `grid`, series without samples there included."""
    assert isinstance(result.data, Vector)
    if grid == result.grid:
        return result
    first = (grid.start_ms - result.grid.start_ms) // grid.step_ms
    steps = slice(first, first + grid.count)
    vector = Vector(result.data.labels, result.data.values[:, steps], result.data.present[:, steps])
    return replace(result, data=vector, grid=grid)


def shown(result: QueryResult, grid: Grid) -> QueryResult:
    """The part of a result that lies on `grid`, as the source would give it: without empty series."""
    part = part_of(result, grid)
    assert isinstance(part.data, Vector)
    return replace(part, data=part.data.without_empty())


def join(parts: list[QueryResult], grid: Grid) -> QueryResult:
    """Parts that cover a grid, as one result."""
    vectors = [part.data for part in parts if isinstance(part.data, Vector)]
    labels, rows = _common_rows([vector.labels for vector in vectors])
    current_share().need(_CELL_BYTES * labels.size * grid.count, _go_on)
    values, present = np.zeros((labels.size, grid.count)), np.zeros((labels.size, grid.count), bool)
    for part, vector, row in zip(parts, vectors, rows, strict=True):
        first = (part.grid.start_ms - grid.start_ms) // grid.step_ms
        steps = slice(first, first + part.grid.count)
        values[row, steps], present[row, steps] = vector.values, vector.present
    return replace(
        parts[0],
        data=Vector(labels, values, present).without_empty(),
        grid=grid,
        warnings=_distinct(part.warnings for part in parts),
        infos=_distinct(part.infos for part in parts),
    )


def _go_on() -> None:
    """A query that waits for memory here has computed all it needs: it is not given up."""


def _common_rows(tables: list[LabelTable]) -> tuple[LabelTable, list[Rows]]:
    """The label sets of all tables once, in order, and for each table where its series are among them."""
    if all(_same(table, tables[0]) for table in tables[1:]):
        return tables[0], [slice(None)] * len(tables)
    every = tables[0]
    for table in tables[1:]:
        every = concat(every, table)
    groups = group_rows(every)
    labels = every.take(groups.first)
    order = sort_order(labels)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    bounds = np.cumsum([table.size for table in tables])[:-1]
    return labels.take(order), list(np.split(place[groups.ids], bounds))


def _same(left: LabelTable, right: LabelTable) -> bool:
    """Whether two tables are equal row by row, as far as can be told from their codes."""
    if left.size != right.size or left.columns.keys() != right.columns.keys():
        return False
    pairs = [(column, right.columns[name]) for name, column in left.columns.items()]
    return all(list(a.values) == list(b.values) and np.array_equal(a.codes, b.codes) for a, b in pairs)


def _distinct(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in texts for text in each))
