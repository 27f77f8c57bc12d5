"""What rules tell of themselves: Prometheus's `prometheus_rule_*`, under our own name.

Source: prometheus/prometheus, rules/group.go (NewGroupMetrics).
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

_BUCKETS = (0.01, 0.1, 1, 10)
_GROUP = ["rule_group"]
_COUNTERS = {
    "scheduled": ("group_iterations", "Scheduled evaluations of groups, missed ones included."),
    "missed": ("group_iterations_missed", "Evaluations of groups that were left out, because one took too long."),
    "evaluations": ("evaluations", "Evaluations of rules."),
    "failures": ("evaluation_failures", "Evaluations of rules that failed."),
}
_GAUGES = {
    "interval": ("group_interval_seconds", "The interval of a group."),
    "last_time": ("group_last_evaluation_timestamp_seconds", "When a group was evaluated last."),
    "last_duration": ("group_last_duration_seconds", "How long the last evaluation of a group took."),
    "last_rule_sum": ("group_last_rule_duration_sum_seconds", "The same, counting only the time of its rules."),
    "restore": ("group_last_restore_duration_seconds", "How long it took to find the state of alerts again."),
    "rules": ("group_rules", "Rules of a group."),
    "samples": ("group_last_evaluation_samples", "Samples that the last evaluation of a group gave."),
}


class RuleMetrics:
    """The `watchglass_rule_*` family, on the registry given; none registers it nowhere."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        def named(name: str) -> str:
            return f"watchglass_rule_{name}"

        self._counters = {
            key: Counter(named(name), text, _GROUP, registry=registry) for key, (name, text) in _COUNTERS.items()
        }
        self._gauges = {
            key: Gauge(named(name), text, _GROUP, registry=registry) for key, (name, text) in _GAUGES.items()
        }
        self.rule_seconds = Summary(
            named("evaluation_duration_seconds"), "How long rules take to evaluate.", registry=registry
        )
        self.rule_seconds_histogram = Histogram(
            named("evaluation_duration_histogram_seconds"), "The same, by size.", buckets=_BUCKETS, registry=registry
        )
        self.group_seconds = Summary(
            named("group_duration_seconds"), "How long groups take to evaluate.", registry=registry
        )
        self.group_seconds_histogram = Histogram(
            named("group_duration_histogram_seconds"), "The same, by size.", buckets=_BUCKETS, registry=registry
        )

    def of_group(self, key: str) -> GroupMetrics:
        """Those of one group, all at 0."""
        counters = {name: metric.labels(key) for name, metric in self._counters.items()}
        return GroupMetrics(self, counters, {name: metric.labels(key) for name, metric in self._gauges.items()})

    def forget(self, key: str) -> None:
        """A group is gone."""
        for metric in (*self._counters.values(), *self._gauges.values()):
            metric.remove(key)


class GroupMetrics:
    """The metrics of one group."""

    def __init__(self, shared: RuleMetrics, counters: Mapping[str, Counter], gauges: Mapping[str, Gauge]) -> None:
        self._shared, self._counters, self._gauges = shared, counters, gauges

    def count(self, name: str, number: float = 1) -> None:
        """Add to a counter."""
        self._counters[name].inc(number)

    def set(self, name: str, value: float) -> None:
        """Set a gauge."""
        self._gauges[name].set(value)

    def rule_took(self, seconds: float) -> None:
        """Note one evaluation of a rule."""
        self._counters["evaluations"].inc()
        self._shared.rule_seconds.observe(seconds)
        self._shared.rule_seconds_histogram.observe(seconds)

    def group_took(self, seconds: float) -> None:
        """Note one evaluation of the group."""
        self.set("last_duration", seconds)
        self._shared.group_seconds.observe(seconds)
        self._shared.group_seconds_histogram.observe(seconds)
