"""Rule files: what is read of them, and what is said of a wrong one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from peer_servers import needs

from watchglass.errors import ConfigError
from watchglass.rules.definition import RuleDefinition
from watchglass.rules.read import alerts_of, matching_files, read_rule_file, read_rule_files
from watchglass.sdk.declared import pack_folder
from watchglass.wire.faults import faults_of

GOOD = """\
groups:
- name: g
  interval: 30s
  rules:
  - alert: A
    expr: up == 0
    for: 5m
    labels: {severity: warning}
    annotations: {summary: It is down}
  - record: job:up:sum
    expr: sum by (job) (up)
"""


def test_what_is_read(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD)
    [group] = read_rule_file(path)
    labels, annotations = {"severity": "warning"}, {"summary": "It is down"}
    alert = RuleDefinition("A", "up == 0", is_alert=True, hold_ms=300_000, labels=labels, annotations=annotations)
    record = RuleDefinition("job:up:sum", "sum by (job) (up)", is_alert=False)
    assert (group.name, group.file, group.interval, group.rules) == ("g", str(path), "30s", (alert, record))
    assert [(rule.line, rule.hold) for rule in group.rules] == [(5, "5m"), (10, "")]
    assert list(alerts_of((group,))) == [alert]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("groups:", "group:", 'rules.yaml:1: unknown key "group"; did you mean "groups"?'),
        ("- name: g", "- nam: g", 'rules.yaml:2: groups[0]: unknown key "nam"; did you mean "name"?'),
        ("  interval: 30s", "  interval: soon", "rules.yaml:3: groups[0].interval: expected a duration such as 5m"),
        ("    for: 5m", "    fro: 5m", 'rules.yaml:7: groups[0].rules[0]: unknown key "fro"; did you mean "for"?'),
        ("    for: 5m", "    for: later", "rules.yaml:7: groups[0].rules[0].for: expected a duration"),
        ("    for: 5m", "    record: x", "rules.yaml:5: groups[0].rules[0]: a rule has either alert or record"),
        ("    expr: up == 0\n", "", "rules.yaml:5: groups[0].rules[0]: expr is missing"),
        ("up == 0", "up = 0", "rules.yaml:6: groups[0].rules[0].expr: 1:4: parse error"),
        ("up == 0", "rate(up)", "expected type range vector in call to function"),
        ("    for: 5m", "    for: 300", 'expected a duration such as 5m, got "300"; did you mean "300s"?'),
        ("    for: 5m", "    for: 30sec", 'expected a duration such as 5m, got "30sec"; did you mean "30s"?'),
        ("  interval: 30s", "  interval: 3 m", 'expected a duration such as 5m, got "3 m"; did you mean "3m"?'),
        ("{severity: warning}", "{__name__: warning}", 'rules[0].labels: "__name__" is no name of a label'),
        ("record: job:up:sum", "record: sum{up}", "groups[0].rules[1].record: the name of a series holds no braces"),
        ("  interval: 30s", "  limit: many", 'groups[0].limit: expected a whole number, got "many"'),
        ("  interval: 30s", "  labels: [a]", "groups[0].labels: expected a mapping, got a list"),
        ("- name: g\n", "- name:\n", "rules.yaml:2: groups[0]: name is missing"),
        ("    expr: sum", "    for: 5m\n    expr: sum", "groups[0].rules[1].for: a rule that records has no for"),
        ("(up)\n", "(up)\n- {name: g, rules: []}\n", 'groups[1].name: a group named "g" is there already'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, old, new, said):
    path = tmp_path / "rules.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        read_rule_file(path)
    assert said in str(refused.value)


FULL = """\
groups:
- name: g
  query_offset: 1m
  limit: 5
  labels: {team: a, severity: page}
  rules:
  - alert: A
    expr: vector(1)
    keep_firing_for: 10m
    labels: {severity: warning, größe: "{{ $value }}"}
- name: nothing
"""


def test_a_group_gives_its_labels_to_its_rules(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text(FULL)
    group, nothing = read_rule_file(path)
    assert (group.query_offset_ms, group.interval_ms, group.limit) == (60_000, None, 5)
    assert group.rules[0].labels == {"team": "a", "severity": "warning", "größe": "{{ $value }}"}
    assert (group.rules[0].keep_firing_ms, nothing.rules) == (600_000, ())
    with pytest.raises(ConfigError, match='"größe" is no name of a label'):
        read_rule_file(path, legacy_names=True)


def test_every_fault_is_told_at_once(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text(GOOD.replace("up == 0", "up ==").replace("for: 5m", "for: x").replace("record:", "recrod:"))
    with pytest.raises(ConfigError) as refused:
        read_rule_file(path)
    assert [fault.line for fault in faults_of(refused.value)] == [6, 7, 10, 10]


def test_templates_are_looked_at(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text(GOOD.replace("It is down", "'{{ $labels.job }} is down since {{ $start }}'"))
    with pytest.raises(ConfigError, match=r"rules\[0\].annotations.summary: is no template: .*undefined variable"):
        read_rule_file(path)
    path.write_text(GOOD.replace("It is down", "'{{ $labels.job }} is down: {{ $value | humanize }}'"))
    assert read_rule_file(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("'{{ $label.team }}'", 'undefined variable "$label"; did you mean "$labels"?'),
        (
            "'{{ $value | humanizePercent }}'",
            'function "humanizePercent" not defined; did you mean "humanizePercentage"?',
        ),
        ("'{{ $value | print }} {{ end }}'", "unexpected {{end}}"),
        ("|\n        first\n        {{ nobody }}", 'line 2 of it: function "nobody" not defined'),
    ],
)
def test_a_template_that_is_wrong_is_told_with_its_own_line_and_the_nearest_word(tmp_path, text, why):
    path = tmp_path / "rules.yml"
    annotations = f"\n      summary: It is down\n      description: {text}"
    path.write_text(GOOD.replace(" {summary: It is down}", annotations))
    with pytest.raises(ConfigError) as refused:
        read_rule_file(path)

    assert str(refused.value) == f"{path}:11: groups[0].rules[0].annotations.description: is no template: {why}"


def test_a_label_of_the_group_that_is_no_template_is_told_at_the_rule(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text(GOOD.replace("  interval: 30s", "  labels: {team: '{{ end }}'}"))
    with pytest.raises(ConfigError, match=r"yml:8: groups\[0\]\.rules\[0\]\.labels\.team: is no template"):
        read_rule_file(path)


def test_files_are_named_by_patterns_and_read_once(tmp_path):
    for name in ("b.yml", "a.yml", ".hidden.yml", "other.txt"):
        (tmp_path / name).write_text(GOOD)
    patterns = [str(tmp_path / "*.yml"), str(tmp_path / "a.yml"), str(tmp_path / "none-*.yml")]
    assert [name.rpartition("/")[2] for name in matching_files(patterns)] == [".hidden.yml", "a.yml", "b.yml"]
    assert [group.file for group in read_rule_files(patterns)] == matching_files(patterns)
    (tmp_path / "b.yml").write_text("groups: 1")
    with pytest.raises(ConfigError, match=r"b\.yml:1: groups: expected a list"):
        read_rule_files(patterns)


@pytest.mark.parametrize(("pack", "count"), [("sidepanel", 4), ("hybrid_ai_stack", 6), ("awareness_network", 8)])
def test_the_guides_own_files_are_read_unchanged(pack, count):
    path = pack_folder(pack) / "as_written/rules.yaml"
    rules = [rule for group in read_rule_file(path) for rule in group.rules]
    written = path.read_text()
    assert len(rules) == written.count("alert: ") == count
    assert all(f"alert: {rule.name}" in written and rule.expr.split("\n")[0] in written for rule in rules)


FILES = yaml.safe_load((Path(__file__).parent / "rule_files.yaml").read_text())


def is_right(path):
    try:
        read_rule_file(path)
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize("row", FILES, ids=[row["text"][:80] for row in FILES])
def test_which_files_are_right(tmp_path, row):
    path = tmp_path / "rules.yml"
    path.write_text(row["text"])
    assert is_right(path) == row["right"]


@pytest.mark.real
def test_promtool_says_the_same(tmp_path):
    promtool, said = needs("promtool", "prometheus"), {}
    rows = [row for row in FILES if not row.get("newer")]
    for row in rows:
        path = tmp_path / "rules.yml"
        path.write_text(row["text"])
        ended = subprocess.run([promtool, "check", "rules", str(path)], capture_output=True, check=False)
        said[row["text"]] = ended.returncode == 0
    assert said == {row["text"]: row["right"] for row in rows}
