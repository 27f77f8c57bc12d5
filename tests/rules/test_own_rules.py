"""The rules about Watchglass itself: promtool and our own tests take them, and they ask for metrics that there are."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml
from peer_servers import needs
from prometheus_client import CollectorRegistry

from watchglass.collect.metrics import ScrapeMetrics
from watchglass.rules.alertmanager_metrics import AlertmanagerMetrics
from watchglass.rules.metrics import RuleMetrics
from watchglass.rules.own_rules import OWN, own_groups
from watchglass.rules.unit_test import run_rule_tests
from watchglass.rules.unit_test_file import read_rule_tests
from watchglass.store.selfmetrics import StoreMetrics

RULES = {rule.name: rule for group in own_groups(watchdog=True) for rule in group.rules}
CASES = yaml.safe_load((OWN / "rules_test.yaml").read_text())["tests"]


@pytest.mark.real
def test_promtool_takes_the_rules_and_their_tests():
    tool = needs("promtool", "prometheus")
    for command in (("check", "rules", "rules.yaml", "watchdog.yaml"), ("test", "rules", "rules_test.yaml")):
        ran = subprocess.run([tool, *command], cwd=OWN, capture_output=True, text=True, timeout=60, check=False)
        assert (ran.returncode, "SUCCESS" in ran.stdout) == (0, True), ran.stdout + ran.stderr


def test_our_own_engine_agrees():
    assert list(run_rule_tests(read_rule_tests(OWN / "rules_test.yaml"))) == []


def test_each_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    tests = [test for case in CASES for test in case["alert_rule_test"]]
    fires = {test["alertname"] for test in tests if test["exp_alerts"]}
    silent = {test["alertname"] for test in tests if not test["exp_alerts"]}
    assert fires == set(RULES)
    assert silent == set(RULES) - {"Watchdog"}, "which always fires"


def test_all_are_of_one_system_and_say_how_bad_it_is():
    assert {rule.labels["system"] for rule in RULES.values()} == {"watchglass"}
    assert {rule.labels["severity"] for rule in RULES.values()} == {"critical", "warning", "none"}
    assert all({"summary", "description"} == set(rule.annotations) for rule in RULES.values())


def test_without_somebody_who_waits_for_it_there_is_no_watchdog():
    names = {rule.name for group in own_groups(watchdog=False) for rule in group.rules}
    assert set(RULES) - names == {"Watchdog", "WatchdogNotDelivered"}
    assert {group.file for group in own_groups(watchdog=True)} == {
        "watchglass/rules.yaml",
        "watchglass/watchdog.yaml",
    }


def test_they_ask_for_metrics_that_there_are():
    registry = CollectorRegistry()
    for family in (ScrapeMetrics, RuleMetrics, AlertmanagerMetrics, StoreMetrics):
        family(registry)
    known = {f"{family.name}{'_total' if family.type == 'counter' else ''}" for family in registry.collect()}
    asked = {name for rule in RULES.values() for name in re.findall(r"watchglass_\w+", rule.expr)}
    elsewhere = {name for name in asked if name.startswith(("watchglass_alerting_", "watchglass_watchdog_"))}
    assert asked - elsewhere - known == {"watchglass_queries_refused_total", "watchglass_config_last_reload_successful"}
