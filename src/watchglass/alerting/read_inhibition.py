"""Reading the inhibition rules of an alertmanager.yml.

Source: prometheus/alertmanager, config/common/inhibitrule.go.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from watchglass.alerting.inhibition import InhibitRule
from watchglass.alerting.read_matchers import all_matchers, equal_map, matcher_list, regex_map
from watchglass.wire.schema import Context, Section, list_of, read_section, section, text
from watchglass.wire.yaml import Node, load_yaml_file

RULE = {
    "name": text,
    "source_match": equal_map,
    "source_match_re": regex_map,
    "source_matchers": matcher_list,
    "target_match": equal_map,
    "target_match_re": regex_map,
    "target_matchers": matcher_list,
    "equal": list_of(text),
}


def _rule(read: Section, context: Context) -> InhibitRule:
    del context
    equal = read.get("equal", ())
    if "" in equal:
        raise read.error('invalid label name "" in equal list', "equal")
    return InhibitRule(
        source=all_matchers(read, "source_match", "source_match_re", "source_matchers"),
        target=all_matchers(read, "target_match", "target_match_re", "target_matchers"),
        equal=tuple(dict.fromkeys(equal)),
        name=read.get("name", ""),
        line=read.node.line,
        file=read.node.path,
    )


_rules = list_of(section(RULE, _rule))


def inhibit_rules(node: Node, key: str, context: Context) -> tuple[InhibitRule, ...]:
    """The rules of a list, each with its place there."""
    return tuple(replace(rule, place=place) for place, rule in enumerate(_rules(node, key, context), 1))


def read_inhibit_rules(path: Path) -> tuple[InhibitRule, ...]:
    """The rules of a file that has nothing else.

    Raises:
        ConfigError: it is wrong.
    """
    read = read_section(load_yaml_file(path), "", Context(path.parent), {"inhibit_rules": inhibit_rules})
    return tuple(read.get("inhibit_rules", ()))
