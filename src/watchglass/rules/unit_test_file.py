"""promtool's test files: what they say, with the line of every test, and every key known.

Source: prometheus/prometheus, cmd/promtool/unittest.go; docs/configuration/unit_testing_rules.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watchglass.model.labels import Labels
from watchglass.rules.series_notation import NotationError, parse_samples, parse_series
from watchglass.wire.schema import Context, Section, Table, boolean, duration, list_of, section, string_map, text, texts
from watchglass.wire.yaml import Node, load_yaml_file

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class InputSeries:
    """A series and one value a step; None for no sample there."""

    labels: Labels
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert that is to fire. Pairs in order of names, empty values too."""

    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AlertTest:
    """Which alerts of one name fire at a time, in ms from the start."""

    name: str
    at_ms: int
    expected: tuple[ExpectedAlert, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ExprTest:
    """What an expression answers at a time, in ms from the start."""

    expr: str
    at_ms: int
    expected: tuple[tuple[Labels, float], ...]
    line: int


@dataclass(frozen=True, slots=True)
class TestCase:
    """Series, and what the rules make of them."""

    __test__ = False  # it is no test of pytest's

    name: str
    interval_ms: int
    series: tuple[InputSeries, ...]
    alerts: tuple[AlertTest, ...]
    exprs: tuple[ExprTest, ...]
    external_labels: Labels
    external_url: str
    start_ms: int
    line: int

    @property
    def end_ms(self) -> int:
        """The latest time that is asked for, from the start."""
        return max([test.at_ms for test in self.alerts] + [test.at_ms for test in self.exprs], default=0)


@dataclass(frozen=True, slots=True)
class RuleTests:
    """One file. `rule_files` are globs; groups of `group_order` are evaluated in that order."""

    path: str
    rule_files: tuple[str, ...]
    interval_ms: int
    group_order: tuple[str, ...]
    fuzzy: bool
    cases: tuple[TestCase, ...]


def read_rule_tests(path: Path) -> RuleTests:
    """Read a file of tests.

    Raises:
        ConfigError: it is wrong; names file, line, key and what is expected, and stands for every fault found.
    """
    root = load_yaml_file(path)
    context = Context(path.parent)
    read: Section = section(_FILE)(root, "", context)
    order = read.get("group_eval_order", ())
    for name in order:
        if order.count(name) > 1:
            raise read.error(f'the group "{name}" is there twice', "group_eval_order")
    interval_ms = read.get("evaluation_interval") or MINUTE_MS
    cases = tuple(_case(each, interval_ms) for each in read.get("tests", ()))
    files = tuple(str(path.parent / name) for name in read.get("rule_files", ()))
    return RuleTests(str(path), files, interval_ms, tuple(order), read.get("fuzzy_compare", False), cases)


def _case(read: Section, interval_ms: int) -> TestCase:
    return TestCase(
        read.get("name", ""),
        read.get("interval") or interval_ms,
        read.get("input_series", ()),
        read.get("alert_rule_test", ()),
        read.get("promql_expr_test", ()),
        Labels.of(read.get("external_labels", {})),
        read.get("external_url", ""),
        read.get("start_timestamp", 0),
        read.node.line,
    )


def _series(read: Section, context: Context) -> InputSeries:
    del context
    return InputSeries(_noted(read, "series", parse_series), tuple(_noted(read, "values", parse_samples)))


def _noted(read: Section, name: str, parse: Any) -> Any:
    try:
        return parse(read.get(name, ""))
    except NotationError as error:
        raise read.error(str(error), name) from None


def _alert_test(read: Section, context: Context) -> AlertTest:
    del context
    if not read.get("alertname"):
        raise read.error("alertname is missing")
    name = read.get("alertname")
    expected = tuple(
        ExpectedAlert(
            _pairs({**each.get("exp_labels", {}), "alertname": name}), _pairs(each.get("exp_annotations", {}))
        )
        for each in read.get("exp_alerts", ())
    )
    return AlertTest(name, read.get("eval_time", 0), expected, read.node.line)


def _pairs(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(given.items()))


def _expr_test(read: Section, context: Context) -> ExprTest:
    del context
    return ExprTest(read.get("expr", ""), read.get("eval_time", 0), read.get("exp_samples", ()), read.node.line)


def _sample(read: Section, context: Context) -> tuple[Labels, float]:
    del context
    if read.get("histogram"):
        raise read.error("native histograms are not supported yet", "histogram")
    return _noted(read, "labels", parse_series), read.get("value", 0.0)


def _value(node: Node, key: str, context: Context) -> float:
    """A number; the words of YAML and of Go for what is none are taken."""
    del context
    word = node.text(key).replace("_", "")
    try:
        return float(word.removeprefix(".") if word.lower().lstrip("+-.") in {"nan", "inf"} else word)
    except ValueError:
        if word.lower() in {"-.inf", "+.inf"}:
            return math.copysign(math.inf, -1 if word[0] == "-" else 1)
        raise node.error(f'expected a number, got "{word}"', key) from None


def _start(node: Node, key: str, context: Context) -> int:
    """Milliseconds of RFC 3339, or of seconds since 1970."""
    del context
    word = node.text(key)
    try:
        return round(float(word) * 1000)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(word)
    except ValueError:
        raise node.error(f'expected a time such as 2026-11-21T18:00:00Z, got "{word}"', key) from None
    return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


_SERIES: Table = {"series": text, "values": text}
_ALERT: Table = {"exp_labels": string_map, "exp_annotations": string_map}
_ALERT_TEST: Table = {"eval_time": duration, "alertname": text, "exp_alerts": list_of(section(_ALERT))}
_SAMPLE: Table = {"labels": text, "value": _value, "histogram": text}
_EXPR_TEST: Table = {"expr": text, "eval_time": duration, "exp_samples": list_of(section(_SAMPLE, _sample))}
CASE: Table = {
    "name": text,
    "interval": duration,
    "input_series": list_of(section(_SERIES, _series)),
    "alert_rule_test": list_of(section(_ALERT_TEST, _alert_test)),
    "promql_expr_test": list_of(section(_EXPR_TEST, _expr_test)),
    "external_labels": string_map,
    "external_url": text,
    "start_timestamp": _start,
}
_FILE: Table = {
    "rule_files": texts,
    "evaluation_interval": duration,
    "group_eval_order": texts,
    "fuzzy_compare": boolean,
    "tests": list_of(section(CASE)),
}
