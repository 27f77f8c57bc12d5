"""Rules in a real process: evaluated, served, reloaded, kept over `kill -9`."""

from __future__ import annotations

import http.server
import json
import signal
import socket
import threading
import time

import pytest

CONFIG = """
global: {{evaluation_interval: 200ms, scrape_interval: 200ms, external_labels: {{site: here}}}}
rule_files: ['rules/*.yml']
scrape_configs:
- job_name: self
  static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""
RULES = """
groups:
- name: basics
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - record: double
    expr: job:up:sum * 2
  - alert: AlwaysOn
    expr: double > 1
    for: {hold}
    labels: {{severity: page}}
    annotations: {{summary: '{{{{ $labels.job }}}} of {{{{ $externalLabels.site }}}} is {{{{ $value }}}}'}}
"""


@pytest.fixture(autouse=True)
def only_these_targets(tmp_path):
    (tmp_path / "watchglass.yml").write_text("{host: {enabled: false}, scrape: {self: false}}")


@pytest.fixture
def server(launch, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(RULES.format(hold="0s"))
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=1))
    server = launch("--config", "prometheus.yml", "--rules.alert.resend-delay=1s")
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=server.port))
    return server.wait_ready()


def rules(server, **params):
    groups = server.http.get("/api/v1/rules", params=params).json()["data"]["groups"]
    return {rule["name"]: rule for group in groups for rule in group["rules"]}


def reload(server):
    return server.http.post("/-/reload")


def test_rules_are_evaluated_and_shown(server, waiting):
    reload(server)
    waiting(lambda: server.values("ALERTS"))
    assert server.values("double") == {(("job", "self"),): 2.0}
    own = (("alertname", "AlwaysOn"), ("alertstate", "firing"), ("job", "self"), ("severity", "page"))
    assert server.values("ALERTS") == {own: 1.0}
    shown = rules(server)
    assert {name: (rule["health"], rule["type"]) for name, rule in shown.items()} == {
        "job:up:sum": ("ok", "recording"),
        "double": ("ok", "recording"),
        "AlwaysOn": ("ok", "alerting"),
    }
    [alert] = server.http.get("/api/v1/alerts").json()["data"]["alerts"]
    assert alert == shown["AlwaysOn"]["alerts"][0]
    assert (alert["state"], alert["value"], alert["annotations"]) == (
        "firing",
        "2e+00",
        {"summary": "self of here is 2"},
    )
    assert rules(server, type="record").keys() == {"job:up:sum", "double"}
    assert rules(server, **{"rule_name[]": "double"}).keys() == {"double"}
    assert rules(server, **{"match[]": '{severity="page"}'}).keys() == {"AlwaysOn"}
    assert rules(server, **{"file[]": "none"}) == {}
    assert rules(server, type="alert", exclude_alerts="true")["AlwaysOn"]["alerts"] is None
    metrics = server.http.get("/metrics").text
    assert 'watchglass_rule_group_rules{rule_group="' in metrics
    assert "watchglass_rule_evaluations_total{" in metrics


@pytest.mark.parametrize("how", ["request", "signal"])
def test_a_wrong_rule_file_is_refused_as_a_whole_and_the_old_rules_stay(server, waiting, tmp_path, how):
    reload(server)
    waiting(lambda: server.values("double"))
    (tmp_path / "rules/b.yml").write_text("groups:\n- name: b\n  rules:\n  - record: x\n    exp: up\n")
    if how == "request":
        answer = reload(server)
        assert answer.status_code == 400
        assert 'b.yml:5: groups[0].rules[0]: unknown key "exp"; did you mean "expr"?' in answer.text
    else:
        server.send(signal.SIGHUP)
        waiting(lambda: "the old one stays in force" in server.log)
    assert rules(server).keys() == {"job:up:sum", "double", "AlwaysOn"}
    (tmp_path / "rules/b.yml").write_text("groups:\n- name: b\n  rules:\n  - record: x\n    expr: count(up)\n")
    assert reload(server).status_code == 200
    waiting(lambda: server.values("x"))


def test_a_reload_ends_the_series_of_rules_that_are_gone_and_keeps_alerts(server, waiting, tmp_path):
    reload(server)
    waiting(lambda: server.values("ALERTS"))
    since = rules(server)["AlwaysOn"]["alerts"][0]["activeAt"]
    text = RULES.format(hold="0s").replace("record: double", "record: twice").replace("double >", "twice >")
    (tmp_path / "rules/a.yml").write_text(text)
    reload(server)
    waiting(lambda: server.values("twice") and not server.values("double"))
    assert rules(server)["AlwaysOn"]["alerts"][0]["activeAt"] == since
    (tmp_path / "rules/a.yml").unlink()
    reload(server)
    waiting(lambda: not server.values("ALERTS") and not server.values("twice"))
    assert rules(server) == {}


def test_a_process_that_is_killed_loses_no_waiting_alert(launch, waiting, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(RULES.format(hold="20m").replace("double > 1", "vector(1)"))
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=1))
    first = launch("--config", "prometheus.yml").wait_ready()
    waiting(lambda: first.values("ALERTS_FOR_STATE"))
    [since] = first.values("ALERTS_FOR_STATE").values()
    time.sleep(2)
    first.process.kill()
    first.process.wait(10)
    again = launch("--config", "prometheus.yml").wait_ready()

    began = time.time()

    def restored():
        newest = again.values("timestamp(ALERTS_FOR_STATE)")
        return newest and max(newest.values()) > began + 1 and list(again.values("ALERTS_FOR_STATE").values())

    [active] = waiting(restored)
    assert since <= active <= began - 1  # it goes on waiting: the time without a server is left out, in whole seconds
    assert rules(again)["AlwaysOn"]["state"] == "pending"


def test_a_broken_rule_is_told_of_and_stops_no_other(server, waiting, tmp_path):
    (tmp_path / "rules/a.yml").write_text(
        "groups:\n- name: bad\n  rules:\n  - record: bad\n    expr: up * on () group_left () {job='self'}\n"
        "- name: good\n  rules:\n  - record: good\n    expr: count(up)\n"
    )
    reload(server)
    waiting(lambda: server.values("good"))
    bad = waiting(lambda: rules(server)["bad"] if rules(server)["bad"]["health"] == "err" else None)
    assert "many-to-many matching not allowed" in bad["lastError"]


@pytest.fixture
def alertmanager():
    """Something that takes what is posted, with what it took."""
    taken = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", taken
    server.shutdown()
    server.server_close()


def test_alertmanagers_elsewhere_are_told_and_this_process_is_not(server, waiting, tmp_path, alertmanager):
    address, taken = alertmanager
    alerting = (
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{address}', '127.0.0.1:{server.port}']}}]}}]}}"
    )
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=server.port) + alerting)
    reload(server)
    [alert] = waiting(lambda: taken)[0][1]
    assert taken[0][0] == "/api/v2/alerts"
    assert alert["labels"] == {"alertname": "AlwaysOn", "job": "self", "severity": "page", "site": "here"}
    assert alert["generatorURL"].endswith("/graph?g0.expr=double+%3E+1&g0.tab=1")
    waiting(lambda: "is this very process" in server.log)
    shown = server.http.get("/api/v1/alertmanagers").json()["data"]
    assert shown == {
        "activeAlertmanagers": [{"url": f"http://{address}/api/v2/alerts"}],
        "droppedAlertmanagers": [],
    }


def test_it_ends_in_time_with_an_alertmanager_that_hangs(server, waiting, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        alerting = f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{address}']}}]}}]}}"
        (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=server.port) + alerting)
        reload(server)
        connection, _ = silent.accept()  # it asks, and nobody answers
        with connection:
            server.stop()
    assert (server.process.returncode, "stopped" in server.log) == (0, True), server.log[-2000:]
