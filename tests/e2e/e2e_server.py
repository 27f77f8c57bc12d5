"""Servers for the browser tests: the real ones, on free ports of the loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/watchglass/serve/static"
EXPORTER = shutil.which("prometheus-node-exporter")

CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["127.0.0.1:{node}"]}}]
  - job_name: chat
    static_configs: [{{targets: ["127.0.0.1:{chat}"]}}]
  - job_name: gone
    static_configs: [{{targets: ["127.0.0.1:1"]}}]
"""


class Watched(NamedTuple):
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*command: str, log: Path | None = None):
    """A process that lives as long as the block."""
    with Path(log or os.devnull).open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until(holds, what: str, timeout_s: float = 40):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen within {timeout_s} s")


def ask(url: str):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@contextmanager
def watchglass(folder: Path, config: str):
    """`watchglass up` on a free port, once it is ready."""
    port = free_port()
    (folder / "prometheus.yml").write_text(config)
    command = (
        "up",
        "--config",
        f"{folder}/prometheus.yml",
        "--data",
        f"{folder}/data",
        "--listen",
        f"127.0.0.1:{port}",
    )
    log = folder / "server.log"
    with running(sys.executable, "-m", "watchglass", *command, log=log) as process:
        url = f"http://127.0.0.1:{port}/"
        try:
            wait_until(lambda: ask(f"{url}api/v1/query?query=up")["status"] == "success", "the server's first answer")
        except pytest.fail.Exception as error:
            pytest.fail(f"{error}; its log:\n{log.read_text()}")
        yield Watched(url, process)


def serve_dashboard(page, panels: list[dict], *, notes: Sequence[dict] = (), **more) -> None:
    """Gives the page a dashboard of the test's own, at d/test; its queries still go to the real server."""
    for number, panel in enumerate(panels):
        panel.setdefault("id", number + 1)
        panel.setdefault("gridPos", {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8})
    time = {"from": "now-5m", "to": "now"}
    document = {"uid": "test", "title": "Test", "time": time, "refresh": "", "panels": panels, **more}
    body = json.dumps({"dashboard": document, "meta": {}, "notes": list(notes)})
    page.route(
        "**/api/v1/watchglass/dashboards/test", lambda route: route.fulfill(body=body, content_type="application/json")
    )
