"""Relabelling: rules that rewrite label sets, or drop what carries them.

Used twice: on a target's labels before it is scraped, and on each series that a target exposes.

Source: prometheus/prometheus, model/relabel/relabel.go; Go's regexp.Expand for the templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import re2

from watchglass.collect.job import RelabelAction, RelabelRule
from watchglass.errors import ConfigError
from watchglass.regex import RegexError, compile_anchored, compile_re2, replacement_parts

MutableLabels = dict[str, str]
"""Labels under work, by name; an empty value means absent."""

Step = Callable[[MutableLabels], bool]
"""One rule, compiled: it changes the labels, or says False to drop what carries them."""

_NEEDS_TARGET = {
    RelabelAction.REPLACE, RelabelAction.HASHMOD, RelabelAction.LOWERCASE, RelabelAction.UPPERCASE,
    RelabelAction.KEEP_EQUAL, RelabelAction.DROP_EQUAL,
}  # fmt: skip


class Match(Protocol):
    """A match of a regular expression, as `re` and `re2` give it."""

    def group(self, group: int, /) -> str | None:
        """The text of a numbered group; None when it took no part."""


def compile_rules(rules: Sequence[RelabelRule], *, key: str = "relabel_configs") -> Callable[[MutableLabels], bool]:
    """Compile rules into one function that changes labels in place and says whether to keep what carries them.

    Args:
        rules: applied in this order.
        key: the configuration key that they came from, for errors.

    Raises:
        ConfigError: a rule is incomplete, or its regular expression does not compile.
    """
    steps = [_compile(rule, f"{key}[{index}]") for index, rule in enumerate(rules)]
    return lambda labels: all(step(labels) for step in steps)


def _compile(rule: RelabelRule, key: str) -> Step:
    if rule.action in _NEEDS_TARGET and not rule.target_label:
        raise ConfigError(f"the action {rule.action.value} needs a target_label", key=f"{key}.target_label")
    if rule.action is RelabelAction.HASHMOD and rule.modulus <= 0:
        raise ConfigError("the action hashmod needs a modulus above 0", key=f"{key}.modulus")
    try:
        return _ACTIONS[rule.action](rule)
    except RegexError as error:
        raise ConfigError(f"the regular expression does not compile: {error}", key=f"{key}.regex") from None


def _source(rule: RelabelRule, labels: MutableLabels) -> str:
    return rule.separator.join(labels.get(name, "") for name in rule.source_labels)


def _put(labels: MutableLabels, name: str, value: str) -> None:
    if value:
        labels[name] = value
    else:
        labels.pop(name, None)


def _keep(rule: RelabelRule) -> Step:
    matches = compile_anchored(rule.regex)
    return lambda labels: matches(_source(rule, labels))


def _drop(rule: RelabelRule) -> Step:
    matches = compile_anchored(rule.regex)
    return lambda labels: not matches(_source(rule, labels))


def _keep_equal(rule: RelabelRule) -> Step:
    return lambda labels: labels.get(rule.target_label, "") == _source(rule, labels)


def _drop_equal(rule: RelabelRule) -> Step:
    return lambda labels: labels.get(rule.target_label, "") != _source(rule, labels)


def _replace(rule: RelabelRule) -> Step:
    pattern = compile_re2(rule.regex)
    target_of, value_of = _template(rule.target_label, pattern), _template(rule.replacement, pattern)

    def step(labels: MutableLabels) -> bool:
        match = pattern.fullmatch(_source(rule, labels))
        if match:
            target = target_of(match)
            if target:
                _put(labels, target, value_of(match))
        return True

    return step


def _hashmod(rule: RelabelRule) -> Step:
    def step(labels: MutableLabels) -> bool:
        digest = hashlib.md5(_source(rule, labels).encode(), usedforsecurity=False).digest()
        labels[rule.target_label] = str(int.from_bytes(digest[8:]) % rule.modulus)
        return True

    return step


def _labelmap(rule: RelabelRule) -> Step:
    pattern = compile_re2(rule.regex)
    name_of = _template(rule.replacement, pattern)

    def step(labels: MutableLabels) -> bool:
        for name, value in list(labels.items()):
            match = pattern.fullmatch(name)
            if match and (mapped := name_of(match)):
                labels[mapped] = value
        return True

    return step


def _label_filter(rule: RelabelRule, *, keep: bool) -> Step:
    matches = compile_anchored(rule.regex)

    def step(labels: MutableLabels) -> bool:
        for name in [name for name in labels if matches(name) is not keep]:
            del labels[name]
        return True

    return step


def _change_case(rule: RelabelRule, change: Callable[[str], str]) -> Step:
    def step(labels: MutableLabels) -> bool:
        _put(labels, rule.target_label, "".join(map(change, _source(rule, labels))))
        return True

    return step


def _lower(letter: str) -> str:
    return letter.lower()[0]  # Go maps letter by letter: never one to two


def _upper(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


_ACTIONS: dict[RelabelAction, Callable[[RelabelRule], Step]] = {
    RelabelAction.REPLACE: _replace,
    RelabelAction.KEEP: _keep,
    RelabelAction.DROP: _drop,
    RelabelAction.KEEP_EQUAL: _keep_equal,
    RelabelAction.DROP_EQUAL: _drop_equal,
    RelabelAction.HASHMOD: _hashmod,
    RelabelAction.LABELMAP: _labelmap,
    RelabelAction.LABELDROP: lambda rule: _label_filter(rule, keep=False),
    RelabelAction.LABELKEEP: lambda rule: _label_filter(rule, keep=True),
    RelabelAction.LOWERCASE: lambda rule: _change_case(rule, _lower),
    RelabelAction.UPPERCASE: lambda rule: _change_case(rule, _upper),
}


def _template(template: str, pattern: re2._Regexp) -> Callable[[Match], str]:
    if "$" not in template:
        return lambda _match: template
    parts = replacement_parts(template, pattern)
    return lambda match: "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)
