"""The rules of a pack: plain Prometheus rules, read with the place of every fault.

Keys and what they mean are those of Prometheus (model/rulefmt/rulefmt.go); expressions are parsed as its own are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchglass.errors import QuerySyntaxError
from watchglass.model.duration import parse_duration
from watchglass.packs.pack import members
from watchglass.promql.parse import parse
from watchglass.wire.yaml import Node, load_yaml_file

RULES_FILE = "rules.yaml"

_GROUP_KEYS = ("name", "interval", "query_offset", "limit", "labels", "rules")
_RULE_KEYS = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: of the alert, or of the series that it records.
        expr: its expression.
        is_alert: it alerts; else it records.
        hold: how long its expression must have an answer, such as `5m`; empty for at once.
        labels: that it adds.
        annotations: texts, with the templates in them.
        line: where it stands.
    """

    name: str
    expr: str
    is_alert: bool
    hold: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated together; `interval` is empty where it is that of all groups."""

    name: str
    rules: tuple[Rule, ...]
    interval: str = ""


def read_rules(path: Path) -> tuple[RuleGroup, ...]:
    """The groups of a file of rules; none where there is no such file.

    Raises:
        ConfigError: it is wrong; names file, line, key and what is expected.
    """
    if not path.is_file():
        return ()
    given = members(load_yaml_file(path), "", ("groups",))
    groups: dict[str, RuleGroup] = {}
    for at, node in enumerate(given["groups"].items("groups") if "groups" in given else []):
        group = _group(node, f"groups[{at}]")
        if group.name in groups:
            raise node.error(f'a group named "{group.name}" is there already', f"groups[{at}].name")
        groups[group.name] = group
    return tuple(groups.values())


def alerts_of(groups: tuple[RuleGroup, ...]) -> Iterator[Rule]:
    """The rules that alert, in the order of the file."""
    return (rule for group in groups for rule in group.rules if rule.is_alert)


def _group(node: Node, at: str) -> RuleGroup:
    given = members(node, at, _GROUP_KEYS)
    for needed in ("name", "rules"):
        if needed not in given or given[needed].is_null:
            raise node.error(f"{needed} is missing", at)
    rules = tuple(_rule(item, f"{at}.rules[{index}]") for index, item in enumerate(given["rules"].items(f"{at}.rules")))
    return RuleGroup(given["name"].text(f"{at}.name"), rules, _duration(given, "interval", at))


def _rule(node: Node, at: str) -> Rule:
    given = members(node, at, _RULE_KEYS)
    kinds = [kind for kind in ("alert", "record") if kind in given]
    if len(kinds) != 1:
        raise node.error("a rule has either alert or record", at)
    if "expr" not in given or given["expr"].is_null:
        raise node.error("expr is missing", at)
    kind = kinds[0]
    for key in ("for", "keep_firing_for", "annotations"):
        if kind == "record" and key in given:
            raise given[key].error(f"a rule that records has no {key}", f"{at}.{key}")
    _duration(given, "keep_firing_for", at)
    return Rule(
        name=given[kind].text(f"{at}.{kind}"),
        expr=_expression(given["expr"], f"{at}.expr"),
        is_alert=kind == "alert",
        hold=_duration(given, "for", at),
        labels=_texts(given, "labels", at),
        annotations=_texts(given, "annotations", at),
        line=node.line,
    )


def _expression(node: Node, key: str) -> str:
    text = node.text(key)
    try:
        parse(text)
    except QuerySyntaxError as error:
        raise node.error(f"{error}" + (f"; {error.hint}" if error.hint else ""), key) from None
    return text


def _duration(given: Mapping[str, Node], key: str, at: str) -> str:
    if key not in given:
        return ""
    text = given[key].text(f"{at}.{key}")
    try:
        parse_duration(text)
    except ValueError:
        raise given[key].error(f'expected a duration such as 5m, got "{text}"', f"{at}.{key}") from None
    return text


def _texts(given: Mapping[str, Node], key: str, at: str) -> dict[str, str]:
    found = {}
    for name, value in given[key].pairs(f"{at}.{key}") if key in given else []:
        if _LABEL.fullmatch(name.value) is None:
            raise name.error(f'"{name.value}" is no name of a label', f"{at}.{key}")
        found[name.value] = value.text(f"{at}.{key}.{name.value}")
    return found
