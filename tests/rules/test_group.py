"""Groups of rules: what they record, when alerts wait, fire and end, what is sent of them, and what goes wrong with one alone."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from rules_support import MINUTE, Bench

from watchglass.errors import QueryTimeoutError, StoreError
from watchglass.model.labels import Labels
from watchglass.rules.alert_state import AlertState
from watchglass.rules.memory_store import MemoryStore
from watchglass.rules.surroundings import RuleOptions


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def states(group):
    return [str(alert.state) for alert in group.alerting[0].active()]


def test_a_later_rule_sees_what_an_earlier_one_recorded_at_the_same_time(bench):
    bench.put(0, {'up{job="a", instance="1"}': 1, 'up{job="a", instance="2"}': 1})
    group = bench.group(
        "record: 'job:up:sum', expr: 'sum by (job) (up)', labels: {team: x}",
        "record: 'team:up:double', expr: 'job:up:sum * 2', labels: {job: ''}",
    )
    group.evaluate(0)
    assert bench.ask("job:up:sum", 0) == {'job:up:sum{job="a", team="x"}': 2.0}
    assert bench.ask("team:up:double", 0) == {'team:up:double{team="x"}': 4.0}
    assert [rule.health for rule in group.rules] == ["ok", "ok"]


def test_a_scalar_is_recorded_without_labels(bench):
    bench.group("record: answer, expr: '42'").evaluate(0)
    assert bench.ask("answer", 0) == {"answer{}": 42.0}


def test_a_series_that_vanishes_ends_at_once(bench):
    group = bench.group("record: seen, expr: 'x > 1'")
    bench.put(0, {'x{a="1"}': 2, 'x{a="2"}': 2})
    group.evaluate(0)
    bench.put(MINUTE, {'x{a="1"}': 2, 'x{a="2"}': 0})
    group.evaluate(MINUTE)
    assert bench.ask("seen", MINUTE) == {'seen{a="1"}': 2.0}


def test_an_alert_waits_fires_and_ends(bench):
    group = bench.group("alert: High, expr: 'x > 1', for: 2m, labels: {severity: page, x: '{{ $labels.a }}'}")
    seen = []
    for minute, value in enumerate([2, 3, 4, 5, 0, 0]):
        bench.put(minute * MINUTE, {'x{a="1"}': value})
        group.evaluate(minute * MINUTE)
        seen.append((states(group), sorted(bench.ask("ALERTS", minute * MINUTE)), len(bench.take_sent())))
    own = 'a="1", alertname="High", alertstate="{}", severity="page", x="1"'
    pending, firing = "ALERTS{" + own.format("pending") + "}", "ALERTS{" + own.format("firing") + "}"
    assert seen == [
        (["pending"], [pending], 0),
        (["pending"], [pending], 0),
        (["firing"], [firing], 1),
        (["firing"], [firing], 0),  # sent again only after more than a minute
        ([], [], 1),
        ([], [], 0),
    ]
    assert bench.ask("ALERTS_FOR_STATE", 3 * MINUTE) == {
        'ALERTS_FOR_STATE{a="1", alertname="High", severity="page", x="1"}': 0.0
    }


def test_what_is_sent_of_an_alert(bench):
    group = bench.group(
        "alert: High, expr: 'x > 1', annotations: {summary: 'is {{ $value }} at {{ $labels.a }}', none: ''}"
    )
    bench.put(0, {'x{a="1"}': 7})
    group.evaluate(0)
    [alert] = bench.take_sent()
    assert alert.labels == Labels.of(alertname="High", a="1")
    assert alert.annotations == (("none", ""), ("summary", "is 7 at 1"))
    assert (alert.starts_ms, alert.ends_ms) == (0, 4 * MINUTE)
    assert alert.generator_url == "http://here/graph?g0.expr=x+%3E+1&g0.tab=1"
    bench.put(MINUTE, {'x{a="1"}': 0})
    group.evaluate(MINUTE)
    [resolved] = bench.take_sent()
    assert (resolved.starts_ms, resolved.ends_ms, resolved.is_resolved(MINUTE)) == (0, MINUTE, True)


def test_a_resolved_alert_is_told_of_for_a_quarter_of_an_hour(bench):
    group = bench.group("alert: High, expr: 'x > 1'")
    bench.put(0, {"x": 7})
    group.evaluate(0)
    for minute in range(1, 30):
        bench.put(minute * MINUTE, {"x": 0})
        group.evaluate(minute * MINUTE)
    ended = [alert for alert in bench.take_sent() if alert.ends_ms == MINUTE]
    assert [(alert.updated_ms // MINUTE) for alert in ended] == list(range(1, 17, 2))
    assert group.alerting[0].alerts == {}


def test_an_alert_is_kept_firing(bench):
    group = bench.group("alert: High, expr: 'x > 1', keep_firing_for: 2m")
    seen = []
    for minute, value in enumerate([2, 0, 0, 2, 0, 0, 0]):
        bench.put(minute * MINUTE, {"x": value})
        group.evaluate(minute * MINUTE)
        seen.append(states(group))
    assert seen == [["firing"]] * 6 + [[]]


def test_a_group_asks_in_the_past_and_writes_there(bench):
    group = bench.group("record: seen, expr: x", "alert: High, expr: x", query_offset="2m")
    bench.put(0, {"x": 1})
    bench.put(2 * MINUTE, {"x": 2})
    group.evaluate(2 * MINUTE)
    assert bench.ask("seen", 0) == {"seen{}": 1.0}
    assert (group.alerting[0].active()[0].active_ms, bench.take_sent()[0].starts_ms) == (2 * MINUTE, 2 * MINUTE)
    assert bench.ask("ALERTS", 0) == {'ALERTS{alertname="High", alertstate="firing"}': 1.0}


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("record: r, expr: x", "exceeded limit of 2 with 3 series"),
        ("alert: r, expr: x", "exceeded limit of 2 with 3 alerts"),
        ("record: r, expr: x, labels: {a: same}", "vector contains metrics with the same labelset after applying rule labels"),
        ("alert: r, expr: x, labels: {a: same}", "vector contains metrics with the same labelset after applying alert labels"),
        ("record: r, expr: '\"text\"'", "rule result is not a vector or scalar"),
        ("alert: r, expr: 'x * on () x'", "found duplicate series for the match group"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_kept_as_the_error_of_its_rule(bench, rule, error):
    bench.put(0, {f'x{{a="{n}"}}': n for n in range(1, 4)})
    group = bench.group(rule, "record: fine, expr: 'count(x)'", limit=2)
    group.evaluate(0)
    bad, fine = group.rules
    assert (bad.health, fine.health, bench.ask("fine", 0)) == ("err", "ok", {"fine{}": 3.0})
    assert error in bad.error
    assert bench.take_sent() == []


def test_a_hundred_thousand_alerts_are_refused_before_a_template_is_looked_at(tmp_path):
    bench = Bench(tmp_path, options=RuleOptions(max_alerts=1000, max_series=2000))
    group = bench.group(
        "alert: Many, expr: x, annotations: {summary: '{{ query `x` | first | value }}'}",
        "record: many, expr: x",
        "record: n, expr: 'count(x)'",
    )
    refs = np.array([bench.store.series_ref(Labels.of(__name__="x", n=str(n))) for n in range(100_000)], np.uint32)
    from watchglass.interfaces import Batch

    bench.store.append(Batch(refs, np.ones(len(refs)), 0)).result()
    group.evaluate(0)
    assert [rule.error for rule in group.rules] == [
        "the expression answers with 100000 alerts, and a rule may have 1000 (rules.max_alerts)",
        "the rule would record 100000 series, and one may record 2000 (rules.max_series)",
        "",
    ]
    assert bench.ask("n", 0) == {"n{}": 100_000.0}


def test_templates_may_take_only_so_long_together(tmp_path):
    bench = Bench(tmp_path, options=RuleOptions(templates_s=-1))
    bench.put(0, {'x{a="1"}': 1, 'x{a="2"}': 2})
    group = bench.group(
        "alert: Said, expr: x, annotations: {plain: text, summary: '{{ $value }}'}",
        "alert: Labelled, expr: x, labels: {size: '{{ $value }}'}",
    )
    group.evaluate(0)
    said, labelled = group.rules
    why = "the templates take more than -1 s (rules.templates_timeout)"

    assert said.health == "ok"
    assert [dict(alert.annotations) for alert in said.active()] == [
        {"plain": "text", "summary": f"<error expanding template: {why}>"}
    ] * 2
    assert (labelled.error, labelled.active()) == (why, [])


def test_a_query_that_takes_too_long_fails_its_rule_alone(tmp_path):
    bench = Bench(tmp_path)

    def query(expr, time_ms):
        if "slow" in expr:
            raise QueryTimeoutError("query timed out in expression evaluation")
        return bench.around_query(expr, time_ms)

    bench = Bench(tmp_path, query=query)
    group = bench.group("record: a, expr: slow", "record: b, expr: '1'")
    group.evaluate(0)
    assert [(rule.health, rule.error) for rule in group.rules] == [
        ("err", "query timed out in expression evaluation"),
        ("ok", ""),
    ]
    assert bench.ask("b", 0) == {"b{}": 1.0}


def test_a_template_that_fails_says_so_in_its_place(bench):
    bench.put(0, {"x": 7})
    group = bench.group("alert: High, expr: x, annotations: {a: '{{ query `none` | first }}', b: 'is {{ $value }}'}")
    group.evaluate(0)
    annotations = bench.take_sent()[0].annotations
    assert annotations.get("b") == "is 7"
    assert annotations.get("a").startswith("<error expanding template: error executing template __alert_High: ")
    assert annotations.get("a").endswith("error calling first: first() called on vector with no elements>")


def test_two_rules_that_write_one_series_are_told_apart(bench):
    bench.put(0, {"x": 1, "y": 2})
    group = bench.group("record: same, expr: x", "record: same, expr: y", "record: other, expr: y")
    group.evaluate(0)
    assert [rule.error for rule in group.rules] == ["", "duplicate sample for timestamp (1 of them)", ""]
    assert bench.ask("same", 0) == {"same{}": 1.0}


def test_a_clock_that_goes_back_spoils_nothing_but_the_samples_of_that_time(bench):
    group = bench.group("record: r, expr: x", "alert: High, expr: x, for: 1m")
    for time_ms in (10 * MINUTE, 11 * MINUTE):
        bench.put(time_ms, {"x": 1})
        group.evaluate(time_ms)
    assert states(group) == ["firing"]
    group.evaluate(10 * MINUTE)
    assert group.rules[0].error == "out of order sample (1 of them)"
    bench.put(12 * MINUTE, {"x": 3})
    group.evaluate(12 * MINUTE)
    assert (group.rules[0].health, bench.ask("r", 12 * MINUTE)) == ("ok", {"r{}": 3.0})


class FullDisk(MemoryStore):
    full = False

    def append(self, batch):
        if not self.full:
            return super().append(batch)
        future = Future()
        future.set_exception(StoreError("database or disk is full"))
        return future


def test_a_full_disk_fails_rules_and_stops_no_alert(tmp_path):
    bench = Bench(tmp_path, store=FullDisk())
    group = bench.group("record: r, expr: x", "alert: High, expr: x, for: 1m")
    bench.put(0, {"x": 1})
    bench.store.full = True
    group.evaluate(0)
    group.evaluate(MINUTE)
    assert [rule.error for rule in group.rules] == ["database or disk is full"] * 2
    assert [alert.name for alert in bench.take_sent()] == ["High"]
    bench.store.full = False
    group.evaluate(2 * MINUTE)
    assert [rule.health for rule in group.rules] == ["ok", "ok"]


def test_a_reload_keeps_alerts_and_ends_series_of_rules_that_are_gone(bench):
    old = bench.group("record: gone, expr: x", "alert: High, expr: x, for: 5m", "record: kept, expr: x")
    bench.put(0, {"x": 1})
    old.evaluate(0)
    new = bench.group("alert: High, expr: 'x > 0', for: 1m", "record: kept, expr: x")
    new.take_over(old)
    bench.put(MINUTE, {"x": 1})
    new.evaluate(MINUTE)
    assert states(new) == ["firing"]
    assert (bench.ask("gone", MINUTE), bench.ask("kept", MINUTE)) == ({}, {"kept{}": 1.0})


def test_a_hold_that_becomes_longer_makes_an_alert_wait_again(bench):
    old = bench.group("alert: High, expr: x, for: 1m")
    for minute in (0, 1):
        bench.put(minute * MINUTE, {"x": 1})
        old.evaluate(minute * MINUTE)
    assert states(old) == ["firing"]
    new = bench.group("alert: High, expr: x, for: 3m")
    new.take_over(old)
    seen = []
    for minute in (2, 3):
        bench.put(minute * MINUTE, {"x": 1})
        new.evaluate(minute * MINUTE)
        seen += states(new)
    assert seen == ["pending", "firing"]


def test_a_group_that_is_gone_ends_its_series(bench):
    group = bench.group("record: r, expr: x", "alert: High, expr: x")
    bench.put(0, {"x": 1})
    group.evaluate(0)
    group.end(MINUTE)
    assert (bench.ask("r", MINUTE), bench.ask("ALERTS", MINUTE)) == ({}, {})


def test_a_stopped_group_ends_after_the_rule_at_hand(bench):
    group = bench.group("record: a, expr: '1'", "record: b, expr: '1'")
    group.stopped = True
    group.evaluate(0)
    assert [rule.health for rule in group.rules] == ["unknown", "unknown"]


def test_the_state_of_a_rule_is_that_of_its_worst_alert(bench):
    group = bench.group("alert: High, expr: x, for: 1m")
    rule = group.alerting[0]
    assert rule.state is AlertState.UNKNOWN
    group.evaluate(0)
    assert rule.state is AlertState.INACTIVE
    bench.put(MINUTE, {'x{a="1"}': 1})
    group.evaluate(MINUTE)
    assert rule.state is AlertState.PENDING
    bench.put(2 * MINUTE, {'x{a="1"}': 1, 'x{a="2"}': 1})
    group.evaluate(2 * MINUTE)
    assert (rule.state, sorted(map(str, (each.state for each in rule.active())))) == (
        AlertState.FIRING,
        ["firing", "pending"],
    )
