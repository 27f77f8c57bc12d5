"""Compensated sums keep what rounding cuts off."""

import math

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.promql import kahan

numbers = st.lists(st.floats(-1e15, 1e15) | st.sampled_from([1e100, -1e100, 1.0]), min_size=1, max_size=40)


@given(numbers)
def test_a_running_sum_has_the_same_error_term_as_the_published_step(values):
    total, lost = np.zeros(1), np.zeros(1)
    for value in values:
        kahan.add(total, lost, np.array([value]))

    assert kahan.settle(total, lost)[0] == oracle.total(values)


@given(st.lists(numbers, min_size=1, max_size=6), st.integers(1, 3), st.sampled_from([1 << 15, 8]))
def test_folding_runs_of_rows_is_as_good_as_exact(runs, steps, block):
    rows = np.array([[value] * steps for run in runs for value in run])
    starts = np.cumsum([0, *[len(run) for run in runs[:-1]]])
    before, kahan._BLOCK = kahan._BLOCK, block
    try:
        sums = kahan.settle(*kahan.fold(rows, starts))
    finally:
        kahan._BLOCK = before

    for row, run in zip(sums, runs, strict=True):
        scale = math.fsum(map(abs, run))
        assert row.tolist() == pytest.approx([math.fsum(run)] * steps, rel=1e-15, abs=scale * 1e-29)


def test_folding_does_not_change_its_input():
    rows = np.ones((5, 2))
    kahan.fold(rows, np.array([0, 3]))
    assert rows.tolist() == np.ones((5, 2)).tolist()


@given(
    st.lists(st.floats(-1e3, 1e3) | st.sampled_from([1.7e308, -1.7e308, math.inf, math.nan]), min_size=1, max_size=12)
)
def test_a_mean_survives_a_sum_that_overflows(values):
    means = kahan.Means(1)
    with np.errstate(all="ignore"):
        for value in values:
            means.take(slice(1), np.array([value]))
        got, wanted = float(means.result()[0]), oracle.mean(values)

    assert got == wanted or (math.isnan(got) and math.isnan(wanted))


def test_an_infinite_sum_stays_infinite():
    total, lost = np.array([1.7e308]), np.zeros(1)
    with np.errstate(all="ignore"):
        kahan.add(total, lost, 1.7e308)
    assert kahan.settle(total, lost)[0] == math.inf
