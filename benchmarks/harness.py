"""Starts the servers that a benchmark compares, on free loopback ports, and reads what they cost from /proc."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
SERVER_CORE = 1 if (os.cpu_count() or 1) > 1 else 0


@dataclass
class Server:
    """A running server under measurement."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    started: float
    ready_after_s: float = 0.0

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def rss_bytes(self) -> int:
        """Resident memory now."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES

    def get(self, path: str, timeout_s: float = 120) -> bytes:
        """The body of a GET request."""
        with urllib.request.urlopen(self.url + path, timeout=timeout_s) as response:
            return response.read()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="watchglass-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running(
    name: str, command: Sequence[str], url: str, log: Path, *, pinned: bool = True, wait: bool = True
) -> Iterator[Server]:
    """Run a server, `pinned` to one core, until the block ends; with `wait`, entered once `/-/ready` answers 200."""
    environment = os.environ | {"GOMAXPROCS": "1"}
    prefix = ["taskset", "-c", str(SERVER_CORE)] if pinned else []
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen([*prefix, *command], stdout=output, stderr=output, env=environment)
    server = Server(name, url, process, started)
    try:
        if wait:
            wait_until_ready(server, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(server: Server, log: Path, timeout_s: float = 60) -> None:
    """Poll `/-/ready`.

    Raises:
        RuntimeError: the server ended or never got ready; with the end of its log.
    """
    while time.perf_counter() - server.started < timeout_s:
        if server.process.poll() is not None:
            break
        try:
            server.get("/-/ready", timeout_s=1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
        else:
            server.ready_after_s = time.perf_counter() - server.started
            return
    raise RuntimeError(f"{server.name} did not get ready:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def prometheus(config: Path, data: Path) -> Iterator[Server]:
    """Debian's Prometheus on `data`."""
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--query.max-samples=500000000",
        "--log.level=warn",
    ]
    with running("prometheus", command, f"http://127.0.0.1:{port}", config.with_suffix(".prometheus.log")) as server:
        yield server


@contextmanager
def watchglass(
    config: Path, data: Path, *extra: str, entry: Sequence[str] = ("-m", "watchglass", "up"), pinned: bool = True
) -> Iterator[Server]:
    """This checkout's Watchglass on `data`, without its own host and self targets."""
    port = free_port()
    settings = config.with_suffix(".watchglass.yml")
    settings.write_text("host:\n  enabled: false\nscrape:\n  self: false\n")
    command = [
        sys.executable,
        *entry,
        f"--config={config}",
        f"--settings={settings}",
        f"--data={data}",
        f"--listen=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=100y",
        *extra,
    ]
    log = config.with_suffix(".watchglass.log")
    with running("watchglass", command, f"http://127.0.0.1:{port}", log, pinned=pinned) as server:
        yield server


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print an aligned table."""
    cells = [list(columns), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    print(f"\n## {title}\n")
    for number, row in enumerate(cells):
        print("| " + " | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
