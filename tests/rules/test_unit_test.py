"""Tests of rules in promtool's form: Debian's promtool and we say the same of every file, and ours says where it failed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from peer_servers import needs

from watchglass.cli import main
from watchglass.errors import ConfigError
from watchglass.rules.series_notation import NotationError, parse_samples, parse_series
from watchglass.rules.unit_test_file import read_rule_tests
from watchglass.sdk.declared import pack_folder, pack_names

ROWS = yaml.safe_load((Path(__file__).parent / "unit_tests.yaml").read_text())
PACKS = [name for name in pack_names() if (pack_folder(name) / "rules_test.yaml").is_file()]


def written(row, folder):
    """The file of tests that a row stands for, with its rules beside it."""
    groups = row.get("groups") or [{"name": "g", "rules": row["rules"]}]
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    test = row["test"] if row.get("newer") else {"interval": "1m", **row["test"]}
    tests = {"rule_files": ["rules.yaml"], **row.get("file", {}), "tests": [test]}
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(tests))
    return path


def test_there_are_enough_of_them():
    assert sum(not row.get("newer") for row in ROWS) >= 50
    assert sum(not row["passes"] for row in ROWS) >= 20


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_what_we_say(row, tmp_path, capsys):
    status = main(["test", "rules", str(written(row, tmp_path))])
    said, errors = capsys.readouterr()
    assert errors == ""
    assert status == (not row["passes"]), said
    assert ("SUCCESS" in said) == row["passes"]
    assert ("FAILED: " in said) != row["passes"]


@pytest.mark.real
def test_what_promtool_says(tmp_path):
    promtool = needs("promtool", "prometheus")
    said = {}
    for place, row in enumerate(row for row in ROWS if not row.get("newer")):
        folder = tmp_path / str(place)
        folder.mkdir()
        ended = subprocess.run(
            [promtool, "test", "rules", str(written(row, folder))], capture_output=True, text=True, check=False
        )
        said[row["name"]] = ended.returncode == 0
    assert said == {row["name"]: row["passes"] for row in ROWS if not row.get("newer")}


@pytest.mark.parametrize("pack", PACKS)
def test_the_tests_of_packs_pass(pack, capsys):
    assert main(["test", "rules", str(pack_folder(pack) / "rules_test.yaml")]) == 0, capsys.readouterr().out


def test_a_failure_names_its_line_and_what_was_found(tmp_path, capsys):
    (tmp_path / "rules.yaml").write_text("groups: [{name: g, rules: [{alert: A, expr: x, annotations: {a: b}}]}]")
    path = tmp_path / "test.yaml"
    path.write_text("""\
rule_files: [rules.yaml]
tests:
- name: mine
  input_series: [{series: 'x{i="1"}', values: 1x5}]
  alert_rule_test:
  - eval_time: 1m
    alertname: A
    exp_alerts: [{exp_labels: {i: "2"}}]
  promql_expr_test:
  - {expr: x, eval_time: 1m}
- name: other
""")
    assert main(["test", "rules", str(path)]) == 1
    assert (
        capsys.readouterr().out
        == f"""\
Testing {path}
  FAILED: {path}:6: mine: A at 1m
      expected:
        {{alertname="A", i="2"}}
      found:
        {{alertname="A", i="1"}} with {{a="b"}}
  FAILED: {path}:10: mine: x at 1m
      expected: nothing
      found:
        x{{i="1"}} 1
"""
    )
    assert main(["test", "rules", str(path), "--run", "^oth"]) == 0
    assert capsys.readouterr().out == f"Testing {path}\n SUCCESS: 1 tests\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tests: [{alert_rule_tests: []}]", ':1: tests[0]: unknown key "alert_rule_tests"; did you mean "alert_rule_test"?'),
        ("tests: [{input_series: [{series: 'x{'}]}]", '[0].series: "x{" is no series: '),
        ("tests: [{input_series: [{series: 'x > 1'}]}]", "is no series: expected a name and labels"),
        ("tests: [{input_series: [{series: 'x{a!=\"b\"}'}]}]", 'expected a="...", not a!="b"'),
        ("tests: [{input_series: [{series: x, values: '1 two'}]}]", '.values: "two" is no sample: expected such as'),
        ("tests: [{input_series: [{series: x, values: '{{schema:1}}'}]}]", "native histograms are not supported yet"),
        ("tests: [{input_series: [{series: x, values: '1x99999999'}]}]", "more than 10000000 samples"),
        ("tests: [{start_timestamp: noon}]", 'expected a time such as 2026-11-21T18:00:00Z, got "noon"'),
        ("tests: [{promql_expr_test: [{exp_samples: [{value: much}]}]}]", 'expected a number, got "much"'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named(tmp_path, text, said):
    (tmp_path / "t.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_rule_tests(tmp_path / "t.yaml")
    assert said in str(refused.value)


def test_notation():
    assert parse_series(" {} ") == parse_series("") == ()  # fmt: skip
    assert str(parse_series('a:b{c="d, e"}')) == 'a:b{c="d, e"}'
    assert parse_samples("1+1x2 -1-.5x1 5x1 _ _x2 1e2 +Inf") == [
        1,
        2,
        3,
        -1,
        -1.5,
        5,
        5,
        None,
        None,
        None,
        100,
        float("inf"),
    ]
    assert len(parse_samples("stalex2 0x20")) == 24
    for wrong in ("1+1", "stale+1x2", "x3", "1y2", "1 + 1x2"):
        with pytest.raises(NotationError):
            parse_samples(wrong)


def test_check_rules(tmp_path, capsys):
    good, bad, twice = tmp_path / "good.yml", tmp_path / "bad.yml", tmp_path / "twice.yml"
    good.write_text("groups: [{name: g, rules: [{record: a, expr: '1'}]}]")
    bad.write_text("groups: [{name: g, rules: [{record: a, exp: '1'}]}]")
    twice.write_text("groups: [{name: g, rules: [{record: a, expr: '1'}, {record: a, expr: '2'}]}]")
    assert main(["check", "rules", str(good)]) == 0
    assert capsys.readouterr().out == f"Checking {good}\n SUCCESS: 1 rules found\n"
    assert main(["check", "rules", str(good), str(bad)]) == 1
    assert f'FAILED: {bad}:1: groups[0].rules[0]: unknown key "exp"; did you mean "expr"?' in capsys.readouterr().out
    assert (main(["check", "rules", str(twice)]), main(["check", "rules", "--lint-fatal", str(twice)])) == (0, 3)
    assert "WARNING: a is there 2 times" in capsys.readouterr().out
