"""What is wrong with the tests of a pack's rules, in promtool's form: whether they fit the rules and are whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from watchglass.packs.pack import members
from watchglass.packs.rules import RULES_FILE
from watchglass.rules.definition import RuleDefinition
from watchglass.wire.yaml import Node, load_yaml_file

TESTS_FILE = "rules_test.yaml"

_TEST_KEYS = ("rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare")
_CASE_KEYS = (
    "name", "interval", "input_series", "alert_rule_test", "promql_expr_test", "external_labels", "external_url",
    "start_timestamp",
)  # fmt: skip
_ALERT_KEYS = ("eval_time", "alertname", "exp_alerts")


def check_tests(folder: Path, alerts: Sequence[RuleDefinition]) -> list[str]:
    """What is wrong with the tests of rules; where there are any, each rule has a case that fires and one that does not.

    Raises:
        ConfigError: the file cannot be read, or has a key that is not known.
    """
    path = folder / TESTS_FILE
    if not path.is_file():
        return []
    known = [rule.name for rule in alerts]
    faults: list[str] = []
    seen: set[tuple[str, bool]] = set()
    given = members(load_yaml_file(path), "", _TEST_KEYS)
    if RULES_FILE not in (given["rule_files"].texts("rule_files") if "rule_files" in given else ()):
        faults.append(f"{path}: rule_files does not name {RULES_FILE}")
    for at, node in enumerate(given["tests"].items("tests") if "tests" in given else []):
        for name, alert, fires in _asked(node, f"tests[{at}]"):
            seen.add((name, fires))
            if name not in known:
                faults.append(f'{path}:{alert.line}: {RULES_FILE} has no alert "{name}"{_near(name, known)}')
    cases = ((True, "fires"), (False, "does not fire"))
    faults += [
        f"{path}: no case says when {name} {what}"
        for name in known
        for fires, what in cases
        if (name, fires) not in seen
    ]
    return faults


def _asked(node: Node, at: str) -> Iterator[tuple[str, Node, bool]]:
    """The alerts that a case asks about, and whether they fire in it."""
    given = members(node, at, _CASE_KEYS)
    for index, item in enumerate(given["alert_rule_test"].items(at) if "alert_rule_test" in given else []):
        key = f"{at}.alert_rule_test[{index}]"
        alert = members(item, key, _ALERT_KEYS)
        if "alertname" not in alert:
            raise item.error("alertname is missing", key)
        fires = "exp_alerts" in alert and bool(alert["exp_alerts"].items(f"{key}.exp_alerts"))
        yield alert["alertname"].text(f"{key}.alertname"), item, fires


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""
