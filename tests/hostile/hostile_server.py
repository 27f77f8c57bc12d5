"""`watchglass up` under attack: the process, its data, what it holds in memory, and requests down to their bytes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from numbered_target import NumberedTarget

SERIES, HOURS, INTERVAL_S = 400, 24, 60
HANG_S = 60
CONFIG = """
global: {{scrape_interval: 250ms, scrape_timeout: 250ms}}
scrape_configs:
- job_name: hostile
  static_configs: [{{targets: ['{address}']}}]
"""
SETTINGS = "host:\n  enabled: false\n"


class Answer(NamedTuple):
    """What came back: status 0 where the connection ended without an answer."""

    status: int
    body: bytes

    def envelope(self):
        return json.loads(self.body)


class HostileServer:
    """The process under attack, on a day of data and a target that it scrapes four times a second."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.target = NumberedTarget(10)
        (folder / "prometheus.yml").write_text(CONFIG.format(address=self.target.address))
        (folder / "watchglass.yml").write_text(SETTINGS)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = folder / "log"
        command = [sys.executable, "-m", "watchglass", "up", f"--config={folder}/prometheus.yml"]
        command += [f"--settings={folder}/watchglass.yml", f"--data={folder}/data", f"--listen=127.0.0.1:{self.port}"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen([*command, *flags], stdout=log, stderr=log)
        self.end_s = int(time.time())

    def wait_and_fill(self) -> None:
        """Wait until it is ready, and give it its data."""
        self.wait_until(lambda: self.get("/-/ready").status == 200)
        self._import(self._log.with_name("data.om"))

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.target.close()

    def _import(self, path: Path) -> None:
        """A day of `hostile_data`, whose values are all different, and `hostile_one`, which is 1."""
        stamps = range(self.end_s - HOURS * 3600, self.end_s, INTERVAL_S)
        with path.open("w") as out:
            for number in range(SERIES):
                head = f'hostile_data{{job="j{number % 4}",series="s{number}{"a" * 50}"}}'
                out.writelines(f"{head} {number}.{place} {stamp}\n" for place, stamp in enumerate(stamps))
            out.writelines(f"hostile_one 1 {stamp}\n" for stamp in stamps)
            out.write("# EOF\n")
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/import",
            data=path.read_bytes(),
            headers={"Content-Type": "application/openmetrics-text"},
        )
        with urllib.request.urlopen(request, timeout=HANG_S) as answer:
            assert answer.status == 200

    def wait_until(self, holds, timeout_s: float = HANG_S) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            with suppress(ConnectionRefusedError):
                if holds():
                    return
            time.sleep(0.05)
        raise AssertionError(f"it did not happen within {timeout_s} s; the log ends:\n{self.log()}")

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]

    # --- requests --------------------------------------------------------------------------------------------------

    def get(self, target: str) -> Answer:
        return self.send(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    def post(self, path: str, body: bytes, *headers: str) -> Answer:
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}"]
        if not any(header.lower().startswith("content-type") for header in headers):
            lines.append("Content-Type: application/x-www-form-urlencoded")
        return self.send("\r\n".join([*lines, *headers, "", ""]).encode() + body)

    def query(self, text: str, hours: float = 0, step_s: float = 60) -> Answer:
        values: dict[str, object] = {"query": text}
        if hours:
            values |= {"start": self.end_s - hours * 3600, "end": self.end_s, "step": step_s}
        else:
            values["time"] = self.end_s
        path = "/api/v1/query_range" if hours else "/api/v1/query"
        return self.post(path, urlencode(values).encode())

    def send(self, data: bytes, *more: bytes) -> Answer:
        """Send bytes and read the answer until the connection ends, even if the server stops reading first."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=HANG_S) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                for piece in (data, *more):
                    connection.sendall(piece)
            return _read_answer(connection)

    def send_and_close(self, data: bytes) -> Answer:
        """As `send`, for bytes that may be no whole request: nothing more comes after them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=HANG_S) as connection:
            with suppress(OSError):  # refused before all of it was sent
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            return _read_answer(connection)

    # --- what it costs ---------------------------------------------------------------------------------------------

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def peak_bytes(self) -> int:
        return self._memory("VmHWM")

    def resident_bytes(self) -> int:
        return self._memory("VmRSS")

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(name))

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def is_well(self) -> None:
        """It answers, and goes on scraping."""
        assert self.get("/api/v1/query?query=1").status == 200
        scraped = self.target.begun
        self.wait_until(lambda: self.target.begun > scraped)


def _read_answer(connection: socket.socket) -> Answer:
    pieces = []
    try:
        with suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                pieces.append(piece)
    except TimeoutError:
        raise AssertionError(f"no end of the answer within {HANG_S} s, after {b''.join(pieces)[:300]!r}") from None
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    if not head:
        return Answer(0, b"")
    if b"transfer-encoding: chunked" in head.lower():
        body = _unchunked(body)
    return Answer(int(head.split(b" ", 2)[1]), body)


def _unchunked(body: bytes) -> bytes:
    pieces = []
    while body:
        size, _, body = body.partition(b"\r\n")
        pieces.append(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    return b"".join(pieces)
