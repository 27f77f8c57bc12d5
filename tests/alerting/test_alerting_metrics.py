"""What alerting says of itself: every way is there from the start, and a watchdog that was never delivered is old."""

from __future__ import annotations

from alerting_support import START_MS, Bench, config_of
from prometheus_client import CollectorRegistry

from watchglass.alerting.metrics import AlertingMetrics
from watchglass.alerting.notify.notifier import REASONS
from watchglass.alerting.runner import AlertRunner
from watchglass.alerting.watchdog import Watchdog, with_watchdog

ROUTES = """
route: {receiver: ops}
receivers:
- name: ops
  webhook_configs: [{url: 'http://127.0.0.1:9/'}, {url: 'http://127.0.0.1:9/'}]
- name: dead-man
  slack_configs: [{api_url: YOUR_SLACK_WEBHOOK_URL, channel: '#a'}]
"""
PATIENCE, LAST = "watchglass_watchdog_patience_seconds", "watchglass_watchdog_last_delivered_timestamp_seconds"


def metrics_of(config) -> CollectorRegistry:
    bench, registry = Bench(config), CollectorRegistry()
    runner = AlertRunner(bench.manager, lambda integration: None, bench.clock)
    AlertingMetrics(registry, bench.clock).follow(bench.manager, runner)
    return registry


def test_every_way_is_there_before_it_is_used():
    """Else the first notification that is lost would be no increase, and no rule would see it."""
    registry = metrics_of(config_of(ROUTES))
    for receiver, kind in (("ops", "webhook"), ("dead-man", "slack")):
        way = {"receiver": receiver, "integration": kind}
        assert registry.get_sample_value("watchglass_alerting_notifications_total", way) == 0
        lost = [
            registry.get_sample_value("watchglass_alerting_notifications_failed_total", {**way, "reason": reason})
            for reason in REASONS
        ]
        assert lost == [0] * 6
    assert registry.get_sample_value("watchglass_alerting_integrations_disabled") == 1


def test_a_watchdog_that_nobody_can_be_told_of_is_as_old_as_the_process():
    config = with_watchdog(config_of(ROUTES), Watchdog("dead-man", 60_000, 3))
    registry = metrics_of(config)
    way = {"receiver": "dead-man", "integration": "slack[0]"}
    assert registry.get_sample_value(LAST, way) == START_MS / 1000
    assert registry.get_sample_value(PATIENCE, way) == 180
    assert metrics_of(config_of(ROUTES)).get_sample_value(PATIENCE, way) is None
