"""Rules of packs: how they are read, and what promtool says of those that ship."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from peer_servers import needs

from watchglass.errors import ConfigError
from watchglass.packs.rules import Rule, alerts_of, read_rules
from watchglass.sdk.declared import pack_folder, pack_names

RULED = [name for name in pack_names() if (pack_folder(name) / "rules.yaml").is_file()]
ROUTED = [name for name in pack_names() if (pack_folder(name) / "routes.yaml").is_file()]


def tool(name):
    return needs(name, "prometheus prometheus-alertmanager")


def ask(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.real
@pytest.mark.parametrize("pack", RULED)
def test_promtool_takes_the_rules_and_their_tests(pack):
    folder = pack_folder(pack)
    rules = ask(tool("promtool"), "check", "rules", "rules.yaml", cwd=folder)
    assert (rules.returncode, "SUCCESS" in rules.stdout) == (0, True), rules.stderr
    tests = ask(tool("promtool"), "test", "rules", "rules_test.yaml", cwd=folder)
    assert (tests.returncode, tests.stdout.strip().endswith("SUCCESS")) == (0, True), tests.stdout + tests.stderr


@pytest.mark.real
@pytest.mark.parametrize("pack", ["sidepanel", "hybrid_ai_stack", "awareness_network"])
def test_the_guides_own_rules_fail_tests_of_ours(pack, tmp_path):
    """Else they would need no correction, or the tests would not tell."""
    folder = pack_folder(pack)
    shutil.copy(folder / "rules_test.yaml", tmp_path)
    shutil.copy(folder / "as_written/rules.yaml", tmp_path)
    assert ask(tool("promtool"), "test", "rules", "rules_test.yaml", cwd=tmp_path).returncode == 1


@pytest.mark.real
@pytest.mark.parametrize("pack", ROUTED)
def test_amtool_takes_the_routes(pack):
    said = ask(tool("amtool"), "check-config", str(pack_folder(pack) / "routes.yaml"))
    assert said.returncode == 0, said.stderr


def test_a_pack_may_have_no_rules(tmp_path):
    assert read_rules(tmp_path / "rules.yaml") == ()


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
    [group] = read_rules(path)
    alert = Rule("A", "up == 0", True, "5m", {"severity": "warning"}, {"summary": "It is down"}, 5)
    assert (group.name, group.interval, group.rules) == (
        "g",
        "30s",
        (alert, Rule("job:up:sum", "sum by (job) (up)", False, line=10)),
    )
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
        ("{severity: warning}", "{se-verity: warning}", '"se-verity" is no name of a label'),
        ("    expr: sum", "    for: 5m\n    expr: sum", "groups[0].rules[1].for: a rule that records has no for"),
        ("(up)\n", "(up)\n- {name: g, rules: []}\n", 'groups[1].name: a group named "g" is there already'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, old, new, said):
    path = tmp_path / "rules.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        read_rules(path)
    assert said in str(refused.value)
