"""Whether a difference is one of rounding: does our own answer move as far when the last bits of the data move?

Sums in another order, deviations of nearly equal numbers and slopes of nearly flat lines differ in their last bits, and cancellation
makes these bits the first ones. No tolerance of results tells that from a fault. So the query is asked again of data that
differ from the given ones by no more than a part in 10^14 and stand in another order, and whose intermediate results are moved as
little wherever the two engines round in their own way (sums, means, powers, logarithms). A difference is forgiven only

* in a value, where it is less than 10 times as wide as our own answers spread: 10^-13 of the operands, times what the
  query makes of it;
* in presence or in being an error, where our own answers come and go likewise. For these, whole numbers are left as they are.

Equal values stay equal when they are moved, so that `==`, `changes` and constant series keep their meaning. Which of equal values
`topk` and `bottomk` keep is compared exactly, except where nobody fixes the order of series: over a range Prometheus keeps what
operators, aggregations and most functions give in a map, whose order is random. Only there other orders are tried.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import cache
from unittest import mock

import numpy as np
from answers import Answer, Difference
from random_data import DataSet
from subject import Question, answer, in_memory

from watchglass.errors import QueryError
from watchglass.promql import engine
from watchglass.promql.ast import AggregateExpr, BinaryExpr, Call, Expr, walk
from watchglass.promql.engine import Engine
from watchglass.promql.evaluate import Evaluation
from watchglass.promql.parse import parse
from watchglass.promql.rollup import ROLLUPS
from watchglass.promql.value import RangeVector, Scalar, Value, Vector

NOISE = 1e-14
FACTOR = 10
RUNS, RUNS_OF_TIES = 6, 200  # who of many equals is chosen takes many orders to find out

_NOTHING, _FRACTIONS, _EVERYTHING = "nothing", "fractions", "everything"  # what is moved

_INEXACT_CALLS = {
    "exp", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "deg", "rad", "rate", "increase", "delta", "deriv", "predict_linear", "double_exponential_smoothing", "histogram_quantile",
    "avg_over_time", "stddev_over_time", "stdvar_over_time", "quantile_over_time", "sum_over_time",
}  # fmt: skip
_INEXACT_AGGREGATORS = {"sum", "avg", "stddev", "stdvar", "quantile"}
_CLOCKS = {"time", "timestamp"}  # exact, but great numbers whose deviations are small


class Rounding:
    """Judges differences over one data set."""

    def __init__(self, data: DataSet) -> None:
        self._data = data
        self._engine = cache(self._make_engine)

    def explains(self, question: Question, ours: Answer, found: list[Difference]) -> bool:
        """Whether every difference is one of rounding, or of an order that is nobody's."""
        try:
            tree = parse(question.query)
        except QueryError:
            return False
        careful = [self._again(question, run, _FRACTIONS) for run in range(RUNS)]
        if any(_chooses_in_any_order(node) for node in walk(tree)):
            careful += [self._again(question, run, _NOTHING) for run in range(RUNS_OF_TIES)]
        if all(_comes_and_goes(each, ours, careful) for each in found):
            return True
        bold = careful + [self._again(question, run, _EVERYTHING) for run in range(RUNS)]
        return all(_comes_and_goes(each, ours, careful) or _within(each, ours, bold) for each in found)

    def _again(self, question: Question, run: int, what: str) -> Answer:
        """Our answer with `what` moved, and series in another order where any is right."""
        ranged = question.start_ms != question.end_ms
        own = {"run": run, "what": what, "ranged": ranged, "pick": np.random.default_rng(run)}
        evaluation = type("Moved", (_Moved,), own)
        with mock.patch.object(engine, "Evaluation", evaluation):
            return answer(self._engine(run, what), question)

    def _make_engine(self, run: int, what: str) -> Engine:
        series = list(self._data.series.items())
        random.Random(run).shuffle(series)
        others = {}
        for labels, points in series:
            values = moved(np.array([value for _, value in points]), run, what).tolist()
            others[labels] = [(at, value) for (at, _), value in zip(points, values, strict=True)]
        return in_memory(others)


class _Moved(Evaluation):
    """An evaluation that moves what its inexact nodes give, and gives series in any order where that is random."""

    run = 0
    what = ""
    ranged = False  # whether Prometheus works from one time to another, be there a second step or not
    pick = np.random.default_rng()

    def evaluate(self, expr, grid) -> Value:
        value = super().evaluate(expr, grid)
        if isinstance(value, Scalar | Vector) and _is_inexact(expr, self.what):
            value = replace(value, values=moved(value.values, self.run, self.what))
        several = grid.count > 1 or (self.ranged and not self._plan.is_invariant(expr))
        if isinstance(value, Vector) and several and _is_kept_in_a_map(expr):
            return value.take(self.pick.permutation(value.size))
        return value

    def _subquery(self, expr, grid) -> RangeVector:
        before, self.ranged = self.ranged, True
        try:
            return super()._subquery(expr, grid)
        finally:
            self.ranged = before


def _is_kept_in_a_map(node: Expr) -> bool:
    """Whether Prometheus gives the node's series in random order when there are several steps."""
    return isinstance(node, AggregateExpr | BinaryExpr) or (isinstance(node, Call) and node.name not in ROLLUPS)


def _chooses_in_any_order(node: Expr) -> bool:
    return (
        isinstance(node, AggregateExpr)
        and node.op in {"topk", "bottomk"}
        and any(map(_is_kept_in_a_map, walk(node.expr)))
    )


def _is_inexact(node: Expr, what: str) -> bool:
    match node:
        case Call(name=name):
            return name in _INEXACT_CALLS or (what == _EVERYTHING and name in _CLOCKS)
        case BinaryExpr(op=op):
            return op in {"^", "atan2"}
        case AggregateExpr(op=op):
            return op in _INEXACT_AGGREGATORS
    return False


def moved(values: np.ndarray, run: int, what: str) -> np.ndarray:
    """Values with their last bits changed, equal ones alike; `what` says whose."""
    if what == _NOTHING:
        return values
    values = np.ascontiguousarray(values, np.float64)
    with np.errstate(all="ignore"):
        mixed = (values.view(np.uint64) ^ np.uint64(run * 0x9E3779B97F4A7C15 % 2**64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
        noise = (mixed >> np.uint64(11)).astype(np.float64) / 2**52 - 1
        fixed = ~np.isfinite(values)
        if what == _FRACTIONS:
            fixed |= (values == np.floor(values)) & (np.abs(values) < 2**53)
        return np.where(fixed, values, values * (1 + NOISE * noise))


def _comes_and_goes(each: Difference, ours: Answer, others: list[Answer]) -> bool:
    everyone = [ours, *others]
    if each.what == "error":
        return len({bool(other.error) for other in everyone}) > 1
    values = [other.series.get(each.metric, {}).get(each.at) for other in everyone]
    if each.what == "presence":
        return None in values and any(value is not None for value in values)
    if each.what == "value":
        classes = {_class(value) for value in values}
        assert isinstance(each.theirs, float)
        return len(classes) > 1 and _class(each.theirs) in classes and not math.isfinite(each.theirs)
    return False


def _within(each: Difference, ours: Answer, others: list[Answer]) -> bool:
    if each.what == "value":
        values = [other.series.get(each.metric, {}).get(each.at) for other in [ours, *others]]
    elif each.what == "order":
        values = [
            each.ours,
            *[value for other in others for points in other.series.values() for value in points.values()],
        ]
        return _near(each.theirs, [value for value in values if _close_enough(value, each.ours)])
    else:
        return False
    return _near(each.theirs, values)


def _close_enough(left, right) -> bool:
    return (
        isinstance(left, float) and isinstance(right, float) and math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-300)
    )


def _near(theirs, values) -> bool:
    finite = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    if len(finite) < 2 or not isinstance(theirs, float) or not math.isfinite(theirs):
        return False
    low, high = min(finite), max(finite)
    margin = FACTOR * (high - low)
    return low - margin <= theirs <= high + margin


def _class(value: float | None) -> str:
    if value is None:
        return "none"
    return "finite" if math.isfinite(value) else str(value)
