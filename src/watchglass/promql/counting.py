"""Sample statistics: how many samples a query read at each step, and how many it held at once.

The counts are those of Prometheus's `stats=all`: an instant selector reads one sample of each series that it shows, a
function of a range every sample of every window; what a subquery reads inside does not count, but its results do, as
windows. A query that is not asked for statistics pays nothing.
Source: prometheus/prometheus, util/stats/query_stats.go (QuerySamples) and promql/engine.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from watchglass.columns import Index
from watchglass.promql import rollup
from watchglass.promql.ast import (
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)
from watchglass.promql.evaluate import Evaluation, window_span
from watchglass.promql.grid import Grid
from watchglass.promql.plan import unwrap
from watchglass.promql.value import RangeVector, Scalar, Text, Value, Vector
from watchglass.promql.windows import Span


@dataclass(frozen=True, slots=True)
class SampleStats:
    """What a query read and held.

    Attributes:
        total: samples read: `totalQueryableSamples`.
        peak: samples held at once, inputs and results of one operation together: `peakSamples`.
        per_step: [T] samples read at each step: `totalQueryableSamplesPerStep`.
    """

    total: int
    peak: int
    per_step: Index


@dataclass(slots=True)
class _Frame:
    """One node being evaluated: what its operands hold."""

    held: int = 0
    steps: Index = field(default_factory=lambda: np.zeros(1, np.int64))
    window: int = 0  # the longest window that it reads
    settled: bool = False  # its result takes the place of its operand


class _Counts:
    """Counts of one grid of steps."""

    def __init__(self) -> None:
        self.per_step: Index = np.zeros(1, np.int64)
        self.peak = 0
        self._frames: list[_Frame] = []

    def read(self, per_step: Index) -> None:
        """Samples are read, so many at each step."""
        self.per_step = self.per_step + per_step

    def roll(self, longest: int, result: Index) -> None:
        """The node reads windows of up to so many samples, one after another; its operands are not seen step by step."""
        self._frames[-1].window, self._frames[-1].steps = longest, np.zeros(1, np.int64)
        self.replace(result)

    def pass_through(self, per_step: Index) -> None:
        """The node sees samples, so many at each step, that no operand holds."""
        self._frames[-1].steps = self._frames[-1].steps + per_step

    def hold(self, samples: int) -> None:
        """The node holds so many samples of its operand."""
        self._frames[-1].held += samples

    def enter(self) -> None:
        """A node begins."""
        self._frames.append(_Frame())

    def leave(self, result: Index) -> None:
        """A node ends, and so many samples of its result at each step are its parent's operand."""
        frame = self._frames.pop()
        if not frame.settled:
            self._see(frame, result)
        if self._frames:
            parent = self._frames[-1]
            parent.held += int(result.sum())
            parent.steps = parent.steps + result

    def replace(self, result: Index) -> None:
        """A part of a node's work is done: its result takes the place of the operands."""
        self._see(self._frames.pop(), result)
        self._frames.append(_Frame(int(result.sum()), result, settled=True))

    def settle(self) -> None:
        """The node changes its operand in place."""
        self._frames[-1].settled = True

    def see_inside(self, peak: int) -> None:
        """Something evaluated apart held so many samples at once."""
        self.peak = max(self.peak, self._held() + peak)

    def _see(self, frame: _Frame, result: Index) -> None:
        """Operands, results up to a step, and that step's operands once more are held together."""
        here = int((np.cumsum(result) + frame.steps).max(initial=0))
        self.peak = max(self.peak, self._held() + frame.held + frame.window + here)

    def _held(self) -> int:
        return sum(frame.held for frame in self._frames)


class CountedEvaluation(Evaluation):
    """An evaluation that counts."""

    _counts: _Counts
    _sources: dict[int, RangeVector]
    _read_inside: dict[int, int]

    def counted(self, expr: Expr, grid: Grid) -> tuple[Value, SampleStats]:
        """The value of a whole query, and what it took."""
        self._counts = counts = _Counts()
        self._sources, self._read_inside = {}, {}
        value = self.evaluate(expr, grid)
        top = unwrap(expr)
        if isinstance(value, RangeVector):  # it is the answer itself
            inside = len(value.series.values)
            counts.read(np.array([self._read_inside.get(id(top), inside)]))
            counts.see_inside(inside)
        per_step = np.broadcast_to(counts.per_step, (grid.count,))
        return value, SampleStats(int(per_step.sum()), counts.peak, per_step)

    def evaluate(self, expr: Expr, grid: Grid) -> Value:
        """The value of a node at every step of a grid."""
        if isinstance(expr, ParenExpr):
            return self.evaluate(unwrap(expr), grid)
        if self._is_repeated(expr, grid):
            with self._apart() as inside:
                value = super().evaluate(expr, grid)
            self._counts.read(np.broadcast_to(inside.per_step, (grid.count,)))
            self._counts.enter()
            self._counts.leave(_per_step(value, grid))
            return value
        self._counts.enter()
        value = super().evaluate(expr, grid)
        if isinstance(expr, UnaryExpr):
            self._counts.settle()
        if isinstance(value, RangeVector):
            self._sources[id(expr)] = value
        self._counts.leave(_per_step(value, grid))
        return value

    @contextmanager
    def _apart(self) -> Iterator[_Counts]:
        """Count by itself what is evaluated on other steps."""
        outer, self._counts = self._counts, _Counts()
        inside = self._counts
        try:
            yield inside
        finally:
            self._counts = outer
            outer.see_inside(inside.peak)

    def _newest(self, selector: VectorSelector, grid: Grid, *, timestamps: bool = False) -> Vector:
        vector = super()._newest(selector, grid, timestamps=timestamps)
        self._counts.read(vector.present.sum(axis=0))
        return vector

    def _raw_extended(self, selector: VectorSelector, span: Span, grid: Grid) -> RangeVector:
        source = super()._raw_extended(selector, span, grid)
        self._sources[id(selector)] = source
        return source

    def _subquery(self, expr: SubqueryExpr, grid: Grid) -> RangeVector:
        with self._apart() as inside:
            value = super()._subquery(expr, grid)
        self._read_inside[id(expr)] = int(inside.per_step.sum())
        return value

    def _call(self, call: Call, grid: Grid) -> Value:
        value = super()._call(call, grid)
        if call.name == "timestamp" and isinstance(unwrap(call.args[0]), VectorSelector):
            self._counts.pass_through(_per_step(value))
        return value

    def _roll(self, name: str, call: Call, grid: Grid) -> Vector:
        result = super()._roll(name, call, grid)
        subject = next(arg for arg in map(unwrap, call.args) if isinstance(arg, MatrixSelector | SubqueryExpr))
        source = self._sources.get(id(subject))
        if source is None and isinstance(subject, MatrixSelector):
            source = self._sources[id(subject.selector)]
        assert source is not None
        if isinstance(subject, SubqueryExpr):
            self._counts.hold(len(source.series.values))
        lengths = rollup.evaluate(
            rollup.ROLLUPS["count_over_time"],
            source,
            window_span(subject),
            grid,
            args=(),
            budget=self._budget,
            legacy=self._options.closed_windows,
        )
        counts = np.where(lengths.present, lengths.values, 0).astype(np.int64)
        self._counts.read(counts.sum(axis=0))
        self._counts.roll(int(counts.max(initial=0)), _per_step(result))
        return result

    def _combine(self, link: BinaryExpr, left: Value, right: Value) -> Value:
        value = super()._combine(link, left, right)
        self._counts.replace(_per_step(value))
        return value


def _per_step(value: Value, grid: Grid | None = None) -> Index:
    """[T] samples of a value at each step; a range vector is not held, but read."""
    if isinstance(value, Vector):
        return np.asarray(value.present.sum(axis=0), np.int64)
    if isinstance(value, Scalar):
        return np.ones(len(value.values), np.int64)
    assert isinstance(value, RangeVector | Text)
    return np.zeros(1 if grid is None else grid.count, np.int64)
