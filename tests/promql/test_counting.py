"""Samples read and held, by hand; test_real_prometheus.py compares them with Prometheus's."""

import numpy as np
import pytest
from memory import MemoryQueryable

from watchglass.promql.engine import Engine

MINUTE = 60_000
ENGINE = Engine(
    MemoryQueryable(
        {(("__name__", "m"), ("i", str(i))): [(15_000 * n, float(n)) for n in range(40 - 20 * i)] for i in range(2)}
    )
)


@pytest.mark.parametrize(
    ("query", "per_step"),
    [
        ("m", [2, 2, 2]),
        ("rate(m[1m])", [8, 4, 4]),
        ("m + m", [4, 4, 4]),
        ("sum(m @ 60)", [2, 2, 2]),
        ("max_over_time(rate(m[1m])[2m:1m])", [4, 3, 2]),
        ("increase(m[1m] anchored)", [8, 4, 4]),
        ("1 + 1", [0, 0, 0]),
    ],
)
def test_samples_read_at_each_step(query, per_step):
    samples = ENGINE.range(query, 4 * MINUTE, 8 * MINUTE, 2 * MINUTE, stats=True).samples
    assert samples.per_step.tolist() == per_step
    assert samples.total == sum(per_step)


def test_a_range_vector_and_a_subquery_that_are_the_answer_count_what_was_read():
    assert ENGINE.instant("m[2m]", 4 * MINUTE, stats=True).samples.total == 16
    assert ENGINE.instant("rate(m[1m])[2m:1m]", 4 * MINUTE, stats=True).samples.total == 16


def test_operands_and_results_are_held_together():
    assert ENGINE.instant("m", 0, stats=True).samples.peak == 2
    assert ENGINE.instant("m + m", 0, stats=True).samples.peak == 4 + 4 + 2


@pytest.mark.parametrize(
    "query", ["-m + (m) * 2", "rate(m[1m] offset 1m)", "topk(1, m @ 60)", "absent_over_time(x[1m])"]
)
def test_counting_changes_no_answer(query):
    plain = ENGINE.range(query, 0, 10 * MINUTE, MINUTE)
    counted = ENGINE.range(query, 0, 10 * MINUTE, MINUTE, stats=True)

    assert plain.samples is None
    assert counted.data.labels.rows() == plain.data.labels.rows()
    assert np.array_equal(counted.data.present, plain.data.present)
    assert np.array_equal(counted.data.values[counted.data.present], plain.data.values[plain.data.present])
