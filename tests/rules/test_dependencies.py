"""Which rules read what earlier rules of their group write."""

from __future__ import annotations

import pytest

from watchglass.rules.definition import RuleDefinition
from watchglass.rules.dependencies import dependencies

EARLIER = [RuleDefinition("job:up:sum", "1", is_alert=False), RuleDefinition("Down", "1", is_alert=True)]


@pytest.mark.parametrize(
    ("expr", "places"),
    [
        ("up", set()),
        ("rate(job:up:sum[5m])", {0}),
        ('{__name__=~"job:.+"}', {0}),
        ('{__name__!~"job:.+", x="y"}', {1}),
        ('{job="a"}', {0, 1}),
        ("ALERTS", {1}),
        ('ALERTS{alertname="Down"}', {1}),
        ('ALERTS_FOR_STATE{alertname="Other"}', set()),
        ("up + on () sum(job:up:sum offset 5m)", {0}),
        ("info(up)", {0, 1}),
        ("later", set()),
    ],
)
def test_who_reads_whom(expr, places):
    rules = [*EARLIER, RuleDefinition("third", expr, is_alert=False), RuleDefinition("later", "1", is_alert=False)]
    assert dependencies(rules)[2] == places


def test_a_template_may_ask_for_anything():
    asks = RuleDefinition("A", "up", is_alert=True, annotations={"a": '{{ range query "job:up:sum" }}{{ end }}'})
    assert dependencies([*EARLIER, asks])[2] == {0, 1}
