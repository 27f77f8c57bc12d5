"""Reading rule files: every key known, and a file that is wrong anywhere refused as a whole, with the place of every fault.

Source: prometheus/prometheus, model/rulefmt/rulefmt.go; rules/manager.go (LoadGroups).
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from watchglass.errors import ConfigError, QueryError, QuerySyntaxError, TemplateError
from watchglass.model.duration import near_duration, parse_duration
from watchglass.model.labels import METRIC_NAME
from watchglass.promql.parse import parse
from watchglass.rules.definition import GroupDefinition, RuleDefinition
from watchglass.wire.faults import Faults
from watchglass.wire.yaml import Node, load_yaml_file, unknown_key

GROUP_KEYS = ("name", "interval", "query_offset", "limit", "labels", "rules")
RULE_KEYS = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")

_LEGACY_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_WHOLE = re.compile(r"[-+]?\d{1,18}")


def read_rule_file(path: Path, *, legacy_names: bool = False) -> tuple[GroupDefinition, ...]:
    """The groups of a file, in its order.

    Args:
        path: the file; groups carry it as text.
        legacy_names: names are of ASCII letters, digits and `_` only, as before Prometheus 3.

    Raises:
        ConfigError: it is wrong; names file, line, key and what is expected, and stands for every fault found.
    """
    return _Reader(str(path), legacy_names=legacy_names).read(load_yaml_file(path))


def read_rule_files(patterns: Sequence[str], *, legacy_names: bool = False) -> tuple[GroupDefinition, ...]:
    """The groups of all files that match a pattern.

    Raises:
        ConfigError: a file is wrong; stands for the faults of all files.
    """
    groups: list[GroupDefinition] = []
    faults = Faults()
    for path in matching_files(patterns):
        with faults.kept():
            groups += read_rule_file(Path(path), legacy_names=legacy_names)
    faults.check()
    return tuple(groups)


def matching_files(patterns: Sequence[str]) -> list[str]:
    """The files that patterns name, each once; a pattern that names none is nothing wrong."""
    found = (name for pattern in patterns for name in sorted(glob.glob(pattern, include_hidden=True)))  # noqa: PTH207
    return list(dict.fromkeys(found))


def alerts_of(groups: Sequence[GroupDefinition]) -> Iterator[RuleDefinition]:
    """The rules that alert, in the order of the file."""
    return (rule for group in groups for rule in group.rules if rule.is_alert)


def recorded(groups: Iterable[GroupDefinition]) -> set[str]:
    """The names of the series that rules record."""
    return {rule.name for group in groups for rule in group.rules if not rule.is_alert}


class _Reader:
    """Reads the nodes of one file, and keeps the faults of each."""

    def __init__(self, path: str, *, legacy_names: bool) -> None:
        self._path, self._legacy_names = path, legacy_names
        self._faults = Faults()

    def read(self, root: Node) -> tuple[GroupDefinition, ...]:
        groups: dict[str, GroupDefinition] = {}
        given = self._members(root, "", ("groups",))
        for at, node in enumerate(self._items(given, "groups", "")):
            with self._faults.kept():
                group = self._group(node, f"groups[{at}]")
                if group.name in groups:
                    raise node.error(f'a group named "{group.name}" is there already', f"groups[{at}].name")
                groups[group.name] = group
        self._faults.check()
        return tuple(groups.values())

    def _members(self, node: Node, at: str, known: Sequence[str]) -> dict[str, Node]:
        given: dict[str, Node] = {}
        for key, value in node.pairs(at):
            if key.value in known:
                given[key.value] = value
            else:
                self._faults.add(key.error(unknown_key(key.value, known), at))
        return given

    def _items(self, given: Mapping[str, Node], key: str, at: str) -> list[Node]:
        try:
            return given[key].items(f"{at}{key}") if key in given else []
        except ConfigError as error:
            self._faults.add(error)
            return []

    def _group(self, node: Node, at: str) -> GroupDefinition:
        given = self._members(node, at, GROUP_KEYS)
        name = given["name"].text(f"{at}.name") if "name" in given else ""
        if not name:
            raise node.error("name is missing", at)
        shared = self._texts(given, "labels", at)
        rules = []
        for index, item in enumerate(self._items(given, "rules", f"{at}.")):
            with self._faults.kept():
                rules.append(self._rule(item, f"{at}.rules[{index}]", shared))
        return GroupDefinition(
            name,
            tuple(rules),
            self._path,
            interval_ms=self._duration(given, "interval", at) or None,
            query_offset_ms=self._duration(given, "query_offset", at),
            limit=self._whole(given, "limit", at),
        )

    def _rule(self, node: Node, at: str, shared: Mapping[str, str]) -> RuleDefinition:
        given = self._members(node, at, RULE_KEYS)
        kinds = [kind for kind in ("alert", "record") if kind in given and given[kind].text(f"{at}.{kind}")]
        if len(kinds) != 1:
            raise node.error("a rule has either alert or record", at)
        kind = kinds[0]
        rule = RuleDefinition(
            name=given[kind].text(f"{at}.{kind}"),
            expr=self._expression(node, given, at),
            is_alert=kind == "alert",
            hold_ms=self._duration(given, "for", at) or 0,
            keep_firing_ms=self._duration(given, "keep_firing_for", at) or 0,
            labels={**shared, **self._texts(given, "labels", at)},
            annotations=self._texts(given, "annotations", at),
            hold=given["for"].value if "for" in given else "",
            line=node.line,
        )
        with self._faults.kept():
            (self._check_alert if rule.is_alert else self._check_record)(rule, given, at)
        return rule

    def _check_record(self, rule: RuleDefinition, given: Mapping[str, Node], at: str) -> None:
        said = (("for", rule.hold_ms), ("keep_firing_for", rule.keep_firing_ms), ("annotations", rule.annotations))
        for key in (key for key, value in said if value):
            raise given[key].error(f"a rule that records has no {key}", f"{at}.{key}")
        if "{" in rule.name or "}" in rule.name:
            raise given["record"].error("the name of a series holds no braces: do they belong to expr?", f"{at}.record")
        if self._legacy_names and not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", rule.name):
            raise given["record"].error(f'"{rule.name}" is no name of a series', f"{at}.record")

    def _check_alert(self, rule: RuleDefinition, given: Mapping[str, Node], at: str) -> None:
        for key, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
            for name, text in texts.items():
                if why := _template_fault(text, rule.name):
                    node = _member(given.get(key), name) or given.get(key, given["alert"])
                    self._faults.add(node.error(f"is no template: {why}", f"{at}.{key}.{name}"))

    def _expression(self, node: Node, given: Mapping[str, Node], at: str) -> str:
        if "expr" not in given or not given["expr"].text(f"{at}.expr"):
            raise node.error("expr is missing", at)
        text = given["expr"].text(f"{at}.expr")
        try:
            parse(text)
        except QuerySyntaxError as error:
            message = f"{error}" + (f"; {error.hint}" if error.hint else "")
            self._faults.add(given["expr"].error(message, f"{at}.expr"))
        except QueryError as error:
            self._faults.add(given["expr"].error(str(error), f"{at}.expr"))
        return text

    def _duration(self, given: Mapping[str, Node], key: str, at: str) -> int | None:
        """Milliseconds; None where the key is not there."""
        if key not in given or given[key].is_null:
            return None
        try:
            return read_duration(given[key], f"{at}.{key}")
        except ConfigError as error:
            self._faults.add(error)
            return None

    def _whole(self, given: Mapping[str, Node], key: str, at: str) -> int:
        text = given[key].text(f"{at}.{key}") if key in given else "0"
        if not _WHOLE.fullmatch(text or "0"):
            self._faults.add(given[key].error(f'expected a whole number, got "{text}"', f"{at}.{key}"))
            return 0
        return int(text or "0")

    def _texts(self, given: Mapping[str, Node], key: str, at: str) -> dict[str, str]:
        found: dict[str, str] = {}
        with self._faults.kept():
            for name, value in given[key].pairs(f"{at}.{key}") if key in given else []:
                with self._faults.kept():
                    self._check_name(name, key, at)
                    found[name.value] = value.text(f"{at}.{key}.{name.value}")
        return found

    def _check_name(self, name: Node, key: str, at: str) -> None:
        is_name = _LEGACY_LABEL.fullmatch(name.value) if self._legacy_names else name.value
        if not is_name or (key == "labels" and name.value == METRIC_NAME):
            raise name.error(f'"{name.value}" is no name of a label', f"{at}.{key}")


def _template_fault(text: str, name: str) -> str:
    """Why a text is no template; empty where it is one."""
    if "{{" not in text:
        return ""
    from watchglass.gotemplate.reason import reason  # noqa: PLC0415 - only where there is one
    from watchglass.rules.templates import KNOWN_WORDS, check  # noqa: PLC0415 - likewise

    try:
        check(text, name=name)
    except TemplateError as error:
        return reason(error, KNOWN_WORDS)
    return ""


def _member(node: Node | None, name: str) -> Node | None:
    """The value of a key; None where the mapping has none, as that of labels that come from the group."""
    pairs = node.pairs() if node is not None else []
    return next((value for key, value in pairs if key.value == name), None)


def read_duration(node: Node, key: str) -> int:
    """Milliseconds of a duration in a file.

    Raises:
        ConfigError: it is none.
    """
    text = node.text(key)
    try:
        return parse_duration(text)
    except ValueError:
        near = near_duration(text)
        hint = f'; did you mean "{near}"?' if near else ""
        raise node.error(f'expected a duration such as 5m, got "{text}"{hint}', key) from None
