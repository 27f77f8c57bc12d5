"""Names, variables and references of data sources in one form."""

import pytest

from watchglass.dashboards.normalise.sources import asks_prometheus, modern_source

KINDS = {"ds": "prometheus", "logs": "loki", "any": ""}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, None),
        ("default", None),
        ({}, None),
        (5, None),
        ("Prometheus", {"type": "prometheus", "uid": "Prometheus"}),
        ("Main", {"uid": "Main"}),
        ("Loki", {"type": "loki", "uid": "Loki"}),
        ("$ds", {"type": "prometheus", "uid": "$ds"}),
        ("${logs}", {"type": "loki", "uid": "${logs}"}),
        ("[[ds]]", {"type": "prometheus", "uid": "[[ds]]"}),
        ("${nobody}", {"uid": "${nobody}"}),
        ("-- Mixed --", {"type": "datasource", "uid": "-- Mixed --"}),
        ({"uid": "$ds"}, {"type": "prometheus", "uid": "$ds"}),
        ({"type": "prometheus"}, {"type": "prometheus", "uid": ""}),
        ({"type": "mysql", "uid": "m"}, {"type": "mysql", "uid": "m"}),
    ],
)
def test_a_source_has_one_form(written, read):
    assert modern_source(written, KINDS) == read
    assert read is None or modern_source(read, KINDS) == read


@pytest.mark.parametrize(
    ("panel", "query", "asks"),
    [
        (None, {"expr": "up"}, True),
        (None, {"query": "up"}, False),
        ({"uid": "Main"}, {"expr": "up"}, True),
        ({"type": "loki", "uid": "l"}, {"expr": "up"}, False),
        ({"type": "loki", "uid": "l"}, {"expr": "up", "datasource": {"type": "prometheus", "uid": "p"}}, True),
        ({"type": "datasource", "uid": "-- Mixed --"}, {"expr": "up"}, True),
        ({"type": "victoriametrics-metrics-datasource", "uid": "v"}, {"expr": "up"}, True),
        ({"type": "victoriametrics-logs-datasource", "uid": "v"}, {"expr": "up"}, False),
        ({"type": "grafana-amazonprometheus-datasource", "uid": "v"}, {"expr": "up"}, True),
    ],
)
def test_who_asks_a_prometheus(panel, query, asks):
    assert asks_prometheus({"datasource": panel}, query) is asks
