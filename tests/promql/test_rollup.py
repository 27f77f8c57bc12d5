"""Rollups of many series at once give what a plain loop over one window gives."""

from __future__ import annotations

import math

import numpy as np
import oracle
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from memory import series_set

from watchglass.columns import SeriesSet
from watchglass.model.sample import STALE
from watchglass.promql import rollup, windows
from watchglass.promql.grid import Grid
from watchglass.promql.limits import Budget
from watchglass.promql.select import without_stale
from watchglass.promql.value import RangeVector
from watchglass.promql.windows import Span

BUDGET = Budget(10_000_000, 60_000, monotonic=lambda: 0.0)

ordinary = st.one_of(st.integers(0, 50).map(float), st.floats(-1e6, 1e6))
awkward = st.sampled_from([math.nan, math.inf, -math.inf, STALE, 0.0, -0.0, 1e100, -1e100, 1.7e308, 1e-310])
samples = st.lists(
    st.tuples(st.integers(1, 40_000), st.one_of(ordinary, ordinary, ordinary, awkward)), max_size=40
).map(
    lambda steps: [
        (int(time), value)
        for time, value in zip(np.cumsum([gap for gap, _ in steps]), [v for _, v in steps], strict=True)
    ]
)
grids = st.builds(Grid, st.integers(-20_000, 300_000), st.sampled_from([1, 7_000, 15_000, 60_000]), st.integers(1, 12))
widths = st.sampled_from([1, 14_999, 15_000, 60_000, 61_234, 300_000])
spans = st.builds(Span, widths, st.sampled_from([0, 30_000, -9_999]), st.none())


def run(name, series, span, grid, *, arg=None, legacy=False):
    args = () if arg is None else (np.full(grid.count, arg),)
    source = RangeVector(without_stale(series_set(series)))
    with np.errstate(all="ignore"):
        return rollup.evaluate(rollup.ROLLUPS[name], source, span, grid, args=args, budget=BUDGET, legacy=legacy)


def identical(left, right):
    return left == right or (math.isnan(left) and math.isnan(right))


def same(left, right):
    return identical(left, right) or math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-300)


def assert_like_the_oracle(name, series, span, grid, *, arg=None, legacy=False, exact=False):
    result = run(name, series, span, grid, arg=arg, legacy=legacy)
    for row, points in enumerate(series):
        for step, time in enumerate(grid.times().tolist()):
            end = time - span.offset_ms
            wanted = oracle.rollup(name, points, end, span.width_ms, arg=arg, step=time, legacy=legacy)
            assert result.present[row, step] == (wanted is not None)
            got = float(result.values[row, step])
            if wanted is not None:
                assert identical(got, wanted) if exact else same(got, wanted), (got, wanted)


@pytest.fixture(autouse=True, params=[windows._BLOCK, 40], ids=["one block", "many blocks"])
def block(request, monkeypatch):
    monkeypatch.setattr(windows, "_BLOCK", request.param)


quickly = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
EXACT = ["rate", "increase", "delta", "irate", "idelta", "resets", "changes", "min_over_time", "max_over_time"]
EXACT += ["count_over_time", "present_over_time", "first_over_time", "last_over_time"]
SUMS = ["sum_over_time", "avg_over_time"]


@pytest.mark.parametrize("legacy", [False, True], ids=["3.x", "2.42"])
@pytest.mark.parametrize("name", EXACT)
@quickly
@given(series=st.lists(samples, min_size=1, max_size=5), span=spans, grid=grids)
def test_it_equals_the_plain_loop_to_the_bit(name, legacy, series, span, grid):
    assert_like_the_oracle(name, series, span, grid, legacy=legacy, exact=True)


@pytest.mark.parametrize("name", SUMS)
@quickly
@given(series=st.lists(samples, min_size=1, max_size=5), span=spans, grid=grids)
@example([[(1, 1e100), (2, 1.0), (3, -1e100)]], Span(60_000), Grid(3, 1, 1))
@example([[(1, 1.7e308), (2, 1.7e308), (3, -1.7e308), (4, math.inf)]], Span(60_000), Grid(3, 1, 2))
def test_a_sum_equals_the_plain_loop(name, series, span, grid):
    assert_like_the_oracle(name, series, span, grid)


moderate = st.lists(st.tuples(st.integers(1, 40_000), ordinary), max_size=40).map(
    lambda steps: list(zip(np.cumsum([gap for gap, _ in steps]).tolist(), [v for _, v in steps], strict=True))
)


@pytest.mark.parametrize(
    ("name", "arg"),
    [
        ("stdvar_over_time", None),
        ("stddev_over_time", None),
        ("mad_over_time", None),
        *[("quantile_over_time", q) for q in (0.0, 0.3, 1.0, -1.0, 2.0, math.nan)],
    ],
)
@quickly
@given(series=st.lists(moderate, min_size=1, max_size=4), span=spans, grid=grids)
def test_a_statistic_equals_the_plain_loop(name, arg, series, span, grid):
    assert_like_the_oracle(name, series, span, grid, arg=arg)


@quickly
@given(series=st.lists(samples, min_size=1, max_size=4), span=spans, grid=grids)
def test_quantiles_put_nan_first(series, span, grid):
    assert_like_the_oracle("quantile_over_time", series, span, grid, arg=0.3)


@pytest.mark.parametrize(("name", "arg"), [("deriv", None), ("predict_linear", 3600.0)])
@quickly
@given(
    series=st.lists(st.lists(st.integers(0, 500).map(float), max_size=25), min_size=1, max_size=4),
    span=spans,
    grid=grids,
)
def test_a_line_equals_the_plain_loop(name, arg, series, span, grid):
    timed = [[(15_000 * i + 7 * (i % 3), value) for i, value in enumerate(values)] for values in series]
    assert_like_the_oracle(name, timed, span, grid, arg=arg)


def test_a_window_fixed_in_time_is_the_same_at_every_step():
    series = [[(1_000 * i, float(i * i)) for i in range(100)]]
    grid = Grid(0, 10_000, 4)

    fixed = run("sum_over_time", series, Span(20_000, at_ms=50_000), grid)
    moving = run("predict_linear", series, Span(20_000, at_ms=50_000), grid, arg=0.0)

    assert len(set(fixed.values[0].tolist())) == 1
    assert np.all(np.diff(moving.values[0]) > 0), "the line is fixed, the time that it is read at moves"


def test_counters_of_whole_numbers_need_no_loop_and_others_agree_with_them():
    whole = [[(1_000 * i, float(i)) for i in range(500)]]
    halves = [[(time, value + 0.5) for time, value in whole[0]]]

    exact = run("sum_over_time", whole, Span(60_000), Grid(0, 5_000, 90)).values
    looped = run("sum_over_time", halves, Span(60_000), Grid(0, 5_000, 90)).values

    counts = run("count_over_time", whole, Span(60_000), Grid(0, 5_000, 90)).values
    assert np.array_equal(exact + counts / 2, looped)


def scraped(seed, *, gap=False):
    """Series of three targets, whose series share their times; the second target has a series that misses a scrape."""
    random = np.random.default_rng(seed)
    series = []
    for target in range(3):
        times = np.cumsum(random.integers(14_000, 16_000, 40)).tolist()
        for number in range(4):
            values = np.cumsum(random.integers(0, 5, 40)).astype(float)
            values[random.integers(40) :] *= 0.5 if number == 1 else 1.0
            values[20:] -= values[20] if number == 2 else 0.0
            points = list(zip(times, values.tolist(), strict=True))
            series.append(points[:7] + points[8:] if gap and (target, number) == (1, 2) else points)
    return series


def sharing(series):
    """The same with the times of equal ones there once."""
    flat = series_set(series)
    runs = [tuple(time for time, _ in points) for points in series]
    begins = {}
    for run_of in runs:
        begins.setdefault(run_of, sum(map(len, begins)))
    times = np.array([time for run_of in begins for time in run_of])
    return SeriesSet(
        flat.labels, flat.offsets, times, flat.values, clocks=np.array([begins[run_of] for run_of in runs])
    )


@pytest.mark.parametrize("gap", [False, True], ids=["whole", "gap"])
@pytest.mark.parametrize("name", [name for name in rollup.ROLLUPS if name != "double_exponential_smoothing"])
def test_series_that_share_times_give_what_each_gives_alone(name, gap):
    arg = {"quantile_over_time": 0.3, "predict_linear": 60.0}.get(name)
    grid, span, series = Grid(100_000, 15_000, 35), Span(120_000, 1_000), scraped(5, gap=gap)
    alone = [run(name, [points], span, grid, arg=arg) for points in series]
    args = () if arg is None else (np.full(grid.count, arg),)

    for together in (series_set(series), sharing(series)):
        with np.errstate(all="ignore"):
            result = rollup.evaluate(
                rollup.ROLLUPS[name], RangeVector(together), span, grid, args=args, budget=BUDGET, legacy=False
            )
        for row, one in enumerate(alone):
            here = one.present[0]
            assert (result.present[row] == here).all()
            assert result.values[row][here].tolist() == pytest.approx(one.values[0][here].tolist(), rel=1e-14)


@pytest.mark.parametrize("scale", [1.0, 0.1], ids=["whole numbers", "fractions"])
def test_a_counter_that_falls_all_the_time_is_added_up_in_order(scale):
    random = np.random.default_rng(3)
    series = [[(15_000 * i, scale * float(v)) for i, v in enumerate(random.integers(0, 1_000, 200))] for _ in range(3)]

    assert_like_the_oracle("increase", series, Span(600_000), Grid(0, 60_000, 40), exact=True)


def test_sums_of_windows_that_overlap_are_as_good_as_exact():
    random = np.random.default_rng(4)
    scales = [1e10, 1.0, 1e-12, 0.0, 1e150]
    values = [np.round(random.standard_normal(300), 3) * scale for scale in scales]
    values[1][100], values[0][50], values[0][250] = math.nan, math.inf, -1e17
    series = [[(15_000 * i, v) for i, v in enumerate(row.tolist())] for row in values]
    span, grid = Span(600_000), Grid(0, 15_000, 300)

    result = run("sum_over_time", series, span, grid)

    for row, points in enumerate(series):
        for step, end in enumerate(grid.times().tolist()):
            inside = [value for _, value in oracle.window(points, end, span.width_ms)]
            wanted, lost = math.fsum(inside), 1e-30 * math.fsum(map(abs, inside))
            assert same(result.values[row, step], wanted) or abs(result.values[row, step] - wanted) <= max(
                lost, 1e-15 * abs(wanted)
            )
