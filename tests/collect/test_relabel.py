"""Relabelling, action by action; the expected labels are Prometheus's."""

from __future__ import annotations

import re

import pytest

from watchglass.collect.job import RelabelAction, RelabelRule
from watchglass.collect.relabel import compile_rules
from watchglass.errors import ConfigError


def rule(action="replace", source="", **fields) -> RelabelRule:
    return RelabelRule(RelabelAction(action), tuple(source.split()), **fields)


def relabelled(labels: dict, *rules: RelabelRule) -> dict | None:
    labels = dict(labels)
    return labels if compile_rules(rules)(labels) else None


ABC = {"a": "foo", "b": "bar", "c": "baz"}


@pytest.mark.parametrize(
    ("labels", "rules", "expected"),
    [
        # replace
        (ABC, [rule(source="a", regex="f(.*)", target_label="d", replacement="ch${1}-ch${1}")], ABC | {"d": "choo-choo"}),
        (ABC, [rule(source="a b", target_label="d")], ABC | {"d": "foo;bar"}),
        (ABC, [rule(source="a missing b", separator="-", target_label="d")], ABC | {"d": "foo--bar"}),
        (ABC, [rule(target_label="d", replacement="fixed")], ABC | {"d": "fixed"}),
        (ABC, [rule(target_label="a", replacement="")], {"b": "bar", "c": "baz"}),
        (ABC, [rule(source="a", regex="fo", target_label="d", replacement="anchored")], ABC),
        (ABC, [rule(source="a", regex="(f).*", target_label="${1}", replacement="$2")], ABC),
        ({"a": "some-name-value"}, [rule(source="a", regex="some-([^-]+)-(.+)", target_label="$1", replacement="$2")], {"a": "some-name-value", "name": "value"}),
        ({"a": "x\ny"}, [rule(source="a", regex="x.y", target_label="d", replacement="dot")], {"a": "x\ny", "d": "dot"}),
        ({"a": "x"}, [rule(source="a", regex="(y)?x", target_label="a", replacement="[$1]")], {"a": "[]"}),
        ({"a": "1"}, [rule(target_label="a b/c", replacement="any name")], {"a": "1", "a b/c": "any name"}),
        # keep and drop
        (ABC, [rule("keep", "a", regex="f.*")], ABC),
        (ABC, [rule("keep", "a", regex="o.*")], None),
        (ABC, [rule("drop", "a", regex="f|o")], ABC),
        (ABC, [rule("drop", "a", regex=".*o.*"), rule(target_label="d", replacement="x")], None),
        (ABC, [rule("drop", "missing", regex="")], None),
        # keepequal and dropequal
        ({"a": "x", "b": "x"}, [rule("keepequal", "a", target_label="b")], {"a": "x", "b": "x"}),
        (ABC, [rule("keepequal", "a", target_label="b")], None),
        ({"a": "x", "b": "x"}, [rule("dropequal", "a", target_label="b")], None),
        (ABC, [rule("dropequal", "a", target_label="b")], ABC),
        # hashmod
        (ABC, [rule("hashmod", "c", target_label="d", modulus=1000)], ABC | {"d": "976"}),
        ({"a": "foo\nbar"}, [rule("hashmod", "a", target_label="b", modulus=1000)], {"a": "foo\nbar", "b": "734"}),
        # labelmap, labeldrop, labelkeep
        ({"a": "x", "b1": "y", "b2": "z"}, [rule("labelmap", regex="(b.*)", replacement="n_${1}")], {"a": "x", "b1": "y", "b2": "z", "n_b1": "y", "n_b2": "z"}),
        ({"__meta_my_a": "x"}, [rule("labelmap", regex="__meta_(.+)")], {"__meta_my_a": "x", "my_a": "x"}),
        (ABC, [rule("labeldrop", regex="a|c")], {"b": "bar"}),
        (ABC, [rule("labelkeep", regex="(a|c)")], {"a": "foo", "c": "baz"}),
        # case
        ({"a": "MiXeD É"}, [rule("lowercase", "a", target_label="l"), rule("uppercase", "a", target_label="u")], {"a": "MiXeD É", "l": "mixed é", "u": "MIXED É"}),
        ({"a": "ß"}, [rule("uppercase", "a", target_label="u")], {"a": "ß", "u": "ß"}),
        ({"a": "x"}, [rule("lowercase", "missing", target_label="a")], {}),
    ],
)  # fmt: skip
def test_actions(labels, rules, expected):
    assert relabelled(labels, *rules) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$1", "ab"),
        ("${1}x", "abx"),
        ("$1x", ""),
        ("$0", "ab-cd"),
        ("$2$1", "cdab"),
        ("$name", "cd"),
        ("${name}$$", "cd$"),
        ("$3", ""),
        ("$01", ""),
        ("$999999999999", ""),
        ("$-", "$-"),
        ("a$", "a$"),
        ("${1", "${1"),
        ("${}", "${}"),
        ("$$1", "$1"),
    ],
)
def test_templates_expand_as_in_go(template, expected):
    made = rule(source="a", regex="(.*)-(?P<name>.*)", target_label="out", replacement=template)
    assert relabelled({"a": "ab-cd"}, made).get("out", "") == expected


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (rule(), "relabel_configs[0].target_label: the action replace needs a target_label"),
        (rule("hashmod", "a"), "relabel_configs[0].target_label: the action hashmod needs a target_label"),
        (
            rule("hashmod", "a", target_label="b"),
            "relabel_configs[0].modulus: the action hashmod needs a modulus above 0",
        ),
        (rule("keep", "a", regex="("), "relabel_configs[0].regex: the regular expression does not compile: "),
        (rule("labelmap", regex="(?=x)"), "relabel_configs[0].regex: the regular expression does not compile: "),
    ],
)
def test_faulty_rules_are_named(made, error):
    with pytest.raises(ConfigError, match=re.escape(error)):
        compile_rules([made])
