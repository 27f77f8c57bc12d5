"""A disk that takes nothing more: alerts are told all the same, it is said, and with room again all of it is on disk.

The kernel refuses what the running server writes beyond a size, as it refuses it on a full disk.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CONFIG = """
route:
  receiver: one
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  routes: [{{matchers: [n="3"], receiver: three}}]
receivers:
  - {{name: one, webhook_configs: [{{url: '{url}/one'}}]}}
  - {{name: three, webhook_configs: [{{url: 'http://127.0.0.1:1/'}}, {{url: '{url}/three'}}]}}
"""
PROMETHEUS = "{global: {scrape_interval: 1s, evaluation_interval: 1s}, rule_files: [rules.yml]}"
RULES = "groups: [{name: g, rules: [{alert: Later, expr: 'vector(time()) > %d'}, {alert: Always, expr: vector(1)}]}]"
LARGE = "x" * 400_000
ROOM = 200_000  # beside the log: less than one transaction with a large alert takes


@pytest.fixture
def sink():
    """A receiver, and whom it was told of where."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.told.append((self.path, body["groupLabels"]["alertname"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.told, server.url = [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(launch, tmp_path, sink):
    (tmp_path / "alertmanager.yml").write_text(CONFIG.format(url=sink.url))
    (tmp_path / "prometheus.yml").write_text(PROMETHEUS)
    (tmp_path / "rules.yml").write_text(RULES % 4e9)
    return lambda: launch(
        "--alertmanager.config=alertmanager.yml",
        "--config=prometheus.yml",
        "--no-host.enabled",
        "--no-rules.watch-self",
    ).wait_ready()


def fill(server, size):
    """From now on no file of the server grows beyond so many bytes; None for any size."""
    hard = resource.RLIM_INFINITY
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def post(server, name, **more):
    alert = {"labels": {"alertname": name, **more}, "annotations": {"large": LARGE}}
    return server.http.post("/api/v2/alerts", json=[alert])


def failures(server):
    """How often what alerting keeps could not be written."""
    lines = server.http.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("watchglass_alerting_save_failures_total "))


def says_unsaved(server):
    """Whether health says so of alerting, which has another trouble as well: a receiver that cannot be reached."""
    told = server.http.get("/health").json()["components"]["alerting"]
    return told["status"] == "degraded" and "meta.db" in json.dumps(told)


def test_alerts_are_told_and_written_down_once_there_is_room(start, sink, waiting, tmp_path):
    server = start()
    waiting(lambda: ("/one", "Always") in sink.told)
    assert failures(server) == 0

    fill(server, server.log_path.stat().st_size + ROOM)
    for number in "123":
        answer = post(server, f"Full{number}", n=number)
        assert (answer.status_code, "meta.db" in answer.text) == (500, True)
    waiting(lambda: {("/one", "Full1"), ("/one", "Full2"), ("/three", "Full3")} <= set(sink.told))
    assert failures(server) > 0
    assert says_unsaved(server)
    assert server.log.count("alerts go on, but their state is not on disk") == 1
    silence = {
        "matchers": [{"name": "alertname", "value": "Quiet", "isRegex": False}], "comment": "why", "createdBy": "me",
        "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2100-01-01T00:00:00Z",
    }  # fmt: skip
    assert server.http.post("/api/v2/silences", json=silence).status_code == 500

    fill(server, 0)  # not even the log
    (tmp_path / "rules.yml").write_text(RULES % 1)
    assert server.http.post("/-/reload").status_code == 200
    assert post(server, "Quiet").status_code == 500
    assert post(server, "Full4").status_code == 500
    waiting(lambda: {("/one", "Later"), ("/one", "Full4")} <= set(sink.told))

    fill(server, None)
    assert post(server, "After").status_code == 200
    waiting(lambda: not says_unsaved(server))
    waiting(lambda: "the state of alerts is on disk again" in server.log)
    waiting(lambda: ("/one", "After") in sink.told)
    logged = {f"Full{number}" for number in "1234"} | {"Always", "After", "Later"}
    waiting(lambda: set(told_on_disk(tmp_path)) >= logged)
    server.process.kill()
    server.process.wait()
    before = list(sink.told)
    with closing(sqlite3.connect(tmp_path / "data/meta.db")) as con:
        assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    again = start()
    assert post(again, "Last").status_code == 200
    waiting(lambda: ("/one", "Last") in sink.told)

    (kept,) = again.http.get("/api/v2/silences").json()
    assert (kept["status"]["state"], kept["comment"]) == ("active", "why")
    assert set(sink.told[len(before) :]) == {("/one", "Last")}, "nothing is told twice, and the silence holds"
    assert ("/one", "Quiet") not in sink.told
    assert len(sink.told) == len(set(sink.told))


def told_on_disk(folder):
    """The alerts of which the notification log says that they were told."""
    with closing(sqlite3.connect(f"file:{folder}/data/meta.db?mode=ro", uri=True)) as con:
        keys = con.execute("SELECT group_key FROM notification_log").fetchall()
    return [key.split('alertname="')[1].split('"')[0] for (key,) in keys]
