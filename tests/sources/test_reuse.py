"""Which queries may be computed in parts."""

import pytest

from watchglass.promql.parse import parse
from watchglass.sources.reuse import steps_stand_alone

ALONE = [
    "1",
    "time()",
    "up",
    'up{job="a"} offset 5m',
    "sum by (job) (rate(http_requests_total[5m]))",
    "max_over_time(rate(a[5m])[1h:1m] offset 1h)",
    "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))",
    "topk(5, rate(a[5m]))",
    "bottomk(2, -(up))",
    "topk(2, quantile_over_time(0.9, a[5m]))",
    "a / on (job) group_left b",
    "a or b",
    "absent(up)",
    'count_values("v", up)',
    "rate(a[5m] anchored)",
    '{"up"}',
]
TOGETHER = [
    "up @ 100",
    "sum_over_time(up[5m] @ end())",
    "max_over_time(up[5m:1m] @ start())",
    "up offset -5m",
    "max_over_time(up[5m:1m] offset -1m)",
    "up + range()",
    "rate(a[step() * 4])",
    "max_over_time(a[5m:step()])",
    "rate(a[range()])",
    "up offset (1m + 1m)",
    '{job="a"}',
    '{__name__=~"a|b"}',
    'label_replace(up, "a", "$1", "b", "(.*)")',
    'label_join(up, "a", "-", "b", "c")',
    "info(up)",
    "max_over_time((a or b)[5m:1m])",
    'max_over_time(count_values("__name__", up)[5m:1m])',
    "max_over_time((a * on (job) group_left (__name__) b)[5m:1m])",
    "limitk(1, up)",
    "limit_ratio(0.5, up)",
    "topk(1, sum by (job) (up))",
    "topk(1, max_over_time(sum by (job) (up)[5m:1m]))",
    "topk(1, histogram_quantile(0.9, a_bucket))",
    "rate(a[5m] smoothed)",
    "sum(up) + up @ 5",
]


@pytest.mark.parametrize("query", ALONE)
def test_steps_that_depend_on_earlier_samples_alone_stand_alone(query):
    assert steps_stand_alone(parse(query))


@pytest.mark.parametrize("query", TOGETHER)
def test_what_looks_ahead_or_at_the_whole_range_does_not(query):
    assert not steps_stand_alone(parse(query))
