"""`kill -9` at each step of decide, send, answer, log: nothing is lost, and only what was under way comes twice.

WATCHGLASS_ALERT_KILLS=25 kills so often at each step; the default is once.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from differential import free_port
from differential_servers import start_subject

KILLS = int(os.environ.get("WATCHGLASS_ALERT_KILLS", "1"))
PATIENCE_S = 30
CONFIG = """
route: {{receiver: sink, group_by: [n], group_wait: 100ms, group_interval: 300ms, repeat_interval: 1h}}
receivers: [{{name: sink, webhook_configs: [{{url: 'http://127.0.0.1:{port}/'}}]}}]
"""
STEPS = ("accepted", "asked", "answered", "logged")


class KillingSink:
    """A receiver that ends its sender when it has heard what it waits for, or has answered to it."""

    def __init__(self):
        self.heard: list[tuple[str, str]] = []  # group key and alerts
        self.step, self.awaited, self.sender = "", ("", ""), None
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                names = sorted(f"{a['labels']['n']}-{a['status']}" for a in body["alerts"])
                what = body["groupKey"], " ".join(names)
                is_awaited = what == sink.awaited  # else it repeats the one before, whose answer nobody heard
                sink.heard.append(what)
                if is_awaited and sink.step == "asked":
                    sink.end_sender()
                    return
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
                if is_awaited and sink.step == "answered":
                    sink.end_sender()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end_sender(self):
        self.step = ""
        self.sender.process.kill()


def start(folder, sink, port):
    """The alert manager, over what the one before has left."""
    server = start_subject("subject", CONFIG.format(port=sink.port), port, folder=folder)

    async def ready():
        async with httpx.AsyncClient() as client:
            await server.ready(client)

    asyncio.run(ready())
    sink.sender = server
    return server


def logged(folder):
    """How many notifications have an outcome on disk."""
    with closing(sqlite3.connect(f"file:{folder}/meta.db?mode=ro", uri=True)) as con:
        return con.execute("SELECT count(*) FROM notification_history WHERE error = ''").fetchone()[0]


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def sink():
    made = KillingSink()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_loses_nothing_and_repeats_only_what_was_under_way(tmp_path, sink, step):
    port, chance = free_port(), random.Random(step)
    url = f"http://127.0.0.1:{port}/api/v2"
    expected, killed = Counter(), set()
    server = start(tmp_path, sink, port)
    for number in range(KILLS):
        name = f"{step}{number}"
        for status, ends in (
            ("firing", {}),
            ("resolved", {"endsAt": "2020-01-02T00:00:00Z", "startsAt": "2020-01-01T00:00:00Z"}),
        ):
            what = (f'{{}}:{{n="{name}"}}', f"{name}-{status}")
            sink.step, sink.awaited = step, what
            alert = {"labels": {"alertname": "A", "n": name}, **ends}
            if status == "resolved":
                alert["endsAt"] = alert["startsAt"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            assert httpx.post(f"{url}/alerts", json=[alert]).status_code == 200
            expected[what] = 1
            if step == "logged":
                wait_for(lambda: logged(tmp_path) >= len(expected))
                server.process.kill()
            else:  # whether or not it was under way where the kill comes by chance
                killed.add(what)
            if step == "accepted":
                time.sleep(chance.random() * 0.2)
                server.process.kill()
            server.process.wait(PATIENCE_S)
            server.stop()
            server = start(tmp_path, sink, port)
            wait_for(lambda what=what: sink.heard.count(what) >= 1 + (step == "asked"))
            wait_for(lambda: logged(tmp_path) >= len(expected))  # or the next kill would have it repeated once more
    silence = {
        "matchers": [{"name": "alertname", "value": "B", "isRegex": False}],
        "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2100-01-01T00:00:00Z", "createdBy": "me", "comment": "x",
    }  # fmt: skip
    id_ = httpx.post(f"{url}/silences", json=silence).json()["silenceID"]
    server.stop()
    server = start(tmp_path, sink, port)
    kept = httpx.get(f"{url}/silence/{id_}").json()
    server.stop()

    assert kept["status"]["state"] == "active"
    heard = Counter(sink.heard)
    twice = sum(times > 1 for times in heard.values())
    print(f"{step}: {len(expected)} kills, {len(expected - heard)} lost, {twice} told twice")
    assert heard.keys() == expected.keys(), "nothing is lost, nothing else is told"
    assert {what for what, times in heard.items() if times > 1} <= killed, "only what was under way comes twice"
    assert max(heard.values()) <= 2
    if step == "asked":
        assert {what for what, times in heard.items() if times == 2} == killed
