"""What moves: told by Prometheus's own words for it, one query, and by rules that few samples do not fool."""

import numpy as np
import pytest
from dashboard_support import load

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import exposed
from watchglass.dashboards.motion import Motion, ask_motions, is_resting, motions_of
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine
from watchglass.promql.parse import parse
from watchglass.promql.value import Vector

NAN = float("nan")
VALUES = {
    "zero": [0, 0, 0, 0],
    "constant": [7, 7, 7, 7],
    "moving": [0, 0, 1, 1],
    "once": [NAN, NAN, NAN, 5],
    "twice": [NAN, NAN, 0, 0],
    "twice_moving": [NAN, NAN, 0, 1],
    "never": [NAN, NAN, NAN, NAN],
    "infinite": [np.inf, 3, 3, 3],
}


def test_what_little_is_known_of_is_left_out():
    values = np.array(list(VALUES.values()))
    table = LabelTable.of([Labels.of(__name__=name) for name in VALUES])

    assert motions_of(Vector(table, values, np.ones(values.shape, bool))) == {
        "zero": Motion.ZERO,
        "constant": Motion.CONSTANT,
        "moving": Motion.MOVING,
        "twice": Motion.ZERO_YET,
        "twice_moving": Motion.MOVING,
        "infinite": Motion.CONSTANT,
    }
    assert motions_of(Vector(table, values, np.zeros(values.shape, bool))) == {}


@pytest.mark.parametrize("job", ["app", 'a"b\\c', "größe"])
def test_one_query_asks_for_an_hour(job):
    asked = []

    class Asked:
        def range(self, query, start_ms, end_ms, step_ms, *, timeout_ms=None):
            asked.append((query, end_ms - start_ms, timeout_ms))
            return Engine(None).instant("1", 0)

    assert ask_motions(Asked(), job, 9_000_000) == {}
    ((query, span_ms, timeout_ms),) = asked
    parse(query)
    assert (span_ms, timeout_ms) == (3_600_000, 1000)


EXPOSITION = """\
# TYPE done counter
done_total 5
# TYPE depth gauge
depth 0
# TYPE limit gauge
limit 5
# TYPE took_seconds histogram
took_seconds_bucket{le="+Inf"} 1
took_seconds_count 1
took_seconds_sum 1
# TYPE mean_seconds summary
mean_seconds_count 0
mean_seconds_sum 0
# TYPE app_up gauge
app_up 0
"""


@pytest.mark.parametrize(
    ("motion", "resting"),
    [
        (Motion.ZERO, {"done_total", "depth", "limit", "took_seconds", "mean_seconds"}),
        (Motion.ZERO_YET, {"done_total", "took_seconds", "mean_seconds"}),
        (Motion.CONSTANT, {"done_total", "took_seconds", "mean_seconds"}),
        (Motion.MOVING, set()),
    ],
)
def test_a_count_rests_that_does_not_grow_a_gauge_at_zero_and_a_yes_or_no_never(motion, resting):
    table, metadata = load(EXPOSITION)
    families = exposed(table, metadata)
    motions = dict.fromkeys(table.columns["__name__"].values, motion)

    assert {family.name for family in families if is_resting(family, motions)} == resting
    assert not any(is_resting(family, {}) for family in families)
