"""`make demo`: from one command to moving charts, and nothing left running after Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path):
    command = [sys.executable, str(ROOT / "examples/demo.py"), f"--folder={tmp_path / 'demo'}", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def read_until(process: subprocess.Popen[str], pattern: str) -> tuple[str, str]:
    """What the pattern's group found, and all that was printed up to there."""
    printed = ""
    for line in process.stdout:
        printed += line
        if found := re.search(pattern, line):
            return found[1], printed
    raise AssertionError(printed)


def newest(url: str, query: str) -> float | None:
    with urllib.request.urlopen(f"{url}/api/v1/query?query={urllib.parse.quote(query)}", timeout=10) as response:
        result = json.load(response)["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def wait_for(condition, timeout_s: float = 60):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if (seen := condition()) is not None:
            return seen
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


def test_the_demo_shows_a_moving_chat_app_and_ends_without_a_trace(demo):
    url, _ = read_until(demo, r"(http://\S+)/d/auto-chat-app")
    started = psutil.Process(demo.pid).children(recursive=True)
    with urllib.request.urlopen(f"{url}/api/dashboards/uid/this-machine", timeout=10) as response:
        assert json.load(response)["dashboard"]["title"] == "This machine"

    query = 'sum(rate({__name__=~"chat_.*requests_total",job="chat-app"}[1m])) > 0'
    assert wait_for(lambda: newest(url, query)) > 0

    demo.send_signal(signal.SIGINT)
    demo.wait(timeout=15)
    gone, alive = psutil.wait_procs(started, timeout=5)
    assert len(gone) == 3
    assert alive == []


def test_a_busy_port_is_said_and_another_is_taken(demo_port_taken):
    url, printed = read_until(demo_port_taken, r"(http://\S+)/d/this-machine")

    assert "Port 9090 is busy" in printed
    assert not url.endswith(":9090")


@pytest.fixture
def demo_port_taken(request):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 9090))
            holder.listen()
        except OSError:
            """Somebody holds it already, which serves as well."""
        yield request.getfixturevalue("demo")
