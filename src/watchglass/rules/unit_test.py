"""Runs tests of rules: the groups that the server would run, over series from the file and a clock of their own.

Source: prometheus/prometheus, cmd/promtool/unittest.go (ruleUnitTest, testGroup.test).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from watchglass.clock import ManualClock
from watchglass.errors import QueryError
from watchglass.interfaces import Batch, Queryable
from watchglass.model.duration import format_duration
from watchglass.model.labels import Labels, escape
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.promql.sample_text import format_value
from watchglass.rules.alert_state import AlertState
from watchglass.rules.answer import Answer, as_answer
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.group import Group
from watchglass.rules.memory_store import MemoryStore
from watchglass.rules.read import matching_files, read_rule_file
from watchglass.rules.rule import BAD
from watchglass.rules.surroundings import RuleOptions, Surroundings
from watchglass.rules.templates import Environment, expand
from watchglass.rules.unit_test_file import AlertTest, ExpectedAlert, ExprTest, InputSeries, RuleTests, TestCase

_UNBOUNDED = RuleOptions(max_alerts=10**9, max_series=10**9)

Pairs = Sequence[tuple[str, str]]


class Failure(NamedTuple):
    """A test that failed: where it stands, and what was expected and found."""

    line: int
    text: str


def run_rule_tests(tests: RuleTests, wanted: Sequence[TestCase] | None = None) -> Iterator[Failure]:
    """Run the cases of a file, or those that are wanted.

    Raises:
        ConfigError: a rule file is wrong.
    """
    groups = [group for name in matching_files(tests.rule_files) for group in read_rule_file(Path(name))]
    order = {name: place for place, name in enumerate(tests.group_order)}
    groups.sort(key=lambda group: order.get(group.name, 0))
    for case in tests.cases if wanted is None else wanted:
        yield from _Run(tests, case, groups).failures()


class _Run:
    """One case on its way through time."""

    def __init__(self, tests: RuleTests, case: TestCase, definitions: Sequence[GroupDefinition]) -> None:
        self._case, self._step_ms, self._fuzzy = case, tests.interval_ms, tests.fuzzy
        self._store = MemoryStore()
        self._engine = Engine(cast("Queryable", self._store), EngineOptions(default_step_ms=tests.interval_ms))
        self._input = _Input(self._store, case)
        around = self._around()
        self._groups = [Group(_resolved(each, case.interval_ms), around) for each in definitions]
        self._waiting = sorted(case.alerts, key=lambda test: test.at_ms)

    def _around(self) -> Surroundings:
        case = self._case
        environment = Environment(
            lambda expr, at_ms: self._ask(expr, at_ms).rows(), case.external_labels, case.external_url
        )
        storage = cast("Queryable", self._store)
        return Surroundings(
            query=self._ask,
            appender=self._store,
            storage=storage,
            emit=lambda _: None,
            expand=partial(expand, environment=environment),
            clock=ManualClock(),
            options=_UNBOUNDED,
        )

    def _ask(self, expr: str, time_ms: int) -> Answer:
        return as_answer(self._engine.instant(expr, time_ms))

    def failures(self) -> Iterator[Failure]:
        """Evaluate from the start to the latest time that is asked for, looking at alerts on the way."""
        start_ms = self._case.start_ms
        for time_ms in range(0, self._case.end_ms + 1, self._step_ms):
            self._input.append_until(time_ms)
            for group in self._groups:
                group.evaluate(start_ms + time_ms)
            errors = list(self._errors(time_ms))
            yield from errors
            if errors:
                return
            yield from self._look_at_alerts(time_ms)
        for test in self._case.exprs:
            yield from self._look_at(test)

    def _errors(self, time_ms: int) -> Iterator[Failure]:
        for group in self._groups:
            for rule in group.rules:
                if rule.health == BAD:
                    text = f"rule {rule.name} failed at {format_duration(time_ms)}: {rule.error}"
                    yield Failure(self._case.line, self._named(text))

    def _look_at_alerts(self, time_ms: int) -> Iterator[Failure]:
        """The tests of the time from here to the next evaluation."""
        while self._waiting and self._waiting[0].at_ms < time_ms + self._step_ms:
            test = self._waiting.pop(0)
            expected, found = sorted(test.expected, key=_alert_order), sorted(self._firing(test.name), key=_alert_order)
            if expected != found:
                yield Failure(test.line, self._named(_alert_text(test, expected, found)))

    def _firing(self, name: str) -> list[ExpectedAlert]:
        return [
            ExpectedAlert(tuple(alert.labels), tuple(alert.annotations))
            for group in self._groups
            for rule in group.alerting
            if rule.name == name
            for alert in rule.active()
            if alert.state is AlertState.FIRING
        ]

    def _look_at(self, test: ExprTest) -> Iterator[Failure]:
        try:
            answer = self._ask(test.expr, self._case.start_ms + test.at_ms)
        except QueryError as error:
            text = f"{test.expr} at {format_duration(test.at_ms)}: {error}"
            yield Failure(test.line, self._named(text))
            return
        found, expected = sorted(answer.rows(), key=_labels_of), sorted(test.expected, key=_labels_of)
        if not _equal(expected, found, fuzzy=self._fuzzy):
            head = f"{test.expr} at {format_duration(test.at_ms)}"
            yield Failure(
                test.line, self._named(_comparison(head, map(_sample_text, expected), map(_sample_text, found)))
            )

    def _named(self, text: str) -> str:
        return f"{self._case.name}: {text}" if self._case.name else text


class _Input:
    """The series of a case, which appear as time goes on."""

    def __init__(self, store: MemoryStore, case: TestCase) -> None:
        self._store, self._case = store, case
        self._refs = [store.series_ref(each.labels) for each in case.series]
        self._steps = 0

    def append_until(self, time_ms: int) -> None:
        """Append all samples up to a time, in ms from the start."""
        while self._steps * self._case.interval_ms <= time_ms:
            self._append_step(self._steps)
            self._steps += 1

    def _append_step(self, step: int) -> None:
        samples = [
            (ref, value)
            for ref, series in zip(self._refs, self._case.series, strict=True)
            if (value := _at(series, step)) is not None
        ]
        if samples:
            refs, values = zip(*samples, strict=True)
            time_ms = self._case.start_ms + step * self._case.interval_ms
            self._store.append(Batch(np.array(refs, np.uint32), np.array(values, np.float64), time_ms))


def _at(series: InputSeries, step: int) -> float | None:
    return series.values[step] if step < len(series.values) else None


def _resolved(group: GroupDefinition, interval_ms: int) -> GroupDefinition:
    return replace(group, interval_ms=group.interval_ms or interval_ms)


def _equal(expected: Sequence[tuple[Labels, float]], found: Sequence[tuple[Labels, float]], *, fuzzy: bool) -> bool:
    """Whether samples are the same; a NaN equals nothing, as in promtool."""
    if len(expected) != len(found):
        return False
    pairs = zip(expected, found, strict=True)
    return all(wanted[0] == got[0] and _same(wanted[1], got[1], fuzzy=fuzzy) for wanted, got in pairs)


def _same(left: float, right: float, *, fuzzy: bool) -> bool:
    return left == right or (fuzzy and right in {math.nextafter(left, math.inf), math.nextafter(left, -math.inf)})


def _labels_of(sample: tuple[Labels, float]) -> Labels:
    return sample[0]


def _alert_order(alert: ExpectedAlert) -> tuple[Pairs, Pairs]:
    return alert.labels, alert.annotations


def _alert_text(test: AlertTest, expected: Sequence[ExpectedAlert], found: Sequence[ExpectedAlert]) -> str:
    head = f"{test.name} at {format_duration(test.at_ms)}"
    return _comparison(head, map(_shown, expected), map(_shown, found))


def _comparison(head: str, expected: Iterator[str], found: Iterator[str]) -> str:
    def listed(texts: Iterator[str]) -> str:
        return "".join(f"\n        {text}" for text in texts) or " nothing"

    return f"{head}\n      expected:{listed(expected)}\n      found:{listed(found)}"


def _shown(alert: ExpectedAlert) -> str:
    annotations = f" with {_braced(alert.annotations)}" if alert.annotations else ""
    return _braced(alert.labels) + annotations


def _braced(pairs: Pairs) -> str:
    return "{" + ", ".join(f'{name}="{escape(value)}"' for name, value in pairs) + "}"


def _sample_text(sample: tuple[Labels, float]) -> str:
    return f"{sample[0]} {format_value(sample[1])}"
