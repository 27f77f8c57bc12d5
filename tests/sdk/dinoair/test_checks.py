"""Checks at intervals and the alerts that they raise: begin, repeat, resolve; faults of one stop no other, and nothing waits."""

from __future__ import annotations

import http.server
import json
import logging
import re
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from peer_servers import free_port, is_ready, needs, running

from watchglass.clock import ManualClock
from watchglass.sdk.dinoair import alerts, metrics_service
from watchglass.sdk.dinoair.alerts import AlertSender
from watchglass.sdk.dinoair.checks import MOST_ALERTS, Checks, register_check, send_alert

SAMPLES = (Path(__file__).parent / "guide_samples.txt").read_text()
CHECKS = next(
    text for text in re.findall(r"^```python\n(.*?)^```$", SAMPLES, re.MULTILINE | re.DOTALL) if "send_alert" in text
)


def wait_until(condition, timeout_s=30.0):
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.02)


class Server(http.server.BaseHTTPRequestHandler):
    """Answers as it is told, and remembers the alerts that it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.asked.append((status, self.path, self.headers["content-type"], self.headers["authorization"]))
        if status == 200:
            self.server.alerts.extend(json.loads(body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


def serve(port=0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Server)
    server.statuses, server.asked, server.alerts = [], [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def server():
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_checks(server, clock):
    """Makes checks whose alerts go to the server, and stops them."""
    made = []

    def make(**options):
        url = options.pop("url", f"http://127.0.0.1:{server.server_port}/")
        made.append(Checks(AlertSender(url, clock=clock, **options), clock))
        return made[-1]

    yield make
    for checks in made:
        checks.stop()


@pytest.fixture
def checks(make_checks):
    return make_checks()


@pytest.fixture
def process(make_service, monkeypatch, server):
    """The process's service, which is not started, and whose alerts go to the server."""
    monkeypatch.setenv("PROMETHEUS_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(metrics_service, "_service", make_service())


class Condition:
    """A check that raises an alert while it is told that something is wrong."""

    def __init__(self, *messages):
        self.messages, self.overview, self.runs = messages, {}, 0
        self.options = {}

    def __call__(self):
        self.runs += 1
        for message in self.messages:
            send_alert(message, self.overview, **self.options)


def names(server) -> list[str]:
    return [alert["labels"]["alertname"] for alert in server.alerts]


def test_an_alert_begins_goes_on_and_is_resolved(checks, server, clock):
    check = Condition("High CPU usage")
    check.overview = {
        "status": "degraded",
        "health_score": 61.6,
        "error_rate": 7.0,
        "active_services": 2,
        "resources": {"cpu": 93.21, "memory": float("nan"), "disk": 41.0, "gpu": None},
    }
    began_ms = clock.now_ms()
    checks.add(check, 0.1, "check_resource_usage")
    checks.start()
    wait_until(lambda: len(server.alerts) >= 2)
    clock.advance(5000)
    seen = len(server.alerts)
    wait_until(lambda: len(server.alerts) >= seen + 2)
    check.messages = ()
    wait_until(lambda: server.alerts[-1]["endsAt"] == stamp(clock.now_ms()))
    checks.stop()

    first, last = server.alerts[0], server.alerts[-1]
    assert first == {
        "labels": {"alertname": "DinoAirResourceUsage", "severity": "warning", "system": "dinoair"},
        "annotations": {
            "summary": "High CPU usage",
            "description": "degraded, health 62 of 100, CPU 93 %, disk 41 %, 7 errors a minute, 2 active services",
        },
        "startsAt": stamp(began_ms),
        "endsAt": stamp(began_ms + 240_000),
    }
    assert {alert["startsAt"] for alert in server.alerts} == {stamp(began_ms)}, "it is one alert"
    assert last["endsAt"] == stamp(began_ms + 5000)
    assert sum(alert["endsAt"] == last["endsAt"] for alert in server.alerts) == 1, "its end is told once"
    assert {asked[1:3] for asked in server.asked} == {("/api/v2/alerts", "application/json")}


def stamp(at_ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms / 1000)) + f".{at_ms % 1000:03d}Z"


def test_one_that_raises_and_one_that_hangs_stop_no_other(checks, server, caplog):
    hanging, good = threading.Event(), Condition("m")

    def raises():
        send_alert("before the fault", {})
        raise OSError("no such thing")

    def leaves():
        sys.exit(3)

    for check in (raises, hanging.wait, leaves, good):
        checks.add(check, 0.1, getattr(check, "__name__", "good"))
    with caplog.at_level(logging.WARNING, "watchglass.sdk.dinoair"):
        checks.start()
        wait_until(lambda: good.runs >= 5)
        wait_until(lambda: checks.status()["raises"]["failures"] >= 3 and checks.status()["leaves"]["failures"])
        wait_until(lambda: "DinoAirRaises" in names(server))
    began_s = time.monotonic()
    checks.stop(timeout_s=0.5)

    assert time.monotonic() - began_s < 5, "a check that hangs is left behind"
    status = checks.status()
    assert status["raises"]["last_error"] == "OSError: no such thing"
    assert status["leaves"]["last_error"] == "SystemExit: 3"
    assert (status["wait"]["runs"], status["good"]["failures"]) == (0, 0)
    assert [vars(record).get("check") for record in caplog.records].count("raises") == 1, "the same fault is told once"
    assert not any(alert["endsAt"] < alert["startsAt"] for alert in server.alerts)
    hanging.set()


def test_where_a_check_fails_its_alert_stays(checks, server):
    check = Condition("m")
    checks.add(check, 0.1, "c")
    checks.start()
    wait_until(lambda: server.alerts)
    ends = {alert["endsAt"] for alert in server.alerts}
    check.messages, check.options = ("m",), {"labels": 7}
    wait_until(lambda: checks.status()["c"]["failures"] >= 3)

    assert {alert["endsAt"] for alert in server.alerts} == ends
    assert checks.status()["c"]["firing"] == 1
    check.messages = ()
    wait_until(lambda: checks.status()["c"]["firing"] == 0)
    wait_until(lambda: server.alerts[-1]["endsAt"] == server.alerts[-1]["startsAt"])


def test_they_stop_with_the_service_and_go_on_in_one_that_takes_its_place(make_service, monkeypatch, server):
    monkeypatch.setenv("PROMETHEUS_URL", f"http://127.0.0.1:{server.server_port}/prometheus/")
    service, check = make_service(), Condition("m")
    monkeypatch.setattr(metrics_service, "_service", service)
    register_check(check, interval=0.1, name="mine")
    time.sleep(0.3)
    assert check.runs == 0, "not before the service runs"
    service.start()
    wait_until(lambda: check.runs > 2)
    assert service.get_service_status()["checks"]["mine"]["interval_seconds"] == 0.1
    service.stop()
    runs = check.runs
    time.sleep(0.3)
    assert check.runs == runs
    assert server.asked[0][1] == "/prometheus/api/v2/alerts"

    other = metrics_service.initialize_metrics_service(service.config)
    other.start()
    wait_until(lambda: check.runs > runs)
    other.stop()


def test_while_no_server_is_there_the_newest_word_of_each_waits_and_nobody_else_does(make_checks, clock):
    port = free_port()
    checks, going, over = make_checks(url=f"http://127.0.0.1:{port}"), Condition("a"), Condition("b")
    checks.add(going, 0.1, "going")
    checks.add(over, 0.1, "over")
    checks.start()
    wait_until(lambda: going.runs > 3 and over.runs > 3)
    over.messages = ()
    wait_until(lambda: checks.status()["over"]["firing"] == 0)
    assert checks.status()["alerts"]["waiting"] == 2
    assert "refused" in checks.status()["alerts"]["last_error"]

    server = serve(port)
    wait_until(lambda: {"DinoAirGoing", "DinoAirOver"} <= set(names(server)))
    ended = [alert for alert in server.alerts if alert["labels"]["alertname"] == "DinoAirOver"]
    assert [alert["endsAt"] == stamp(clock.now_ms()) for alert in ended] == [True]
    server.shutdown()
    server.server_close()


def test_what_goes_on_is_repeated_by_itself(make_checks, server, monkeypatch):
    """A check that runs once an hour does not leave a server that has forgotten its alert without it."""
    monkeypatch.setattr(alerts, "RESEND_S", 0.2)
    checks = make_checks()
    checks.add(Condition("m"), 3600, "hourly")
    checks.start()
    wait_until(lambda: len(server.alerts) >= 3)

    assert len({json.dumps(alert) for alert in server.alerts}) == 1


def test_what_a_server_refuses_for_now_is_sent_again_and_what_it_refuses_for_good_is_not(make_checks, server, caplog):
    server.statuses = [503, 429, 400]
    checks = make_checks(headers={"Authorization": "Bearer t0p"})
    checks.add(Condition("m"), 3600, "c")
    with caplog.at_level(logging.WARNING, "watchglass.sdk.dinoair"):
        checks.start()
        wait_until(lambda: checks.status()["alerts"]["dropped"] == 1)

    assert [status for status, *_ in server.asked] == [503, 429, 400]
    assert {token for *_, token in server.asked} == {"Bearer t0p"}
    assert "t0p" not in f"{checks.status()} {[vars(record) for record in caplog.records]}"


def test_alerts_are_bounded(make_checks, server):
    checks = make_checks(url=f"http://127.0.0.1:{free_port()}", most_alerts=5)
    many = Condition(*(f"m{number}" for number in range(MOST_ALERTS + 1)))

    def check():
        many.runs += 1
        for message in many.messages:
            send_alert(message, {}, labels={"message": message})

    checks.add(check, 3600, "many")
    checks.start()
    wait_until(lambda: checks.status()["many"]["runs"] == 1)

    status = checks.status()
    assert status["many"]["last_error"] == "ValueError: a check may raise 100 alerts at once"
    assert (status["alerts"]["waiting"], status["alerts"]["dropped"]) == (5, 95)


@pytest.mark.parametrize(
    ("interval", "message"),
    [
        (0, "interval: expected 0.1 to 86400 seconds, got 0"),
        (float("nan"), "interval: expected 0.1 to 86400 seconds, got nan"),
        (1, 'there is a check "print" already'),
    ],
)
def test_a_check_that_cannot_be_is_refused(checks, interval, message):
    checks.add(print, 1)
    with pytest.raises(ValueError) as refused:
        checks.add(print, interval)
    assert str(refused.value) == message


def test_there_are_a_hundred_at_most(checks):
    for number in range(100):
        checks.add(print, 1, f"c{number}")
    with pytest.raises(ValueError, match="there are 100 checks already"):
        checks.add(print, 1)


def test_what_is_said_of_one_alert_in_one_run_is_said_together(checks, server):
    checks.add(Condition("disk is full", "disk is slow"), 3600, "check_disk")
    checks.start()
    wait_until(lambda: any("slow" in alert["annotations"]["summary"] for alert in server.alerts))

    assert server.alerts[-1]["annotations"]["summary"] == "disk is full; disk is slow"
    assert set(names(server)) == {"DinoAirDisk"}


@pytest.mark.parametrize(
    ("message", "alertname", "name"),
    [
        ("High CPU usage", "", "DinoAirHighCPUUsage"),
        ("CPU at 93% now!", "", "DinoAirCPUAtNow"),
        ("", "", "DinoAirAlert"),
        ("m", "Mine", "Mine"),
    ],
)
def test_outside_a_check_it_is_sent_once_and_the_server_ends_it(process, server, message, alertname, name):
    send_alert(message, None, severity="critical", labels={"severity": "no", "team": "a"}, alertname=alertname)
    wait_until(lambda: server.alerts)
    metrics_service.get_metrics_service().checks.stop()

    (alert,) = server.alerts
    assert alert["labels"] == {"alertname": name, "severity": "critical", "system": "dinoair", "team": "a"}
    assert "endsAt" not in alert


def test_an_address_that_is_none_is_told_and_stops_nothing(make_service, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_URL", "localhost:9090")
    monkeypatch.setattr(metrics_service, "_service", make_service())
    send_alert("m", {})
    checks = metrics_service.get_metrics_service().checks
    why = "PROMETHEUS_URL: expected http:// or https:// and a host, got 'localhost:9090'"
    wait_until(lambda: checks.status()["alerts"]["last_error"] == why)
    checks.stop()
    with pytest.raises(ValueError, match="url: expected http"):
        AlertSender("localhost:9090")


def test_an_alert_that_is_sent_last_of_all_is_sent(server, tmp_path):
    program = "from watchglass.sdk.dinoair.checks import send_alert; send_alert('last words', {})"
    environ = {"PROMETHEUS_URL": f"http://127.0.0.1:{server.server_port}", "PATH": ""}
    environ["PYTHONPATH"] = str(Path(__file__).parents[3] / "src")
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, check=True, timeout=60)

    assert names(server) == ["DinoAirLastWords"]


@pytest.fixture(params=["alertmanager", "watchglass"])
def routing(request, tmp_path):
    """The port of a real server that routes alerts: Debian's Alertmanager, and Watchglass."""
    port = free_port()
    (tmp_path / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    listen, data = f"--web.listen-address=127.0.0.1:{port}", tmp_path / "server"
    if request.param == "watchglass":
        command = [sys.executable, "-m", "watchglass", "up", f"--alertmanager.config={tmp_path}/am.yml"]
        more = ["--no-host.enabled", "--no-rules.watch-self", f"--data={data}"]
    else:
        command = [needs("prometheus-alertmanager", "prometheus-alertmanager"), f"--config.file={tmp_path}/am.yml"]
        more = ["--cluster.listen-address=", f"--storage.path={data}"]
    with running([*command, listen, *more]):
        wait_until(lambda: is_ready(port))
        yield port


@pytest.mark.real
def test_the_guides_checks_unchanged_reach_a_real_server(routing, make_service, registry, machine, monkeypatch):
    """Registered, they fire and resolve there, by the labels that its routes go by."""
    port = routing
    clock = ManualClock(round(time.time() * 1000))
    sender = AlertSender(f"http://127.0.0.1:{port}", clock=clock)
    service = make_service()
    service.checks = Checks(sender, clock)
    monkeypatch.setattr(metrics_service, "_service", service)
    monkeypatch.setitem(sys.modules, "lib.metrics.metrics_service", metrics_service)
    guide = {"send_alert": send_alert, "__name__": "guide"}
    exec(compile(CHECKS, "guide", "exec"), guide)
    for name in ("check_high_error_rate", "check_resource_usage"):
        service.checks.add(guide[name], 0.1)

    def firing():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/alerts", timeout=10) as answer:
                return {alert["labels"]["alertname"]: alert for alert in json.load(answer)}
        except OSError:
            return {}

    for _ in range(5):
        registry.record_error("t", "m")
    machine.readings["cpu"] = 90.0
    service.start()
    wait_until(lambda: service.checks.status()["check_resource_usage"]["runs"] > 3)
    assert firing() == {}, "neither is above its limit"
    registry.record_error("t", "m")
    machine.readings["cpu"] = 90.5
    wait_until(lambda: len(firing()) == 2)
    found = firing()
    registry.state.clock.advance(61_000)
    machine.readings["cpu"] = 20.0
    clock.advance(1000)
    wait_until(lambda: firing() == {})
    service.stop()

    assert found["DinoAirHighErrorRate"]["labels"] == {
        "alertname": "DinoAirHighErrorRate",
        "severity": "warning",
        "system": "dinoair",
    }
    assert found["DinoAirHighErrorRate"]["annotations"]["summary"] == "High error rate detected"
    assert found["DinoAirResourceUsage"]["annotations"]["summary"] == "High CPU usage"
