"""What is said of a pack's files that are wrong: all of it, each with its file, and with what may have been meant."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from watchglass.packs.check import check_pack
from watchglass.packs.template import TEMPLATE
from watchglass.sdk.declared import pack_folder, pack_names


@pytest.mark.parametrize("name", pack_names())
def test_those_that_ship_are_right(name):
    found = check_pack(pack_folder(name))
    assert found.faults == []
    assert found.dashboards > 0
    assert found.panels > 10


def test_the_template_is_right():
    found = check_pack(TEMPLATE)
    assert (found.faults, found.alerts, found.dashboards, found.panels) == ([], 1, 1, 6)


@pytest.fixture
def mine(tmp_path) -> Path:
    return shutil.copytree(TEMPLATE, tmp_path / "example")


BOARD = "dashboards/example-overview.json"
ROUTES = "route: {receiver: a, routes: [{receiver: b}]}\nreceivers: [{name: a}, {name: bb}]\n"
ROW = "rows:\n- {id: x, priority: P0, metric: X, expr: EXPR, bands: {healthy: {gt: 0}}, alert: ALERT}\n"


def row(expr="example_sessions_active", alert="HighErrorRate"):
    return ROW.replace("EXPR", expr).replace("ALERT", alert)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pack.yaml", "start: example-", "start: exampel-", 'start: there is no dashboard "exampel-overview"; did you mean "example-overview"?'),
        ("pack.yaml", "files:", "dashboards: [exampel-overview]\nfiles:", 'dashboards: there is no dashboard "exampel-overview"; did you mean "example-overview"?'),
        ("pack.yaml", "files:", "fiels:", 'unknown key "fiels"; did you mean "files"?'),
        ("metrics.yaml", "type: gauge", "type: meter", "metrics[2].type: expected counter, gauge or histogram"),
        ("rules.yaml", "example_requests_total{", "example_request_total{", 'rules.yaml:5: HighErrorRate: metrics.yaml declares no "example_request_total"; did you mean "example_requests_total"?'),
        ("rules.yaml", "for: 5m", "for: five", 'expected a duration such as 5m, got "five"'),
        ("rules_test.yaml", "alertname: HighErrorRate", "alertname: HighErorRate", 'rules.yaml has no alert "HighErorRate"; did you mean "HighErrorRate"?'),
        ("rules_test.yaml", "exp_alerts: []", "exp_alerts: [{}]", "no case says when HighErrorRate does not fire"),
        ("rules_test.yaml", "  - rules.yaml", "  - rule.yaml", "rule_files does not name rules.yaml"),
        (BOARD, "sum(example_sessions_active)", "sum(sessions_active)", 'panel 4 "Active sessions", query A: metrics.yaml declares no "sessions_active"'),
        (BOARD, "sum(example_sessions_active)", "sum(example_sessions_active", 'panel 4 "Active sessions": query A'),
        (BOARD, "duration_seconds_bucket[5m])))", "duration_seconds[5m])))", '"example_request_duration_seconds" is a histogram, which has'),
        (BOARD, '"type": "heatmap"', '"type": "heetmap"', "panels of type heetmap are drawn as a table"),
        (BOARD, '"uid": "example-overview"', '"uid": "overview"', 'its uid is "overview", and a file is called as its uid is'),
        (BOARD, '"panels": [', '"panels": {', "is not JSON"),
    ],
)  # fmt: skip
def test_a_fault_is_named(mine, file, old, new, said):
    text = (mine / file).read_text()
    assert old in text
    (mine / file).write_text(text.replace(old, new, 1))
    found = check_pack(mine).faults
    assert any(said in fault and str(mine / file) in fault for fault in found), found


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("rule.yaml", "", "rule.yaml: is no file of a pack; did you mean rules.yaml?"),
        ("routes.yaml", ROUTES, 'routes.yaml:1: route.routes[0].receiver: undefined receiver "b" used in route; did you mean "bb"?'),
        ("routes.yaml", "route: {receiver: a}\n", 'undefined receiver "a" used in route'),
        ("routes.yaml", "route: {group_by: [a]}\nreceivers: []\n", "root route must specify a default receiver"),
        ("added/inhibit_rules.yaml", "inhibit_rules: [{target: []}]\n", 'unknown key "target"'),
        ("routes.yaml", "route: {reciever: a}\nreceivers: []\n", 'route: unknown key "reciever"; did you mean "receiver"?'),
        ("board.yaml", row(expr="x_total"), 'board.yaml: x: metrics.yaml declares no "x_total"'),
        ("board.yaml", row(alert="HighErrors"), 'board.yaml: x: rules.yaml has no alert "HighErrors"; did you mean "HighErrorRate"?'),
        ("board.yaml", row(expr="sum("), "board.yaml: x: "),
        ("board.yaml", "rows: [{id: x}]", "rows[0]: priority is missing"),
        ("snapshots.yaml", "S: {a: {expr: example_session_active}}", 'S.a: metrics.yaml declares no "example_session_active"'),
        ("snapshots.yaml", "S: {a: {exp: x}}", 'S.a: unknown key "exp"'),
        ("differences.yaml", "- {where: rule.yaml > A, as_written: a, corrected: b, why: c, impact: legacy}", "there is no rule.yaml"),
        ("as_written/dashboards/a.json", json.dumps({"title": "A", "panels": []}), "there is no corrected one of that name"),
    ],
)  # fmt: skip
def test_a_fault_of_a_file_that_is_added_is_named(mine, file, text, said):
    (mine / file).parent.mkdir(parents=True, exist_ok=True)
    (mine / file).write_text(text)
    found = check_pack(mine).faults
    assert any(said in fault and file.partition("/")[0] in fault for fault in found), found


def test_a_fault_in_one_file_hides_none_of_another(mine):
    (mine / "rules.yaml").write_text("group: []")
    (mine / "board.yaml").write_text("rows: [{id: x}]")
    (mine / BOARD).write_text("{")
    files = [fault.partition(":")[0].rpartition("/")[2] for fault in check_pack(mine).faults]
    assert files == [
        "rules.yaml",
        "rules_test.yaml",
        "rules_test.yaml",
        "board.yaml",
        "example-overview.json",
        "pack.yaml",
    ]


def test_a_metric_of_others_is_one_that_pack_yaml_names(mine):
    text = (mine / BOARD).read_text().replace("sum(example_sessions_active)", "node_load1")
    (mine / BOARD).write_text(text)
    assert "metrics of others stand under external in pack.yaml" in check_pack(mine).faults[0]

    with (mine / "pack.yaml").open("a") as file:
        file.write("external: {example: [node_load1]}\n")
    assert check_pack(mine).faults == []

    (mine / "pack.yaml").write_text(
        (mine / "pack.yaml").read_text().replace("external: {example", "external: {exampel")
    )
    assert 'external: unknown key "exampel"; did you mean "example"?' in check_pack(mine).faults[0]


def test_where_a_query_stands_is_told(mine):
    text = (mine / BOARD).read_text()
    line = text[: text.index("sum(example_sessions_active)")].count("\n") + 1
    (mine / BOARD).write_text(text.replace("sum(example_sessions_active)", "sum(nothing_of_ours)"))
    assert f"{BOARD}:{line}: panel 4" in check_pack(mine).faults[0]


def test_variables_ask_too(mine):
    document = json.loads((mine / BOARD).read_text())
    document["templating"]["list"] = [
        {"type": "query", "name": "m", "query": "label_values(example_request_total, method)"}
    ]
    (mine / BOARD).write_text(json.dumps(document))
    assert 'variable m: metrics.yaml declares no "example_request_total"' in check_pack(mine).faults[0]
