"""Automatic dashboards of real programs: a real Prometheus scrapes them and answers every query with data."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from dashboard_support import check, drawn

from watchglass.columns import LabelTable
from watchglass.dashboards.auto import MAX_PANELS, auto_dashboard
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType

PEERS = ("prometheus", "prometheus-node-exporter")
APP = Path(__file__).parents[2] / "examples/chat_app"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not all(map(shutil.which, PEERS)), reason=f"apt-get install {' '.join(PEERS)}"),
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """Prometheus scraping node_exporter and the chat service under load; a client of it."""
    folder = tmp_path_factory.mktemp("prometheus")
    port, node, chat = free_port(), free_port(), free_port()
    jobs = [
        {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}
        for name, target in (("node", node), ("chat_app", chat))
    ]
    config = folder / "prometheus.yml"
    config.write_text(json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}))
    commands = (
        [PEERS[1], f"--web.listen-address=127.0.0.1:{node}"],
        [sys.executable, APP / "app.py", "--port", str(chat)],
        [sys.executable, APP / "load.py", "--url", f"http://127.0.0.1:{chat}", "--rate", "15", "--day", "20"],
        [
            PEERS[0],
            f"--config.file={config}",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
    )
    with (folder / "log").open("wb") as log:
        running = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1/", timeout=20) as client:
        yield client
    for process in running:
        process.terminate()
    for process in running:
        process.wait(20)


def data(prometheus, path, **params):
    for _ in range(100):
        try:
            answer = prometheus.get(path, params=params)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:  # it listens before its data are open
            return answer.raise_for_status().json()["data"]
        time.sleep(0.1)
    pytest.fail("Prometheus did not start")


def dashboard_of(prometheus, job):
    rows = [Labels.of(labels) for labels in data(prometheus, "series", **{"match[]": f'{{job="{job}"}}'})]
    about = {
        name: Metadata(MetricType(entry[0]["type"]), entry[0]["unit"], entry[0]["help"])
        for name, entry in data(prometheus, "metadata").items()
    }
    return auto_dashboard(job, about, LabelTable.of(rows))


def without_data(prometheus, dashboard):
    """Titles and queries that Prometheus answers with nothing; a query that it refuses raises."""
    queries = [(panel["title"], query["expr"]) for panel in drawn(dashboard) for query in panel["targets"]]
    asked = [(title, expr.replace("$__rate_interval", "10s")) for title, expr in queries]
    return [entry for entry in asked if not data(prometheus, "query", query=entry[1])["result"]]


@pytest.mark.parametrize(
    ("job", "titles"),
    [
        ("node", {"CPU", "Memory available", "Available", "Receive", "Load 1 min", "Uptime"}),
        ("chat_app", {"Requests", "Request duration", "Time to first token", "Tokens", "Queue depth", "App"}),
    ],
)
def test_every_panel_of_a_real_program_has_data(prometheus, job, titles):
    for _ in range(40):
        dashboard = dashboard_of(prometheus, job)
        empty = without_data(prometheus, dashboard)
        if drawn(dashboard) and not empty and titles <= {panel["title"] for panel in drawn(dashboard)}:
            break
        time.sleep(0.5)

    check(dashboard)
    assert empty == []
    assert titles <= {panel["title"] for panel in drawn(dashboard)}
    assert 10 <= len(drawn(dashboard)) <= MAX_PANELS
