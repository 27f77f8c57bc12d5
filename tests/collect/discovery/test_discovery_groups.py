"""Target groups in YAML and JSON."""

import pytest

from watchglass.collect.discovery.groups import parse_json_groups, parse_yaml_groups
from watchglass.collect.job import TargetGroup
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.wire.yaml import YamlLimits

GROUPS = [
    TargetGroup("f:0", (Labels.of(__address__="a:1"), Labels.of(__address__="[::1]:2")), Labels.of(env="prod")),
    TargetGroup("f:1", (), Labels()),
]


def test_both_forms_mean_the_same():
    yaml = "- targets: ['a:1', '[::1]:2']\n  labels: {env: prod, none: ''}\n- targets:\n"
    json = '[{"targets": ["a:1", "[::1]:2"], "labels": {"env": "prod", "none": ""}}, {"targets": null}]'
    assert parse_yaml_groups(yaml, "f", YamlLimits()) == GROUPS
    assert parse_json_groups(json, "f") == GROUPS


def test_an_empty_file_has_no_groups():
    assert parse_yaml_groups("", "f", YamlLimits()) == []
    assert parse_json_groups("null", "f") == []
    assert parse_json_groups("[]", "f") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "f:1: expected a list, got a mapping"),
        ("- a", "f:1: [0]: expected a mapping, got text"),
        ("-\n", "f:1: [0]: nil target group item found"),
        ("- targets: [a]\n  lables: {}", 'f:2: [0]: unknown key "lables"; did you mean "labels"?'),
        ("- targets: a", "f:1: [0].targets: expected a list, got text"),
        ("- targets: [[a]]", "f:1: [0].targets: expected text, got a list"),
        ("- labels: {a: [b]}", "f:1: [0].labels: expected text, got a list"),
        ("- labels: {'': b}", 'f:1: [0].labels: "" is not a valid label name'),
    ],
)
def test_mistakes_in_yaml(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_yaml_groups(text, "f", YamlLimits())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[\n{", "f:2: is not JSON: "),
        ("{}", "f: expected a list of target groups"),
        ("[null]", "f: [0]: nil target group item found"),
        ("[1]", "f: [0]: expected a target group"),
        ('[{"target": []}]', 'f: [0]: unknown key "target"; did you mean "targets"?'),
        ('[{"targets": "a"}]', "f: [0].targets: expected a list of texts"),
        ('[{"targets": [1]}]', "f: [0].targets: expected a list of texts"),
        ('[{"labels": {"a": 1}}]', "f: [0].labels: expected a mapping of texts"),
        ('[{"labels": {"": "a"}}]', 'f: [0].labels: "" is not a valid label name'),
        ("[" * 200_000, "f: is nested too deeply"),
        ("[" + "9" * 10_000 + "]", "f: holds a number of thousands of digits"),
    ],
)
def test_mistakes_in_json(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_json_groups(text, "f")
    assert str(caught.value).startswith(message)


def test_half_a_surrogate_pair_is_replaced_as_go_does():
    (group,) = parse_json_groups('[{"targets": ["\\ud800:1"], "labels": {"a": "\\ud83d\\ude00\\udc00"}}]', "f")
    assert group.targets[0].get("__address__") == "\ufffd:1"
    assert group.labels.get("a") == "\U0001f600\ufffd"
