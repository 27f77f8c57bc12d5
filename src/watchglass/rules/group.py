"""A group of rules: evaluated one after another at one time, each seeing what those before it have written.

What is decided follows from the time of the evaluation alone, so that stored history and a virtual clock drive it as well.
Source: prometheus/prometheus, rules/group.go.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import numpy as np

from watchglass.errors import WatchglassError
from watchglass.interfaces import Batch
from watchglass.model.sample import STALE
from watchglass.promql.limits import QueryCanceledError
from watchglass.rules.alerting import AlertingRule
from watchglass.rules.commit import Commit, Entry
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.dependencies import dependencies
from watchglass.rules.metrics import GroupMetrics, RuleMetrics
from watchglass.rules.recording import RecordingRule
from watchglass.rules.rule import BAD, Rule
from watchglass.rules.schedule import Schedule
from watchglass.rules.series import NO_REFS, Refs
from watchglass.rules.surroundings import Surroundings

log = logging.getLogger("watchglass.rules")


class Group:
    """Rules that are running. One thread at a time evaluates it.

    Args:
        definition: its interval and query offset filled in.
        around: the parts that it works with.
        metrics: where it counts.
        restored: there is no state of alerts to look for from before a restart.

    Attributes:
        evaluation_s: how long the last evaluation took.
        evaluated_ms: when the last evaluation began, by the clock; None before the first.
        stopped: set it to end after the rule that is being evaluated.
    """

    def __init__(
        self,
        definition: GroupDefinition,
        around: Surroundings,
        metrics: GroupMetrics | None = None,
        *,
        restored: bool = True,
    ) -> None:
        assert definition.interval_ms
        self.definition = definition
        self.schedule = Schedule.of(definition.file, definition.name, definition.interval_ms)
        self.rules: tuple[Rule, ...] = tuple(
            AlertingRule(rule, restored=restored) if rule.is_alert else RecordingRule(rule) for rule in definition.rules
        )
        self.evaluation_s = 0.0
        self.evaluated_ms: int | None = None
        self.stopped = False
        self._around = around
        self._metrics = metrics or RuleMetrics().of_group(definition.key)
        self._metrics.set("interval", definition.interval_ms / 1000)
        self._metrics.set("rules", len(self.rules))
        self._reads = dependencies(definition.rules)
        self._ended = NO_REFS  # series of rules that a reload took away
        self._series_group: int | None = None

    @property
    def query_offset_ms(self) -> int:
        """How far before its time it asks."""
        return self.definition.query_offset_ms or 0

    @property
    def alerting(self) -> list[AlertingRule]:
        """Its rules that alert."""
        return [rule for rule in self.rules if isinstance(rule, AlertingRule)]

    def evaluate(self, now_ms: int) -> None:
        """Evaluate all rules at one time; what goes wrong with one is kept there."""
        begun_ms, began_s = self._around.clock.now_ms(), time.perf_counter()
        self._metrics.count("scheduled")
        commit = Commit(
            self._around.appender, self._group(), now_ms - self.query_offset_ms, self._around.options.commit_s
        )
        samples = 0
        for place, rule in enumerate(self.rules):
            if self.stopped:
                break
            if commit.holds_any(self._reads[place]):
                self._settle(commit)
            samples += self._evaluate_rule(place, rule, commit, now_ms)
        self._settle(commit)
        self._end_series(now_ms)
        self._note(time.perf_counter() - began_s, begun_ms, samples)

    def _group(self) -> int:
        if self._series_group is None:
            self._series_group = self._around.appender.open_group(f"rules/{self.definition.key}")
        return self._series_group

    def _evaluate_rule(self, place: int, rule: Rule, commit: Commit, now_ms: int) -> int:
        """Evaluate one rule; gives the number of its samples."""
        rule.evaluated_ms, began_s = self._around.clock.now_ms(), time.perf_counter()
        try:
            answer = self._around.query(rule.query, now_ms - self.query_offset_ms)
            written = rule.write(answer, self._around, now_ms, self.definition.limit)
        except WatchglassError as error:
            self._fail(rule, error)
            return 0
        except Exception as error:
            log.exception("a rule failed by a fault of ours", extra=self._named(rule))
            self._fail(rule, error)
            return 0
        finally:
            rule.evaluation_s = time.perf_counter() - began_s
            self._metrics.rule_took(rule.evaluation_s)
        rule.succeed()
        if isinstance(rule, AlertingRule):
            rule.send(self._around, now_ms, self.schedule.interval_ms)
        commit.add(Entry(place, rule, written))
        return len(written.refs)

    def _fail(self, rule: Rule, error: Exception) -> None:
        was_bad = rule.health == BAD and rule.error == str(error)
        rule.fail(str(error) or type(error).__name__)
        self._metrics.count("failures")
        if not was_bad and not isinstance(error, QueryCanceledError):
            log.warning("a rule cannot be evaluated", extra={**self._named(rule), "error": rule.error})

    def _settle(self, commit: Commit) -> None:
        for rule in commit.settle():
            self._metrics.count("failures")
            log.warning("samples of a rule are not stored", extra={**self._named(rule), "error": rule.error})

    def _named(self, rule: Rule) -> dict[str, str]:
        return {"file": self.definition.file, "group": self.definition.name, "rule": rule.name}

    def _note(self, took_s: float, begun_ms: int, samples: int) -> None:
        self.evaluation_s, self.evaluated_ms = took_s, begun_ms
        self._metrics.group_took(took_s)
        self._metrics.set("last_rule_sum", sum(rule.evaluation_s for rule in self.rules))
        self._metrics.set("last_time", begun_ms / 1000)
        self._metrics.set("samples", samples)

    def skip(self, missed: int) -> None:
        """Count slots that passed without an evaluation."""
        if missed > 0:
            self._metrics.count("missed", missed)
            self._metrics.count("scheduled", missed)

    # Reloads

    def take_over(self, before: Group) -> None:
        """Go on where an older configuration of the group has stopped: rules of one name and labels are the same ones."""
        self.evaluation_s, self.evaluated_ms = before.evaluation_s, before.evaluated_ms
        left = list(before.rules)
        for rule in self.rules:
            same = next((other for other in left if _identity(other) == _identity(rule)), None)
            if same is not None:
                left.remove(same)
                rule.take_over(same)
        self._ended = _joined([before._ended, *(rule.live for rule in left)])

    def end(self, now_ms: int, *, closes: bool = True) -> None:
        """The group is no longer configured: end its series, and close its group of the store unless one of its key uses it again."""
        self._ended = _joined([self._ended, *(rule.live for rule in self.rules)])
        self._end_series(now_ms)
        if closes:
            self._around.appender.close_group(self._group())

    def _end_series(self, now_ms: int) -> None:
        """End the series of rules that are gone; one that another rule has written since goes on."""
        if not len(self._ended):
            return
        stale = Batch(self._ended, np.full(len(self._ended), STALE), now_ms - self.query_offset_ms, self._group())
        try:
            self._around.appender.append(stale).result(self._around.options.commit_s)
        except (WatchglassError, TimeoutError) as error:
            log.warning("series of rules that are gone are not ended", extra={"error": str(error)})
        else:
            self._ended = NO_REFS


def _identity(rule: Rule) -> tuple[str, dict[str, str]]:
    return rule.name, dict(rule.definition.labels)


def _joined(refs: Sequence[Refs]) -> Refs:
    return np.unique(np.concatenate(refs)).astype(np.uint32) if refs else NO_REFS
