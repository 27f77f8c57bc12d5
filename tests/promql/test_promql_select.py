"""Instant selection equals a plain loop; stale markers end a series there and vanish from windows."""

import math
from dataclasses import replace

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory import series_set

from watchglass.model.sample import NAN_BITS, STALE
from watchglass.promql.grid import Grid
from watchglass.promql.limits import Budget
from watchglass.promql.select import is_stale, newest, without_stale
from watchglass.promql.windows import Span

BUDGET = Budget(1_000_000, 60_000, monotonic=lambda: 0.0)
samples = st.dictionaries(
    st.integers(-5_000, 60_000), st.floats(-1e3, 1e3) | st.sampled_from([STALE, math.nan]), max_size=30
)
grids = st.builds(Grid, st.integers(-10_000, 60_000), st.sampled_from([1, 999, 5_000]), st.integers(1, 10))


@given(st.lists(samples.map(lambda points: sorted(points.items())), min_size=1, max_size=5), grids, st.booleans())
def test_the_newest_sample_is_the_one_a_plain_loop_finds(series, grid, closed):
    vector = newest(series_set(series), Span(10_000, 500), grid, BUDGET, closed=closed)

    for row, points in enumerate(series):
        for step, time in enumerate(grid.times().tolist()):
            wanted = oracle.newest(points, time - 500, 10_000, closed=closed)
            assert vector.present[row, step] == (wanted is not None)
            if wanted is not None:
                assert vector.values[row, step] == wanted or math.isnan(wanted)


def test_timestamps_are_those_of_the_samples():
    series = series_set([[(1_500, 1.0), (2_000, 2.0)]])

    vector = newest(series, Span(10_000), Grid(1_900, 1_000, 2), BUDGET, closed=False, timestamps=True)

    assert vector.values.tolist() == [[1.5, 2.0]]


def test_an_ordinary_nan_is_no_stale_marker():
    ordinary = np.array([NAN_BITS], np.uint64).view(np.float64)

    assert is_stale(np.array([STALE, math.nan, 1.0])).tolist() == [True, False, False]
    assert not is_stale(ordinary).any()


def test_without_stale_markers_nothing_is_copied():
    series = series_set([[(1, 1.0), (2, math.nan)]])
    assert without_stale(series) is series


@given(st.lists(samples.map(lambda points: sorted(points.items())), max_size=5))
def test_stale_markers_vanish_from_every_series(series):
    clean = without_stale(series_set(series))

    for row, points in enumerate(series):
        kept = clean.times[clean.offsets[row] : clean.offsets[row + 1]].tolist()
        assert kept == [time for time, _ in oracle.window(points, 10**9, 2 * 10**9)]


def test_a_result_too_large_is_refused_before_it_is_made():
    with pytest.raises(Exception, match="too many samples"):
        newest(series_set([[(1, 1.0)]]), Span(1), Grid(0, 1, 11), Budget(10, 1_000), closed=False)


@pytest.mark.parametrize("shared", [True, False], ids=["at the same times", "at others"])
def test_series_that_share_their_times_do_so_without_their_markers(shared):
    marked = [[1.0, STALE, 3.0], [4.0, STALE, 6.0] if shared else [4.0, 5.0, STALE]]
    series = series_set([list(zip([10, 20, 30], values, strict=True)) for values in marked])
    series = replace(series, times=np.array([10, 20, 30]), clocks=np.array([0, 0]))

    clean = without_stale(series)

    spread = clean.spread()
    assert spread.offsets.tolist() == [0, 2, 4]
    assert spread.values.tolist() == ([1, 3, 4, 6] if shared else [1, 3, 4, 5])
    assert spread.times.tolist() == ([10, 30, 10, 30] if shared else [10, 30, 10, 20])
    assert (clean.clocks is not None) == shared
