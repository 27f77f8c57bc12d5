"""Both servers on the same OpenMetrics file, and a client that asks them the same."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

ENTRY = Path(__file__).parent / "server.py"
RETENTION = "100y"


class Answer(NamedTuple):
    """What a server says: an HTTP status, the error's type or "", and the data."""

    status: int
    error: str
    data: Any
    text: str = ""


@contextlib.contextmanager
def both_servers(folder: Path, openmetrics: Path) -> Iterator[tuple[str, str]]:
    """Addresses of Watchglass in its 2.42 mode and of Debian's Prometheus, each with the samples of the file."""
    config = folder / "prometheus.yml"
    config.write_text("global: {scrape_interval: 15s, evaluation_interval: 1m}\n")
    settings = folder / "watchglass.yml"
    settings.write_text(f"retention: {{time: {RETENTION}}}\n")
    theirs, ours = f"{folder}/prometheus", f"{folder}/watchglass"
    creating = [
        "promtool",
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=24h",
        "openmetrics",
        openmetrics,
        theirs,
    ]
    importing = [sys.executable, "-m", "watchglass", "import", f"--settings={settings}", f"--data={ours}"]
    # Side by side, each takes half a minute on one core.
    with subprocess.Popen(creating, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as blocks:
        subprocess.run([*importing, openmetrics], check=True, stdout=subprocess.DEVNULL)
        assert blocks.wait() == 0, blocks.stderr.read()
    addresses = free_address(), free_address()
    commands = [
        [sys.executable, ENTRY, "up", f"--config={config}", f"--settings={settings}", f"--data={ours}",
         f"--listen={addresses[0]}", "--no-scrape.self", "--no-host.enabled", "--no-gpu.enabled"],
        ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={theirs}",
         f"--web.listen-address={addresses[1]}", f"--storage.tsdb.retention.time={RETENTION}"],
    ]  # fmt: skip
    log = folder / "log"
    with contextlib.ExitStack() as stack:
        for command, address in zip(commands, addresses, strict=True):
            stack.enter_context(running(command, address, log))
        yield addresses


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextlib.contextmanager
def running(command: list, address: str, log: Path) -> Iterator[None]:
    """A server process from when it answers to the end of the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=log.parent, stdout=out, stderr=out)
    try:
        wait_until_ready(address, log)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(address: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection(address, timeout=5)) as connection:
            connection.request("GET", "/-/ready")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not answer: {log.read_text()[-2000:]}")


class Client:
    """Asks one server; each thread keeps its own connection."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._own = threading.local()
        self._opened: list[HTTPConnection] = []

    def close(self) -> None:
        for connection in self._opened:
            connection.close()

    def ask(self, path: str, parameters: dict[str, str]) -> Answer:
        """One question; GET where Prometheus knows no other way."""
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(self._address, timeout=150)
            self._opened.append(self._own.connection)
        connection, form = self._own.connection, urlencode(parameters, doseq=True)
        if path.startswith(("query", "series")):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/api/v1/{path}", form, headers)
        else:
            connection.request("GET", f"/api/v1/{path}?{form}")
        response = connection.getresponse()
        content = json.loads(response.read())
        error = content.get("errorType", "")
        return Answer(response.status, error, content.get("data") if not error else None, content.get("error", ""))
