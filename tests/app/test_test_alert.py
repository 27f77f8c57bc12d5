"""`watchglass test-alert`: by the real route of a real server; who was told, who was not and why; and it is resolved."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import sys
import threading

import pytest

ROUTES = """
route:
  receiver: good
  group_wait: 0s
  group_interval: 1s
  group_by: [alertname]
  routes:
  - {{receiver: bad, matchers: ['system="bad"']}}
  - {{receiver: away, group_interval: 1h, matchers: ['system="away"']}}
  - {{receiver: late, group_interval: 1h, matchers: ['system="late"']}}
  - {{receiver: mixed, matchers: ['system="mixed"']}}
  - {{receiver: shown, matchers: ['system="shown"']}}
  - {{receiver: good, active_time_intervals: [never], matchers: ['system="asleep"']}}
time_intervals: [{{name: never, time_intervals: [{{years: ['1999']}}]}}]
inhibit_rules: [{{source_matchers: [alertname=Bigger], target_matchers: [system=smaller]}}]
receivers:
- name: good
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/good'}}]
- name: bad
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/refuses'}}]
- name: away
  webhook_configs: [{{url: 'http://127.0.0.1:1/'}}]
- name: late
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/late'}}]
- name: mixed
  webhook_configs: [{{url: 'http://127.0.0.1:{port}/one'}}, {{url: 'http://127.0.0.1:{port}/two'}}]
  slack_configs: [{{api_url: YOUR_SLACK_WEBHOOK_URL, channel: '#a'}}]
- name: shown
"""


class Sink(http.server.BaseHTTPRequestHandler):
    """Takes notifications but those at /refuses."""

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path in self.server.away:
            self.send_error(503)
            return
        self.server.told.append((self.path, message["status"], message["alerts"][0]))
        self.send_response(400 if self.path == "/refuses" else 200)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def sink():
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    sink.told, sink.away = [], set()
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    yield sink
    sink.shutdown()
    sink.server_close()


@pytest.fixture
def server(launch, tmp_path, sink):
    (tmp_path / "alertmanager.yml").write_text(ROUTES.format(port=sink.server_port))
    (tmp_path / "watchglass.yml").write_text("{host: {enabled: false}, scrape: {self: false}}")
    return launch("--alertmanager.config", "alertmanager.yml").wait_ready()


def trial(server, *words: str) -> tuple[int, list[str]]:
    """The exit status, and what was printed without spaces that align it and figures that vary."""
    command = [sys.executable, "-m", "watchglass", "test-alert", "--url", server.url, *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    text = re.sub(r"in \d+\.\d s", "in N s", re.sub(r" +", " ", ran.stdout))
    return ran.returncode, [line.strip() for line in [*text.splitlines(), *ran.stderr.splitlines()]]


def test_who_is_told_is_named_and_the_alert_is_marked_and_resolved(server, sink, waiting):
    status, said = trial(server, "team=a", "--system", "x")
    mark = re.fullmatch(
        r'\{alertname="WatchglassTest", severity="warning", system="x", team="a", watchglass_test="(\w{8})"\} to '
        + server.url,
        said[0],
    )[1]
    assert (status, said[1:]) == (
        0,
        [
            "goes to good; the group waits 0 s for more alerts",
            "good webhook[0] delivered in N s, 1 attempt",
            "resolved; who hears of ends is told at the group's next turn",
        ],
    )
    (path, state, alert), *_ = sink.told
    assert (path, state, alert["labels"]["watchglass_test"]) == ("/good", "firing", mark)
    assert alert["annotations"]["summary"].startswith("Test alert by ")
    waiting(lambda: [state for _, state, _ in sink.told] == ["firing", "resolved"])


def test_of_several_ways_each_has_its_outcome(server, sink):
    status, said = trial(server, "--system", "mixed", "--severity", "critical", "alertname=Mine")
    assert said[0].startswith('{alertname="Mine", severity="critical", system="mixed", ')
    assert (status, said[2:-1]) == (
        0,
        [
            "mixed webhook[0] delivered in N s, 1 attempt",
            "mixed webhook[1] delivered in N s, 1 attempt",
            "mixed slack disabled: api_url is a placeholder",
        ],
    )
    assert {path for path, _, _ in sink.told} == {"/one", "/two"}


@pytest.mark.parametrize(
    ("system", "why"),
    [
        ("bad", r"bad webhook\[0\] failed after 1 attempt: .*400.*"),
        ("away", r"away webhook\[0\] not delivered in time, and still tried: \d attempts?, 127.0.0.1:1: .*refused"),
        ("shown", "shown has no way to be told: it is only shown"),
        ("asleep", "good webhook sends nothing at this time: .*never"),
    ],
)
def test_who_is_not_told_and_why(server, system, why):
    status, said = trial(server, "--system", system, "--timeout", "3s")
    assert status == 1
    assert re.fullmatch(why, said[2]), said


def test_who_comes_back_after_its_end_is_not_told_of_it(server, sink, waiting):
    sink.away.add("/late")
    status, said = trial(server, "--system", "late", "--timeout", "2s")
    assert (status, "still tried" in said[2]) == (1, True)
    sink.away.clear()
    asked = "/api/v1/watchglass/alerting/notifications"
    waiting(lambda: server.http.get(asked).json()["data"]["notifications"][0]["status"] == "failed")
    (sent,) = server.http.get(asked).json()["data"]["notifications"]
    assert sent["error"].endswith("given up, for alerts have ended since")
    assert sink.told == []


def test_what_keeps_it_quiet_is_named(server):
    silence = {
        "matchers": [{"name": "system", "value": "hushed", "isRegex": False, "isEqual": True}],
        "startsAt": "2020-01-01T00:00:00Z",
        "endsAt": "2999-01-01T00:00:00Z",
        "createdBy": "me",
        "comment": "",
    }
    id_ = server.http.post("/api/v2/silences", json=silence).json()["silenceID"]
    status, said = trial(server, "--system", "hushed")
    assert (status, said[2]) == (1, f"good webhook kept quiet by silence {id_}")

    server.http.post("/api/v2/alerts", json=[{"labels": {"alertname": "Bigger"}}])
    status, said = trial(server, "--system", "smaller")
    assert (status, said[2].startswith("good webhook kept quiet by alert ")) == (1, True)


def test_it_is_refused_where_nothing_is_routed_or_nobody_answers(launch, tmp_path):
    (tmp_path / "watchglass.yml").write_text("{host: {enabled: false}, scrape: {self: false}}")
    server = launch().wait_ready()
    status, said = trial(server)
    assert status == 1
    assert "alerts are not routed here: name an alertmanager.yml with --alertmanager.config" in said[0]
    assert trial(server, "severity")[1] == ['watchglass: expected LABEL=VALUE, not "severity"']
    server.process.terminate()
    server.wait_end()
    assert "no server answers at" in trial(server)[1][0]
