"""Debian's Prometheus 2.42 as the fuzzer's peer: data in by promtool or remote write, questions over connections kept open."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

import cramjam
import orjson

from watchglass.model.labels import Labels
from watchglass.model.sample import STALE

SLICE_MS = 600_000  # of remote write: the head takes nothing older than an hour behind its newest sample


class Peer:
    """A running Prometheus; `ask` may be called from several threads."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def ask(self, path: str, **params: str) -> tuple[str, bytes]:
        """`("", body)` of an answer, or `(errorType, body)`."""
        status, body = self.request("POST", f"/api/v1/{path}", urllib.parse.urlencode(params).encode())
        return ("" if status == 200 else orjson.loads(body)["errorType"]), body

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """One HTTP request, tried again once where the connection was closed meanwhile."""
        headers = headers or {"Content-Type": "application/x-www-form-urlencoded"}
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = http.client.HTTPConnection(self.address, timeout=60)
                self._connections.append(connection)
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._local.connection = None
                if attempt == 2:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()

    def write(self, series: dict[Labels, list[tuple[int, float]]]) -> None:
        """Send samples by remote write, oldest first.

        The head gives series out in the order in which they came, blocks in order of labels: a stale marker in front, which is
        no sample to anybody, has them come in that order.
        """
        start = min(points[0][0] for points in series.values())
        end = max(points[-1][0] for points in series.values())
        self._send(_time_series(labels, [(start - 1, STALE)], start - 1, start) for labels in sorted(series))
        for first in range(start, end + 1, SLICE_MS):
            self._send(_time_series(labels, points, first, first + SLICE_MS) for labels, points in series.items())

    def _send(self, series: Iterable[bytes]) -> None:
        body = bytes(cramjam.snappy.compress_raw(b"".join(series)))
        headers = {"Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}
        status, answer = self.request("POST", "/api/v1/write", body, headers)
        if status != 204:
            raise RuntimeError(f"remote write: {status} {answer!r}")


@contextlib.contextmanager
def serving(series: dict[Labels, list[tuple[int, float]]], *, blocks: bool) -> Iterator[Peer]:
    """A Prometheus that holds these series, as blocks made by promtool or in its head by remote write."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        if blocks:
            (folder / "samples.om").write_text(open_metrics(series))
            command = [
                "promtool",
                "tsdb",
                "create-blocks-from",
                "openmetrics",
                str(folder / "samples.om"),
                str(folder / "data"),
            ]
            subprocess.run(command, check=True, capture_output=True)
        with _running(folder) as peer:
            if not blocks and series:
                peer.write(series)
            try:
                yield peer
            finally:
                peer.close()


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Peer]:
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 15s, evaluation_interval: 1m}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y", "--web.enable-remote-write-receiver",
        "--log.level=error",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        peer = Peer(address)
        _wait_until_ready(peer, process, folder / "log")
        yield peer
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(peer: Peer, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            if peer.request("GET", "/-/ready", b"")[0] == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"Prometheus does not start: {log.read_text()}")


def open_metrics(series: dict[Labels, list[tuple[int, float]]]) -> str:
    """The samples as OpenMetrics, each with its time."""
    lines = []
    for labels, points in series.items():
        pairs = ",".join(f'{name}="{value}"' for name, value in labels if name != "__name__")
        lines += [f"{labels.name}{{{pairs}}} {value!r} {at // 1000}.{at % 1000:03d}" for at, value in points]
    return "\n".join([*lines, "# EOF", ""])


def _time_series(labels: Labels, points: list[tuple[int, float]], first: int, end: int) -> bytes:
    """A TimeSeries of a remote-write request, with the samples of a range of time."""
    inside = list(itertools.takewhile(lambda p: p[0] < end, itertools.dropwhile(lambda p: p[0] < first, points)))
    if not inside:
        return b""
    named = b"".join(_field(1, _field(1, k.encode()) + _field(2, v.encode())) for k, v in sorted(labels))
    samples = b"".join(_field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(at)) for at, value in inside)
    return _field(1, named + samples)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
