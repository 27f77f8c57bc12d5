"""Which rules of a group read what earlier ones of it write, so that only those wait for it to be stored.

Source: prometheus/prometheus, rules/group.go (buildDependencyMap).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from watchglass.model.alert import ALERT_NAME
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import Call, VectorSelector, walk
from watchglass.promql.parse import parse
from watchglass.regex import accepts_of
from watchglass.rules.definition import RuleDefinition

ALERTS = "ALERTS"
ALERTS_FOR_STATE = "ALERTS_FOR_STATE"


def dependencies(rules: Sequence[RuleDefinition]) -> list[frozenset[int]]:
    """For each rule, the places of the earlier ones that it may read."""
    written = _Written()
    found = []
    for rule in rules:
        found.append(frozenset(_read_by(rule, written)))
        written.add(rule)
    return found


class _Written:
    """What the rules so far write: most selectors name one metric, which none of them does."""

    def __init__(self) -> None:
        self.count = 0
        self._recorded: dict[str, list[int]] = {}
        self._alerts: dict[str, list[int]] = {}

    def add(self, rule: RuleDefinition) -> None:
        (self._alerts if rule.is_alert else self._recorded).setdefault(rule.name, []).append(self.count)
        self.count += 1

    def matching(self, matchers: Sequence[Matcher]) -> Iterator[int]:
        """The places of the rules of which a selector may see series."""
        names = [matcher for matcher in matchers if matcher.name == METRIC_NAME]
        if not names:
            yield from range(self.count)
            return
        yield from _places(self._recorded, names)
        if _places({ALERTS: [0], ALERTS_FOR_STATE: [0]}, names):
            yield from _places(self._alerts, [matcher for matcher in matchers if matcher.name == ALERT_NAME])


def _places(by_name: Mapping[str, list[int]], matchers: Sequence[Matcher]) -> list[int]:
    """The places under names that all matchers accept."""
    if len(matchers) == 1 and matchers[0].type is MatchType.EQUAL:
        return by_name.get(matchers[0].value, [])
    tests = [accepts_of(matcher) for matcher in matchers]
    return [place for name, places in by_name.items() if all(test(name) for test in tests) for place in places]


def _read_by(rule: RuleDefinition, written: _Written) -> Iterator[int]:
    if not written.count:
        return
    if _asks_in_templates(rule):
        yield from range(written.count)
        return
    for node in walk(parse(rule.expr)):
        if isinstance(node, VectorSelector):
            yield from written.matching(node.matchers)
        elif isinstance(node, Call) and node.name == "info":  # reads series that no selector of it names
            yield from range(written.count)


def _asks_in_templates(rule: RuleDefinition) -> bool:
    texts = (*rule.labels.values(), *rule.annotations.values()) if rule.is_alert else ()
    return any("{{" in text and "query" in text for text in texts)
