"""What is wrong with the files beside a pack's rules: their tests, in promtool's form, and the routes, in Alertmanager's.

The tools themselves say more; here it is whether the files fit the rules and are whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from watchglass.packs.pack import members
from watchglass.packs.rules import RULES_FILE
from watchglass.rules.definition import RuleDefinition
from watchglass.wire.yaml import Node, load_yaml_file

TESTS_FILE = "rules_test.yaml"
ROUTES_FILE = "routes.yaml"

_TEST_KEYS = ("rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare")
_CASE_KEYS = (
    "name", "interval", "input_series", "alert_rule_test", "promql_expr_test", "external_labels", "external_url",
    "start_timestamp",
)  # fmt: skip
_ALERT_KEYS = ("eval_time", "alertname", "exp_alerts")
_ROUTES_KEYS = (
    "global", "route", "receivers", "inhibit_rules", "templates", "time_intervals", "mute_time_intervals",
)  # fmt: skip
_ROUTE_KEYS = (
    "receiver", "group_by", "continue", "matchers", "match", "match_re", "group_wait", "group_interval",
    "repeat_interval", "mute_time_intervals", "active_time_intervals", "routes",
)  # fmt: skip


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


def check_routes(folder: Path) -> list[str]:
    """What is wrong with the routes: every one leads to a receiver that is there.

    Raises:
        ConfigError: the file cannot be read, has a key that is not known, or lacks one.
    """
    path = folder / ROUTES_FILE
    if not path.is_file():
        return []
    root = load_yaml_file(path)
    given = members(root, "", _ROUTES_KEYS)
    for needed in ("route", "receivers"):
        if needed not in given:
            raise root.error(f"{needed} is missing")
    names = [_name(node, f"receivers[{at}]") for at, node in enumerate(given["receivers"].items("receivers"))]
    return list(_route(given["route"], "route", names))


def _name(node: Node, at: str) -> str:
    name = next((value for key, value in node.pairs(at) if key.value == "name"), None)
    if name is None:
        raise node.error("name is missing", at)
    return name.text(f"{at}.name")


def _route(node: Node, at: str, receivers: Sequence[str]) -> Iterator[str]:
    given = members(node, at, _ROUTE_KEYS)
    if at == "route" and "receiver" not in given:
        raise node.error("receiver is missing", at)
    receiver = given.get("receiver")
    if receiver is not None and receiver.value not in receivers:
        near = _near(receiver.value, receivers)
        yield f'{node.path}:{receiver.line}: {at}.receiver: there is no receiver "{receiver.value}"{near}'
    for index, item in enumerate(given["routes"].items(f"{at}.routes") if "routes" in given else []):
        yield from _route(item, f"{at}.routes[{index}]", receivers)


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""
