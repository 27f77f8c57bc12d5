"""Watchglass watches itself, in a real process: its rules, the watchdog, and what happens where that does not arrive."""

from __future__ import annotations

import http.server
import json
import re
import threading

import pytest

CONFIG = "global: {evaluation_interval: 200ms}\n"
ROUTES = """
route: {{receiver: ops, group_wait: 0s, group_interval: 1s, group_by: [alertname]}}
receivers:
- name: ops
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/ops'}}]
- name: dead-man
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/dead-man'}}]
"""


class Sink(http.server.BaseHTTPRequestHandler):
    """Takes notifications, and refuses those at addresses that it is told."""

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        refused = self.path in self.server.refused
        if not refused:
            self.server.told.append((self.path, message["status"], message["alerts"][0]["labels"]["alertname"]))
        self.send_response(400 if refused else 200)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def sink(tmp_path):
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    sink.told, sink.refused = [], set()
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    (tmp_path / "alertmanager.yml").write_text(ROUTES.format(port=sink.server_port))
    (tmp_path / "prometheus.yml").write_text(CONFIG)
    (tmp_path / "watchglass.yml").write_text("{host: {enabled: false}, gpu: {enabled: false}}")
    yield sink
    sink.shutdown()
    sink.server_close()


def start(launch, *more):
    return launch("--config", "prometheus.yml", "--alertmanager.config", "alertmanager.yml", *more).wait_ready()


def rules(server) -> dict[str, str]:
    groups = server.http.get("/api/v1/rules").json()["data"]["groups"]
    return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


def test_without_a_receiver_for_it_there_is_no_watchdog_and_nothing_else_speaks(launch, waiting, sink):
    server = start(launch)
    waiting(lambda: set(rules(server).values()) == {"ok"})
    assert "WatchglassNotificationsLost" in rules(server)
    assert "Watchdog" not in rules(server)
    assert server.values('ALERTS{alertstate="firing"}') == {}
    assert sink.told == []


def test_the_watchdog_is_told_at_its_interval_and_an_alert_fires_where_it_does_not_arrive(launch, waiting, sink):
    server = start(launch, "--watchdog.receiver=dead-man", "--watchdog.interval=1s", "--watchdog.missed=4")
    waiting(lambda: sink.told.count(("/dead-man", "firing", "Watchdog")) >= 3)
    assert set(sink.told) == {("/dead-man", "firing", "Watchdog")}, "nobody else hears of it"
    way = '{integration="webhook[0]",receiver="dead-man"}'
    text = server.http.get("/metrics").text
    assert f"\nwatchglass_watchdog_patience_seconds{way} 4.0\n" in text
    assert f"\nwatchglass_watchdog_last_delivered_timestamp_seconds{way} " in text
    assert '\nwatchglass_alerting_notifications_total{integration="webhook",receiver="dead-man"} ' in text
    assert (
        '\nwatchglass_alerting_notifications_failed_total{integration="webhook",reason="other",receiver="ops"} 0.0\n'
        in text
    )

    sink.refused.add("/dead-man")
    waiting(lambda: ("/ops", "firing", "WatchdogNotDelivered") in sink.told, 60)
    waiting(lambda: ("/ops", "firing", "WatchglassNotificationsLost") in sink.told, 60)
    sink.refused.clear()
    waiting(lambda: ("/ops", "resolved", "WatchdogNotDelivered") in sink.told, 60)


def test_every_figure_of_its_dashboard_is_there(launch, waiting, sink):
    """But those of Alertmanagers elsewhere, of which there are none."""
    server = start(launch, "--watchdog.receiver=dead-man", "--watchdog.interval=1s")
    waiting(lambda: sink.told)
    board = server.http.get("/api/dashboards/uid/watchglass-itself").json()["dashboard"]
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    wanted = {name for expr in asked for name in NAMES.findall(expr)}
    elsewhere = {f"watchglass_notifications_{what}_total" for what in ("sent", "errors", "dropped")}
    waiting(lambda: wanted - names(server) == elsewhere)
    assert len(asked) > 40


NAMES = re.compile(r"\b(?:watchglass|process)_\w+")


def names(server) -> set[str]:
    return set(server.http.get("/api/v1/label/__name__/values").json()["data"])


def test_a_receiver_that_does_not_exist_ends_the_start(launch, sink):
    status, log = launch("--alertmanager.config", "alertmanager.yml", "--watchdog.receiver=deadman").wait_end()
    assert status != 0
    assert 'has no receiver "deadman"; did you mean "dead-man"?' in log


def test_a_reload_begins_and_ends_it_and_a_wrong_one_changes_nothing(launch, waiting, sink, tmp_path):
    settings = "host: {enabled: false}, gpu: {enabled: false}"
    server = start(launch)
    assert "Watchdog" not in rules(server)

    def reload(watchdog: str) -> int:
        (tmp_path / "watchglass.yml").write_text(f"{{{settings}, {watchdog}}}")
        return server.http.post("/-/reload").status_code

    assert reload("watchdog: {receiver: dead-man, interval: 1s}") == 200
    waiting(lambda: sink.told.count(("/dead-man", "firing", "Watchdog")) >= 2)
    assert reload("watchdog: {receiver: deadman}") >= 400
    told = len(sink.told)
    waiting(lambda: len(sink.told) >= told + 2)
    assert reload("rules: {watch_self: false}") == 200
    waiting(lambda: rules(server) == {})


def test_health_names_an_integration_that_fails_and_why_until_it_is_told_again(launch, waiting, sink):
    server = start(launch)
    health = lambda: server.http.get("/health").json()["components"]["alerting"]  # noqa: E731
    post = lambda name: server.http.post("/api/v2/alerts", json=[{"labels": {"alertname": name}}])  # noqa: E731
    sink.refused.add("/ops")
    post("One")
    found = waiting(lambda: health() if health()["status"] == "degraded" else None)
    assert found["detail"].startswith("ops/webhook[0] fails: ")
    assert "400" in found["detail"]
    assert f":{sink.server_port}/ops" not in found["detail"], "the address is a secret"
    sink.refused.clear()
    waiting(lambda: health()["status"] == "ok")


def test_a_test_alert_that_is_lost_raises_no_alarm_and_a_real_one_does(launch, waiting, sink):
    server = start(launch)
    lost = "watchglass_alerting_notifications_failed_total"
    sink.refused.add("/ops")
    alert = {"alertname": "WatchglassTest", "watchglass_test": "0a1b2c3d"}
    server.http.post("/api/v2/alerts", json=[{"labels": alert}])
    tests = 'watchglass_alerting_test_notifications_total{integration="webhook",outcome="failed",receiver="ops"}'
    waiting(lambda: tests in server.http.get("/metrics").text)
    assert not re.search(rf"^{lost}{{.*}} [1-9]", server.http.get("/metrics").text, re.MULTILINE)
    server.http.post("/api/v2/alerts", json=[{"labels": {"alertname": "Real"}}])
    waiting(lambda: re.search(rf"^{lost}{{.*}} [1-9]", server.http.get("/metrics").text, re.MULTILINE))
    waiting(lambda: "WatchglassNotificationsLost" in str(server.values('ALERTS{alertstate="firing"}')), 60)
