"""Quantiles of many classic histograms at once equal those of one histogram at one step."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.columns import LabelTable
from watchglass.model.labels import Labels
from watchglass.promql import histogram
from watchglass.promql.annotations import Annotations
from watchglass.promql.ast import Span
from watchglass.promql.grid import Grid
from watchglass.promql.value import Vector

STEPS = 2
BOUNDS = ["-1", "0", "0.5", "1", "1.0", "2.5", "+Inf"]
counts = st.none() | st.integers(0, 30).map(float) | st.just(10 + 1e-12)
histograms = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.dictionaries(st.sampled_from(BOUNDS), st.lists(counts, min_size=STEPS, max_size=STEPS), min_size=1),
    min_size=1,
)


def vector_of(data) -> Vector:
    rows = [(Labels.of(h=name, le=bound), cells) for name, buckets in data.items() for bound, cells in buckets.items()]
    values = np.array([[math.nan if cell is None else cell for cell in cells] for _, cells in rows])
    present = np.array([[cell is not None for cell in cells] for _, cells in rows])
    return Vector(LabelTable.of([labels for labels, _ in rows]), values, present)


def almost_equal(left, right):
    if left == right:
        return True
    if left == 0 or right == 0:
        return abs(left - right) < 1e-12 * 2.2250738585072014e-308
    return abs(left - right) / (abs(left) + abs(right)) < 1e-12


def plain(q, buckets: dict[float, float]) -> float:
    """One histogram at one step, by the rules as they are written down."""
    if math.isnan(q) or q < 0 or q > 1:
        return math.nan if math.isnan(q) else math.copysign(math.inf, q)
    bounds = sorted(buckets)
    if bounds[-1] != math.inf or len(bounds) < 2:
        return math.nan
    cumulative = [buckets[bounds[0]]]
    for bound in bounds[1:]:
        count = buckets[bound]
        falls = count < cumulative[-1] or almost_equal(count, cumulative[-1])
        cumulative.append(cumulative[-1] if falls else count)
    if cumulative[-1] == 0:
        return math.nan
    rank = q * cumulative[-1]
    hit = next((i for i in range(len(bounds) - 1) if cumulative[i] >= rank), len(bounds) - 1)
    if hit == len(bounds) - 1:
        return bounds[-2]
    if hit == 0 and bounds[0] <= 0:
        return bounds[0]
    lower, below = (bounds[hit - 1], cumulative[hit - 1]) if hit else (0.0, 0.0)
    width = cumulative[hit] - below
    return lower + (bounds[hit] - lower) * ((rank - below) / width) if width else math.nan


def at_step(buckets, step) -> dict[float, float]:
    merged: dict[float, float] = {}
    for bound, cells in buckets.items():
        if cells[step] is not None:
            merged[float(bound)] = merged.get(float(bound), 0.0) + cells[step]
    return merged


@settings(deadline=None, max_examples=300)
@given(
    data=histograms,
    asked=st.lists(st.sampled_from([0, 0.25, 0.5, 0.9, 1, -1, 2, math.nan]), min_size=STEPS, max_size=STEPS),
)
def test_many_histograms_at_once(data, asked):
    with np.errstate(all="ignore"):
        buckets = histogram.collect(vector_of(data), Annotations(""), Span(0, 0), delayed=False)
        values, present, _ = histogram.quantiles(np.array(asked, float), buckets)

    rows = {labels.get("h"): row for row, labels in enumerate(buckets.labels.rows())}
    for name, series in data.items():
        for step in range(STEPS):
            inside = at_step(series, step)
            if not inside:
                assert name not in rows or not present[rows[name], step]
                continue
            got, wanted = float(values[rows[name], step]), plain(asked[step], inside)
            assert present[rows[name], step]
            assert got == wanted or (math.isnan(got) and math.isnan(wanted)), (inside, asked[step])


def test_what_was_mended_is_told_with_where_and_how_much():
    data = {"a": {"1": [10.0, 10.0], "2": [8.0, 9.5], "4": [20.0, 20.0], "+Inf": [20.0, 20.0]}}
    annotations = Annotations("histogram_quantile(0.5, x)")
    buckets = histogram.collect(vector_of(data), annotations, Span(0, 0), delayed=False)
    with np.errstate(all="ignore"):
        _, _, mended = histogram.quantiles(np.array([0.5, 0.5]), buckets)

    histogram.tell_mended(buckets, mended, Grid(0, 60_000, 2), annotations, Span(24, 25), named=False)

    (told,) = annotations.infos
    assert told.endswith(
        "from buckets 2 to 2, with a max diff of 2, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:25)"
    )


def test_bounds_that_are_no_numbers_are_left_out_and_told_of():
    annotations = Annotations("x")
    buckets = histogram.collect(
        vector_of({"a": {"1__0": [1.0, 1.0], " 1": [1.0, 1.0], "1e1": [1.0, 1.0]}}),
        annotations,
        Span(0, 1),
        delayed=False,
    )

    assert buckets.bounds.tolist() == [10.0]
    assert len(annotations.warnings) == 2
