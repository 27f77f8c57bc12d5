"""Windows: the same edges whichever way they are found."""

import numpy as np
import oracle
from hypothesis import given
from hypothesis import strategies as st
from memory import series_set

from watchglass.promql import windows
from watchglass.promql.grid import Grid
from watchglass.promql.windows import Ranked, Span, blocks, clocked_blocks, window_bounds

times = st.lists(st.lists(st.integers(-5_000, 50_000), unique=True, max_size=60).map(sorted), min_size=1, max_size=6)
grids = st.builds(Grid, st.integers(-10_000, 60_000), st.sampled_from([1, 999, 5_000]), st.integers(1, 10))
widths = st.sampled_from([1, 999, 1_000, 5_000, 4_999, 15_000])


@given(times, grids)
def test_counting_and_searching_agree(series, grid):
    data = series_set([[(time, 0.0) for time in points] for points in series])

    counted = windows._count_samples(data.times, data.offsets, grid)
    searched = windows._bisect(data.times, data.offsets, grid.times())

    assert counted.tolist() == searched.tolist()


@given(times, grids, widths, st.booleans())
def test_bounds_hold_what_a_plain_loop_finds(series, grid, width, closed):
    data = series_set([[(time, float(time)) for time in points] for points in series])

    lower, upper = window_bounds(data.times, data.offsets, grid, width, closed=closed)

    for row, points in enumerate(series):
        for step, end in enumerate(grid.times().tolist()):
            found = data.times[lower[row, step] : upper[row, step]].tolist()
            plain = oracle.window([(time, float(time)) for time in points], end, width, closed=closed)
            assert found == [time for time, _ in plain]


@given(times, st.integers(1, 50), st.integers(1, 200))
def test_blocks_cover_every_series_once(series, steps, size):
    data = series_set([[(time, 0.0) for time in points] for points in series])
    before, windows._BLOCK = windows._BLOCK, size
    try:
        cuts = list(blocks(data, steps))
    finally:
        windows._BLOCK = before

    assert [row for start, end in cuts for row in range(start, end)] == list(range(data.size))


@given(st.lists(st.integers(0, 9), max_size=30))
def test_ranked_windows_have_a_prefix_for_every_rank(lengths):
    ranked = Ranked.of(np.arange(len(lengths)) * 10, np.array(lengths, np.int64))

    for rank, active in enumerate(ranked.active):
        assert sorted(ranked.order[:active].tolist()) == [i for i, length in enumerate(lengths) if length > rank]
    assert ranked.unordered(ranked.lower.astype(float)).tolist() == [10.0 * i for i in range(len(lengths))]


def test_offset_and_at_move_the_right_edge():
    grid = Grid(100_000, 10_000, 3)

    assert Span(1, offset_ms=5_000).ends(grid).times().tolist() == [95_000, 105_000, 115_000]
    assert Span(1, offset_ms=5_000, at_ms=50_000).ends(grid).times().tolist() == [45_000]


@given(times, st.lists(st.integers(0, 5), max_size=12), st.integers(1, 50))
def test_every_series_of_a_block_finds_its_own_times(runs, chosen, steps):
    series = [[(time, float(i)) for i, time in enumerate(runs[number % len(runs)])] for number in chosen]
    data = series_set(series)

    for start, end, block in clocked_blocks(data, steps):
        offsets = block.offsets()
        lengths = np.diff(block.starts)
        for row in range(start, end):
            clock = row - start if block.clock is None else block.clock[row - start]
            begin, count = block.starts[clock], lengths[clock]
            assert block.times[begin : begin + count].tolist() == [time for time, _ in series[row]]
            assert offsets[row - start + 1] - offsets[row - start] == count
            places = np.broadcast_to(np.arange(len(block.times)), (len(lengths), len(block.times)))
            seen = block.places(places.copy())[row - start, begin : begin + count]
            assert block.values[seen].tolist() == [value for _, value in series[row]]
