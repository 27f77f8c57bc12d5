"""Aggregations of whole matrices equal a plain loop over the samples of each step."""

import math
import tracemalloc

import numpy as np
import oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from watchglass.columns import LabelTable
from watchglass.errors import QueryError, QueryLimitError, QueryTimeoutError
from watchglass.model.labels import Labels
from watchglass.promql import aggregate
from watchglass.promql.best_samples import heap_of_best
from watchglass.promql.limits import Budget
from watchglass.promql.memory_pool import CELL_BYTES, SAMPLE_BYTES
from watchglass.promql.value import Vector

STEPS = 3
values = st.floats(-1e3, 1e3) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e100, -1e100, 1.7e308])
tame = st.floats(-1e3, 1e3) | st.integers(0, 9).map(float)


def vectors(cell):
    row = st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(st.none() | cell, min_size=STEPS, max_size=STEPS))
    return st.lists(row, max_size=12)


def vector_of(rows) -> Vector:
    labels = LabelTable.of([Labels.of(__name__="m", g=group, i=str(number)) for number, (group, _) in enumerate(rows)])
    cells = [[math.nan if cell is None else cell for cell in row] for _, row in rows]
    present = [[cell is not None for cell in row] for _, row in rows]
    return Vector(labels, np.array(cells, float).reshape(-1, STEPS), np.array(present, bool).reshape(-1, STEPS))


def by_step(vector: Vector) -> list[dict]:
    """For every step, the samples by label set."""
    rows = vector.labels.rows()
    return [
        {rows[i]: float(vector.values[i, t]) for i in range(vector.size) if vector.present[i, t]} for t in range(STEPS)
    ]


def groups_at(rows, step) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for group, cells in rows:
        if cells[step] is not None:
            groups.setdefault(group, []).append(cells[step])
    return groups


def two_pass_variance(cells):
    return float(np.var(np.array(cells))) if all(map(math.isfinite, cells)) else math.nan


PLAIN = {
    "sum": oracle.total,
    "avg": oracle.mean,
    "min": lambda cells: oracle.extreme(cells, lambda value, best: value < best),
    "max": lambda cells: oracle.extreme(cells, lambda value, best: value > best),
    "count": lambda cells: float(len(cells)),
    "group": lambda _: 1.0,
}


def assert_same(got, wanted, *, rel=1e-12, abs_=0.0):
    assert got.keys() == wanted.keys()
    for key, value in wanted.items():
        both_nan = math.isnan(value) and math.isnan(got[key])
        assert both_nan or got[key] == value or math.isclose(got[key], value, rel_tol=rel, abs_tol=abs_), (
            key,
            got,
            wanted,
        )


def reduced(op, rows, parameter=None):
    with np.errstate(all="ignore"):
        return by_step(aggregate.reduce(op, vector_of(rows), ("g",), without=False, parameter=parameter))


@pytest.mark.parametrize("op", PLAIN)
@settings(deadline=None)
@given(rows=vectors(values))
def test_an_aggregation_equals_a_plain_loop(op, rows):
    result = reduced(op, rows)

    for step in range(STEPS):
        plain = {Labels.of(g=group): PLAIN[op](cells) for group, cells in groups_at(rows, step).items()}
        assert_same(result[step], plain)


@settings(deadline=None)
@given(rows=vectors(tame))
def test_variance_and_deviation(rows):
    variance, deviation = reduced("stdvar", rows), reduced("stddev", rows)

    for step in range(STEPS):
        plain = {Labels.of(g=group): two_pass_variance(cells) for group, cells in groups_at(rows, step).items()}
        assert_same(variance[step], plain, rel=1e-9, abs_=1e-9)
        assert_same(deviation[step], {key: math.sqrt(value) for key, value in plain.items()}, rel=1e-6, abs_=1e-4)


def test_equal_samples_have_no_variance_at_all():
    rows = [("a", [0.1, 0.1, 1e300])] * 7
    assert [list(step.values()) for step in reduced("stdvar", rows)] == [[0.0]] * STEPS


@settings(deadline=None)
@given(
    rows=vectors(values),
    asked=st.lists(st.sampled_from([0, 0.3, 0.5, 1, -1, 2, math.nan]), min_size=STEPS, max_size=STEPS),
)
def test_the_quantile_may_change_from_step_to_step(rows, asked):
    result = reduced("quantile", rows, np.array(asked, float))

    for step in range(STEPS):
        groups = groups_at(rows, step)
        plain = {Labels.of(g=group): oracle.quantile(asked[step], cells) for group, cells in groups.items()}
        assert_same(result[step], plain)


def rank(op, value):
    if op == "limitk":
        return 0, 0.0
    return (1, 0.0) if math.isnan(value) else (0, -value if op == "topk" else value)


class Heap:
    """What Go's container/heap does, with samples `(value, row)`, and one that is less in front."""

    def __init__(self, sign):
        self.items, self.sign = [], sign

    def less(self, i, j):
        one, other = self.items[i][0], self.items[j][0]
        return math.isnan(one) or self.sign * one < self.sign * other

    def swap(self, i, j):
        self.items[i], self.items[j] = self.items[j], self.items[i]

    def push(self, item):
        self.items.append(item)
        at = len(self.items) - 1
        while at and self.less(at, (at - 1) // 2):
            self.swap(at, (at - 1) // 2)
            at = (at - 1) // 2

    def sink(self, size):
        at = 0
        while 2 * at + 1 < size:
            child = 2 * at + 1
            child += child + 1 < size and self.less(child + 1, child)
            if not self.less(child, at):
                break
            self.swap(at, child)
            at = child

    def offer(self, item, limit, legacy):
        if len(self.items) < limit:
            self.push(item)
            return
        root, value = self.items[0][0], item[0]
        better = self.sign * root < self.sign * value or (math.isnan(root) and (legacy or not math.isnan(value)))
        if better and (limit == 1 or not legacy):
            self.items[0] = item
            self.sink(limit)
        elif better:
            self.swap(0, limit - 1)
            self.sink(limit - 1)
            self.items.pop()
            self.push(item)


few = st.sampled_from([0.0, -0.0, 1.0, 2.0, math.nan, -math.inf])


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("op", ["topk", "bottomk"])
@settings(deadline=None)
@given(rows=vectors(few), limits=st.lists(st.integers(-1, 5), min_size=STEPS, max_size=STEPS))
def test_equals_that_are_kept_are_those_left_in_a_heap(op, legacy, rows, limits):
    vector, parameter = vector_of(rows), np.array(limits, float)
    result = by_step(aggregate.choose(op, vector, ("g",), without=False, parameter=parameter, legacy=legacy))

    for step in range(STEPS):
        wanted = {}
        for group in "abc":
            heap = Heap(1 if op == "topk" else -1)
            for i, (g, cells) in enumerate(rows):
                if g == group and cells[step] is not None and limits[step] > 0:
                    heap.offer((cells[step], i), limits[step], legacy)
            wanted |= {Labels.of(__name__="m", g=group, i=str(i)): value for value, i in heap.items}
        assert_same(result[step], wanted)


def test_a_heap_of_many_lets_only_better_ones_in():
    pick = np.random.default_rng(1)
    numbers = pick.integers(0, 40, 1000).astype(float)
    heap = Heap(1)
    for row, value in enumerate(numbers.tolist()):
        heap.offer((value, row), 30, legacy=False)

    assert heap_of_best(numbers.astype(np.int64), 30, legacy=False) == [row for _, row in heap.items]


def test_series_of_a_selector_are_chosen_in_order_of_labels():
    rows = [("b", [1.0] * STEPS), ("a", [1.0] * STEPS), ("c", [2.0] * STEPS)]
    result = aggregate.choose("topk", vector_of(rows), (), without=False, parameter=np.full(STEPS, 2.0), by_label=True)

    assert [row.get("g") for row in result.without_empty().labels.rows()] == ["b", "c"]


@pytest.mark.parametrize("op", ["topk", "bottomk", "limitk"])
@settings(deadline=None)
@given(rows=vectors(st.floats(-1e3, 1e3)), limits=st.lists(st.integers(-1, 5), min_size=STEPS, max_size=STEPS))
def test_choosing_keeps_the_best(op, rows, limits):
    for step in range(STEPS if op != "limitk" else 0):
        cells = [row[step] for _, row in rows if row[step] is not None]
        assume(len(set(cells)) == len(cells))
    vector = vector_of(rows)
    result = by_step(aggregate.choose(op, vector, ("g",), without=False, parameter=np.array(limits, float)))

    for step in range(STEPS):
        wanted = {}
        for group in "abc":
            members = [(i, c[step]) for i, (g, c) in enumerate(rows) if g == group and c[step] is not None]
            best = sorted(members, key=lambda member: rank(op, member[1]))[: max(limits[step], 0)]
            wanted |= {Labels.of(__name__="m", g=group, i=str(i)): value for i, value in best}
        assert_same(result[step], wanted)


@settings(deadline=None)
@given(rows=vectors(st.sampled_from([1.0, 2.5, math.nan, 1e21])))
def test_counting_values(rows):
    result = by_step(aggregate.count_values("v", vector_of(rows), ("g",), without=False, budget=Budget(10_000, 1_000)))

    texts = {1.0: "1", 2.5: "2.5", 1e21: "1000000000000000000000"}
    for step in range(STEPS):
        wanted: dict = {}
        for group, cells in groups_at(rows, step).items():
            for cell in cells:
                key = Labels.of(g=group, v=texts.get(cell, "NaN"))
                wanted[key] = wanted.get(key, 0.0) + 1.0
        assert_same(result[step], wanted)


def test_counting_too_many_values_is_refused_before_they_are_written_as_text():
    vector = vector_of([("a", [1.0, 2.0, 3.0]), ("b", [4.0, 5.0, 6.0])])

    with pytest.raises(QueryLimitError):  # 6 values at 3 steps
        aggregate.count_values("v", vector, (), without=False, budget=Budget(17, 1_000))
    with pytest.raises(QueryTimeoutError):
        aggregate.count_values("v", vector, (), without=False, budget=Budget(10_000, -1))


def test_without_drops_the_name_and_by_keeps_it_when_asked():
    vector = vector_of([("a", [1.0, 1.0, 1.0])])

    without = aggregate.reduce("sum", vector, ("i",), without=True, parameter=None)
    by_name = aggregate.reduce("sum", vector, ("__name__",), without=False, parameter=None)

    assert without.labels.rows() == [Labels.of(g="a")]
    assert by_name.labels.rows() == [Labels.of(__name__="m")]


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (math.nan, "Parameter value is NaN"),
        (1e19, r"Scalar value 1e\+19 overflows int64"),
    ],
)
def test_a_limit_that_is_no_number_of_series_is_refused(parameter, message):
    with pytest.raises(QueryError, match=message):
        aggregate.choose(
            "topk", vector_of([("a", [1, 1, 1])]), (), without=False, parameter=np.array([1, parameter, 1.0])
        )


@pytest.mark.parametrize("op", [*aggregate.REDUCERS, "topk", "limitk"])
@pytest.mark.parametrize("groups", [100, 50, 1])
def test_what_is_asked_for_is_what_an_aggregation_takes(op, groups):
    labels = LabelTable.of([Labels.of(i=str(number), g=str(number % groups)) for number in range(100)])
    vector = Vector(labels, np.random.default_rng(1).random((100, 2000)), np.ones((100, 2000), bool))
    parameter = np.full(2000, 3.0 if op in {"topk", "limitk"} else 0.5)
    reduce = aggregate.reduce if op in aggregate.REDUCERS else aggregate.choose

    tracemalloc.start()
    try:
        reduce(op, vector, ("g",), without=False, parameter=parameter)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak_bytes < vector.values.size * (CELL_BYTES + aggregate.COPIES.get(op, 0) * SAMPLE_BYTES)


@pytest.mark.parametrize("better", [0, 10])
def test_what_is_asked_for_is_what_choosing_among_equals_takes(better):
    labels = LabelTable.of([Labels.of(i=str(number)) for number in range(100)])
    cells = np.ones((100, 2000))
    cells[100 - better :] = 2.0
    vector = Vector(labels, cells, np.ones(cells.shape, bool))

    tracemalloc.start()
    try:
        aggregate.choose("topk", vector, (), without=False, parameter=np.full(2000, 12.0), by_label=True)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak_bytes < cells.size * (CELL_BYTES + aggregate.COPIES["topk"] * SAMPLE_BYTES)
