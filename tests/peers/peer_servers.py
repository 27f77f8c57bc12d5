"""Debian's Redis, PostgreSQL and exporters on free ports of the loopback, each with a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
START_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def needs(program: str, package: str) -> str:
    """The path of a program; the test skips where it is not installed."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed: apt-get install {package}")
    return path


def wait_until(holds, what: str) -> None:
    deadline = time.monotonic() + START_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen in time"
        time.sleep(0.05)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def is_ready(port: int) -> bool:
    """Whether a Watchglass answers questions there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=10):
            return True
    except OSError:  # of which a status that says no is one, too
        return False


@contextmanager
def running(command: list[str], *, stop: int = signal.SIGTERM, **how) -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives as long as the block."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **(quiet | how))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            process.wait(20)


class Redis:
    """A Redis that can be stopped and started again on its port."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.options = options
        self.program = needs("redis-server", "redis-server")
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([self.program, *options, *self.options], stdout=subprocess.DEVNULL)
        wait_until(lambda: self.process.poll() is not None or listens(self.port), "a start of Redis")
        assert self.process.poll() is None, "Redis has ended"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL whose one user needs no password."""

    port: int

    def url(self, driver: str = "") -> str:
        return f"postgresql{driver}://postgres@127.0.0.1:{self.port}/postgres"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A cluster of its own; as root it is run by Debian's user for it, for it refuses root."""
    if not POSTGRES_FOLDERS:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    programs, port = POSTGRES_FOLDERS[-1], free_port()
    how = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="watchglass-postgres-") as name:
        if how:
            shutil.chown(name, "postgres", "postgres")
        data = f"{name}/data"
        made = [f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(made, check=True, cwd=name, stdout=subprocess.DEVNULL, **how)
        options = ["-D", data, "-p", str(port), "-k", name, "-h", "127.0.0.1", "-F"]
        with running([f"{programs}/postgres", *options], stop=signal.SIGINT, cwd=name, **how):
            wait_until(lambda: _accepts(programs, port), "a start of PostgreSQL")
            yield Postgres(port)


def _accepts(programs: Path, port: int) -> bool:
    asked = [f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(asked, check=False).returncode == 0


@contextmanager
def exporter(package: str, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[str]:
    """HOST:PORT of one of Debian's exporters, which is named as its package is."""
    address = f"127.0.0.1:{free_port()}"
    command = [needs(package, package), f"--web.listen-address={address}", *arguments]
    with running(command, env=os.environ | (environ or {})):
        wait_until(lambda: listens(int(address.rpartition(":")[2])), f"a start of {package}")
        yield address


def body_of(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return answer.read().decode()
