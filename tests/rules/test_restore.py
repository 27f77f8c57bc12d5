"""After a restart: alerts go on waiting where they were, with the time without a server left out."""

from __future__ import annotations

import pytest
from rules_support import MINUTE, Bench

from watchglass.rules.restore import restore

RULE = "alert: High, expr: x, for: 30m, labels: {severity: page}, annotations: {a: b}"


def run(bench, group, minutes):
    for minute in minutes:
        bench.put(minute * MINUTE, {'x{a="1"}': 1})
        group.evaluate(minute * MINUTE)


@pytest.mark.parametrize(
    ("waited", "down", "active_minute"),
    [
        (10, 20, 20),  # 20 of 30 minutes remain, and go on remaining
        (25, 20, 45 + 10 - 30),  # 5 remain, and the grace period is 10
        (40, 20, 0),  # it had fired, and fires again
        (10, 90, None),  # longer than is tolerated: it begins anew
    ],
)
def test_since_when_an_alert_is_pending(tmp_path, waited, down, active_minute):
    bench = Bench(tmp_path)
    run(bench, bench.group(RULE), range(waited + 1))
    again = waited + down
    group = bench.group(RULE, restored=False)
    run(bench, group, [again])
    rule = group.alerting[0]
    assert bench.ask("ALERTS", again * MINUTE) == {}  # nothing is written over what is to be read
    assert restore(rule, bench.store, bench.around.options, again * MINUTE) == (active_minute is not None)
    expected = again if active_minute is None else active_minute
    assert (rule.active()[0].active_ms // MINUTE, rule.restored) == (expected, True)
    run(bench, group, [again + 1])
    fired = again + 1 - expected >= 30
    assert [str(alert.state) for alert in rule.active()] == ["firing" if fired else "pending"]


def test_an_alert_that_had_ended_begins_anew(tmp_path):
    bench = Bench(tmp_path)
    old = bench.group(RULE)
    run(bench, old, range(20))
    bench.put(20 * MINUTE, {'x{a="2"}': 1})
    old.evaluate(26 * MINUTE)  # the first series is too old now
    group = bench.group(RULE, restored=False)
    run(bench, group, [30])
    assert restore(group.alerting[0], bench.store, bench.around.options, 30 * MINUTE) == 0


def test_a_short_hold_is_simply_waited_for(tmp_path):
    bench = Bench(tmp_path)
    rule = "alert: High, expr: x, for: 5m"
    run(bench, bench.group(rule), range(10))
    group = bench.group(rule, restored=False)
    run(bench, group, [12])
    assert restore(group.alerting[0], bench.store, bench.around.options, 12 * MINUTE) == 0
    assert group.alerting[0].restored
