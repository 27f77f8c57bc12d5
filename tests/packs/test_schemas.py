"""The JSON schemas of a pack's files, for editors: they take what ships, and refuse what the readers refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml

from watchglass.alerting import configuration, read_routes
from watchglass.packs import board, check_rules, differences, pack
from watchglass.packs.check import FILES, check_pack
from watchglass.packs.template import TEMPLATE
from watchglass.rules import read
from watchglass.sdk import declared
from watchglass.sdk.declared import PACKS, pack_folder, pack_names

SCHEMAS = {path.name.partition(".")[0]: json.loads(path.read_text()) for path in (PACKS / "schemas").glob("*.json")}
FOLDERS = [*map(pack_folder, pack_names()), TEMPLATE]


def as_json(value):
    """A YAML document as JSON has it: keys are text."""
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, list) else value


def validator(name):
    return jsonschema.Draft202012Validator(SCHEMAS[name])


def documents(folder):
    for path in sorted(folder.glob("*.yaml")):
        yield path, path.stem, as_json(yaml.safe_load(path.read_text()))
    for path in sorted((folder / "dashboards").glob("*.json")):
        yield path, "dashboard", json.loads(path.read_text())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_file_of_a_pack_has_one():
    assert {Path(name).stem for name in FILES if name.endswith(".yaml")} | {"dashboard"} == SCHEMAS.keys()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_ships_is_valid(folder):
    for path, name, document in documents(folder):
        assert [error.message for error in validator(name).iter_errors(document)] == [], path


def test_keys_are_those_of_the_readers():
    def keys(name, *place):
        schema = SCHEMAS[name]
        for step in place:
            schema = schema[step]
        return set(schema["properties"])

    group = ("properties", "groups", "items")
    assert keys("pack") == set(pack.KEYS)
    assert keys("pack", "properties", "jobs", "additionalProperties") == set(pack.JOB_KEYS)
    assert keys("pack", "properties", "files") == set(pack.FILES)
    assert SCHEMAS["pack"]["properties"]["roles"]["propertyNames"]["enum"] == list(pack.ROLES)
    assert keys("metrics", "properties", "metrics", "items") == set(declared._KEYS)
    assert keys("rules", *group) == set(read.GROUP_KEYS)
    assert keys("rules", *group, "properties", "rules", "items") == set(read.RULE_KEYS)
    assert keys("rules_test") == set(check_rules._TEST_KEYS)
    assert keys("rules_test", "properties", "tests", "items") == set(check_rules._CASE_KEYS)
    assert keys("routes") == set(configuration.TOP)
    assert keys("routes", "$defs", "route") == set(read_routes.ROUTE)
    assert keys("board", "properties", "rows", "items") == set(board._ROW_KEYS)
    assert keys("differences", "items") == set(differences._KEYS)


SHAPES = [
    ("pack", "title: T\nabout: A\n", True),
    ("pack", "title: T\n", False),
    ("pack", "title: T\nabout: A\nscoped: perhaps\n", False),
    ("pack", "title: T\nabout: A\njobs: {x: {targets: [h:1], kind: http_probe, lengths: {example_sessions_active: {path: /p, member: m}}}}\n", True),
    ("pack", "title: T\nabout: A\njobs: {x: {target: []}}\n", False),
    ("pack", "title: T\nabout: A\njobs: {x: {scrape_interval: soon}}\n", False),
    ("pack", "title: T\nabout: A\njobs: {x: {metrics_path: metrics}}\n", False),
    ("pack", "title: T\nabout: A\nroles: {llm.cots: example_requests_total}\n", False),
    ("pack", "title: T\nabout: A\nfiles: {rules: ../x.yml}\n", False),
    ("pack", "title: T\nabout: A\nfiles: {rules: a/b.yml}\n", True),
    ("pack", 'title: T\nabout: A\nfiles: {rules: "a\\n/../../x.yml"}\n', False),
    ("pack", "title: T\nabout: A\nfiles: {rules: a/../x.yml}\n", False),
    ("pack", "title: T\nabout: A\nfiles: {rules: .}\n", False),
    ("pack", 'title: "T\\nscrape_configs:"\nabout: A\n', False),
    ("pack", 'title: T\nabout: A\njobs: {"": {}}\n', False),
    ("pack", "title: T\nabout: A\njobs: {x: {targets: h:1}}\n", True),
    ("pack", "title: T\nabout: A\njobs: {x: {targets: ['http://h:1/x']}}\n", False),
    ("pack", "title: T\nabout: A\nerror_matcher: failed\n", False),
    ("metrics", "metrics: [{name: x-y, type: gauge, unit: u, help: h}]", False),
    ("metrics", "metrics: [{name: x, type: counter, unit: u, help: h}]", False),
    ("metrics", "metrics: [{name: x, type: histogram, unit: u, help: h}]", False),
    ("metrics", "metrics: [{name: x, type: gauge, unit: u, help: h, buckets: [1]}]", False),
    ("metrics", "metrics: [{name: x, type: histogram, unit: u, help: h, buckets: [1], labels: [le]}]", False),
    ("metrics", "metrics: [{name: x, type: gauge, unit: u}]", False),
    ("metrics", "metrics: [{name: x, type: gauge, unit: u, help: h, labels: [a, a]}]", False),
    ("rules", "groups: [{name: g, rules: [{alert: HighErrorRate, expr: up, for: 5m}]}]", True),
    ("rules", "groups: [{name: g, rules: [{alert: A, record: b, expr: up}]}]", False),
    ("rules", "groups: [{name: g, rules: [{record: b, expr: up, for: 5m}]}]", False),
    ("rules", "groups: [{name: g, rules: [{alert: A}]}]", False),
    ("rules", "groups: [{name: g, rules: [{alert: A, expr: up, for: later}]}]", False),
    ("rules", "groups: [{rules: []}]", False),
    ("routes", "{route: {receiver: a}, receivers: [{name: a}]}", True),
    ("routes", "{route: {group_by: [a]}, receivers: [{name: a}]}", False),
    ("routes", "{route: {receiver: a, routs: []}, receivers: [{name: a}]}", False),
    ("routes", "{route: {receiver: a}, receivers: [{nam: a}]}", False),
    ("board", "rows: [{id: x, priority: P0, metric: X, expr: up, bands: {healthy: {gt: 0}}}]", True),
    ("board", "rows: [{id: x, priority: P9, metric: X, expr: up, bands: {healthy: {gt: 0}}}]", False),
    ("board", "rows: [{id: x, priority: P0, metric: X, expr: up}]", False),
    ("board", "rows: [{id: x, priority: P0, metric: X, expr: up, bands: {healthy: {gt: much}}}]", False),
    ("board", "rows: [{id: x, priority: P0, metric: X, expr: up, rule: [{when: up}]}]", False),
    ("snapshots", "S: {a: {expr: up, words: {1: yes}}}", True),
    ("snapshots", "S: {a: {exp: up}}", False),
    ("differences", "[{where: metrics.yaml > x, as_written: a, corrected: b, why: c, impact: legacy}]", True),
    ("differences", "[{where: metrics.yaml > x, as_written: a, corrected: b, why: c, impact: bad}]", False),
    ("differences", "[{where: metrics.yaml > x}]", False),
]  # fmt: skip
"""Name of the file, text, and whether it is right."""


@pytest.mark.parametrize(("name", "text", "right"), SHAPES)
def test_schema_and_reader_agree(tmp_path, name, text, right):
    folder = shutil.copytree(TEMPLATE, tmp_path / "example")
    (folder / f"{name}.yaml").write_text(text)
    faults = [fault for fault in check_pack(folder).faults if f"{name}.yaml" in fault and "no case says" not in fault]

    assert (faults == []) == right, faults
    assert validator(name).is_valid(as_json(yaml.safe_load(text))) == right
