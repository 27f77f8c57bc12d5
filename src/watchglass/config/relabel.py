"""Relabelling rules as a configuration file writes them.

Source: prometheus/prometheus, model/relabel/relabel.go (Config.Validate).
"""

from __future__ import annotations

import re
from typing import Any

from watchglass.collect.job import RelabelAction, RelabelRule
from watchglass.wire.schema import Context, Parser, Section, Table, label_name, list_of, section, text, unsigned
from watchglass.wire.yaml import Node

LEGACY_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LEGACY_TEMPLATE = re.compile(r"(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+", re.ASCII)

_DEFAULT = RelabelRule()
_TO_TARGET = frozenset(
    {
        RelabelAction.REPLACE, RelabelAction.HASHMOD, RelabelAction.LOWERCASE, RelabelAction.UPPERCASE,
        RelabelAction.KEEP_EQUAL, RelabelAction.DROP_EQUAL,
    }
)  # fmt: skip
_EQUAL = frozenset({RelabelAction.KEEP_EQUAL, RelabelAction.DROP_EQUAL})
_CASE = frozenset({RelabelAction.LOWERCASE, RelabelAction.UPPERCASE})
_LABELS = frozenset({RelabelAction.LABELDROP, RelabelAction.LABELKEEP})


def _action(node: Node, key: str, context: Context) -> RelabelAction:
    del context
    word = node.text(key)
    try:
        return RelabelAction(word.lower())
    except ValueError:
        known = ", ".join(action.value for action in RelabelAction)
        raise node.error(f'unknown relabel action "{word}"; known are {known}', key) from None


def _regex(node: Node, key: str, context: Context) -> str:
    from watchglass.regex import RegexError, compile_anchored  # noqa: PLC0415 - RE2 is only needed where rules are

    del context
    pattern = node.text(key)
    try:
        compile_anchored(pattern)
    except RegexError as error:
        raise node.error(f"error parsing regexp: {error}", key) from None
    return pattern


def _check(read: Section, context: Context) -> RelabelRule:
    del context
    emptied: dict[str, Any] = {name: "" for name in ("regex", "separator", "replacement") if _is_null(read, name)}
    rule = RelabelRule(**read.values, **emptied)
    action = rule.action
    if action is RelabelAction.HASHMOD and rule.modulus == 0:
        raise read.error("relabel configuration for hashmod requires non-zero modulus")
    if action in _TO_TARGET and not rule.target_label:
        raise read.error(f"relabel configuration for {action.value} action requires 'target_label' value")
    if action in _CASE | _EQUAL and rule.replacement != _DEFAULT.replacement:
        raise read.error(f"'replacement' can not be set for {action.value} action", "replacement")
    if action is RelabelAction.LABELMAP and not rule.replacement:
        raise read.error(f"\"\" is invalid 'replacement' for {action.value} action", "replacement")
    if action in _EQUAL and read.values.keys() - {"action", "source_labels", "target_label"} and not _is_plain(rule):
        raise read.error(f"{action.value} action requires only 'source_labels' and `target_label`, and no other fields")
    if action in _LABELS and (rule.source_labels or rule.target_label or not _is_plain(rule, but_regex=True)):
        raise read.error(f"{action.value} action requires only 'regex', and no other fields")
    return rule


def _is_null(read: Section, name: str) -> bool:
    return name in read.nodes and read.nodes[name].is_null


def _is_plain(rule: RelabelRule, *, but_regex: bool = False) -> bool:
    same_regex = but_regex or rule.regex == _DEFAULT.regex
    others = (rule.modulus, rule.separator, rule.replacement)
    return same_regex and others == (_DEFAULT.modulus, _DEFAULT.separator, _DEFAULT.replacement)


def invalid_in_legacy(rule: RelabelRule) -> str:
    """What is wrong with a rule where `metric_name_validation_scheme` is `legacy`; empty when nothing is."""
    action = rule.action
    is_template = action is RelabelAction.REPLACE and "$" in rule.target_label
    pattern = _LEGACY_TEMPLATE if is_template else LEGACY_LABEL
    if action in _TO_TARGET and not pattern.fullmatch(rule.target_label):
        return f"\"{rule.target_label}\" is invalid 'target_label' for {action.value} action"
    if action is RelabelAction.LABELMAP and not _LEGACY_TEMPLATE.fullmatch(rule.replacement):
        return f"\"{rule.replacement}\" is invalid 'replacement' for {action.value} action"
    return ""


RELABEL: Table = {
    "source_labels": list_of(label_name),
    "separator": text,
    "regex": _regex,
    "modulus": unsigned,
    "target_label": text,
    "replacement": text,
    "action": _action,
}


def relabel_rules(empty: str) -> Parser:
    """A parser of a list of rules; `empty` is Prometheus's message about a null one."""
    return list_of(section(RELABEL, _check), empty)
