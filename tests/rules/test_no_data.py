"""Rules that have nothing to judge are told apart from those that judge that all is well."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from rules_support import Bench

from watchglass.errors import QueryError
from watchglass.rules.alert_state import AlertState
from watchglass.rules.no_data import NoData, measured, sources


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("up == 0", "up"),
        ("5 < up", "up"),
        ("count(up == 0) > 2", "count(up)"),
        ("rate(a[5m]) / rate(b[5m]) > 0.1 and c > 5", "rate(a[5m]) / rate(b[5m]) and c"),
        ("a > 1 unless b > 2", "a"),
        ("a > on (job) b", "a + on (job) b"),
        ("a > bool 1 == 1", "a > bool 1"),
        ("absent(up)", ""),
        ("absent(a) or b > 5", ""),
        ("changes(a[1h])", ""),
    ],
)
def test_what_is_compared_is_left_of_an_expression(query, text):
    assert measured(query) == text


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ('rate(errors{job="a",code=~"5.."}[5m] offset 1h) > 1', ['errors{job="a"}']),
        ("a / on (x) b{instance!='y'} > 5", ["a", 'b{instance!="y"}']),
        ('{__name__=~"a.*"} > 1', []),
    ],
)
def test_the_metrics_of_an_expression_are_those_of_its_targets(query, texts):
    assert sources(query) == texts


def test_what_was_never_counted_is_no_lack_of_data_where_its_metric_is_there(tmp_path):
    bench = Bench(tmp_path)
    bench.put(0, {'requests{job="shop",code="200"}': 1, 'up{job="shop"}': 1})
    errors, other, gone = (
        Rule(query)
        for query in (
            'requests{job="shop",code="500"} > 1',
            'requests{job="elsewhere",code="500"} > 1',
            'up{job="shop"} > 0 and queue > 5',
        )
    )
    found = NoData(bench.around.query).look([(errors, 0), (other, 0), (gone, 0)])

    assert found == {other: None, gone: None}


def test_when_the_last_data_was_there_is_found_in_the_store(tmp_path):
    bench = Bench(tmp_path)
    for minute in range(10):
        bench.put(minute * 60_000, {"queue": 1})
    rule = Rule("queue > 5")
    (since_ms,) = NoData(bench.around.query).look([(rule, 3_600_000)]).values()

    assert 9 * 60_000 <= since_ms <= 9 * 60_000 + 300_000  # a sample counts for five minutes


class Rule:
    def __init__(self, query, state=AlertState.INACTIVE, health="ok"):
        self.query, self.state, self.health = query, state, health


def test_only_quiet_rules_without_data_are_found_and_since_when_is_asked_once():
    asked = []

    def query(text, _at_ms):
        asked.append(text)
        if text == "broken":
            raise QueryError("no")
        values = {"there": [1.0], "max_over_time((group(gone) * time())[86400000ms:5m])": [1000.0]}
        return SimpleNamespace(values=np.array(values.get(text, [])))

    gone, never = Rule("gone > 1"), Rule("never > 1")
    others = [
        Rule("there > 1"),
        Rule("broken > 1"),
        Rule("gone > 1", AlertState.FIRING),
        Rule("gone > 1", health="err"),
    ]
    watch = NoData(query)
    rules = [(each, 5_000_000) for each in (gone, never, *others)]
    assert watch.look(rules) == {gone: 1_000_000, never: None}
    before = len(asked)
    assert watch.look(rules) == {gone: 1_000_000, never: None}
    assert sum("max_over_time" in text for text in asked[before:]) == 0
