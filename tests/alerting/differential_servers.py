"""What the differential runs: Debian's Alertmanager, Watchglass's alert manager with its real runner, and the sink of both."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

START_S = 60.0
TO_BEGIN_S = 0.3
"""From its start to its dispatcher's, an Alertmanager takes so long."""


@dataclass(slots=True)
class Told:
    """One notification as the sink took it."""

    time_s: float
    place: str  # the path below the server's: receiver and place
    body: dict[str, Any]


class Sink:
    """Takes webhooks, `/SERVER/RECEIVER/PLACE`, and answers 200."""

    def __init__(self) -> None:
        self.told: dict[str, list[Told]] = {}
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self._server = server
        self.port = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no longer."""
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                now_s = time.time()
                path = head.split(b" ", 2)[1].decode()
                length = next(
                    int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
                )
                body = json.loads(await reader.readexactly(length))
                _, server, place = path.split("/", 2)
                self.told.setdefault(server, []).append(Told(now_s, place, body))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@dataclass(slots=True)
class Server:
    """A server that speaks Alertmanager's API, as a process of its own."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    began_s: float
    silences: dict[str, str] = field(default_factory=dict)

    async def ready(self, client: httpx.AsyncClient) -> Self:
        """Wait until it answers."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                if (await client.get(f"{self.url}/api/v2/status")).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{self.name} does not answer: {self.said()}"
            await asyncio.sleep(0.05)

    def said(self) -> str:
        """The end of its log."""
        return (Path(self.folder.name) / "log").read_text()[-2000:]

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.folder.cleanup()


def start_alertmanager(program: str, name: str, config: str, port: int) -> Server:
    """Debian's Alertmanager, alone."""
    arguments = ["--cluster.listen-address=", "--log.level=error", f"--web.listen-address=127.0.0.1:{port}"]
    return _start(
        name,
        port,
        config,
        lambda folder: [program, *arguments, f"--config.file={folder}/c.yml", f"--storage.path={folder}/d"],
    )


def start_subject(name: str, config: str, port: int, folder: Path | None = None, began_s: float = 0.0) -> Server:
    """Watchglass's alert manager, its runner and its API, without the rest.

    Args:
        name: of the server, for the sink.
        config: its alertmanager.yml.
        port: where it listens.
        folder: where it keeps its state; without one, its groups live as in Alertmanager 0.25.
        began_s: when the Alertmanager began with which it is compared.
    """
    age = ["now"] if folder else ["0.25", str(round((began_s + TO_BEGIN_S) * 1000))]
    program = [sys.executable, str(Path(__file__).parent / "differential_subject.py")]
    return _start(
        name,
        port,
        config,
        lambda own: [*program, f"{own}/c.yml", str(folder or own), str(port), *age],
    )


def _start(name: str, port: int, config: str, command: Any) -> Server:
    folder = tempfile.TemporaryDirectory(prefix="watchglass-differential-")
    Path(folder.name, "c.yml").write_text(config)
    with Path(folder.name, "log").open("wb") as log:
        process = subprocess.Popen(command(folder.name), stdout=log, stderr=log, env=os.environ)
    return Server(name, f"http://127.0.0.1:{port}", process, folder, time.time())
