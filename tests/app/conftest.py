"""Real processes: `watchglass up` on a free port with a folder of its own, ended by its process id."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

START_S = 20
STOP_S = 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds=START_S):
    """Wait for a condition to give something true, and return that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


class Watchglass:
    """A running `watchglass up`."""

    def __init__(self, folder, *arguments, environment=None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / f"log-{self.port}.txt"
        command = [
            sys.executable,
            "-m",
            "watchglass",
            "up",
            "--data",
            str(folder / "data"),
            "--listen",
            f"127.0.0.1:{self.port}",
        ]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen([*command, *arguments], cwd=folder, stdout=log, stderr=log, env=environment)
        self.http = httpx.Client(base_url=self.url, timeout=10)

    @property
    def log(self):
        return self.log_path.read_text()

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, self.log
            try:
                return self.http.get("/-/ready").status_code == 200
            except httpx.TransportError:
                return False

        wait_until(ready)
        return self

    def wait_end(self):
        """The exit status of a process that ends by itself, and its log."""
        return self.process.wait(START_S), self.log

    def values(self, query):
        """The values of an instant query by label set, less the metric's name."""
        answer = self.http.get("/api/v1/query", params={"query": query})
        answer.raise_for_status()
        return {
            tuple(sorted((k, v) for k, v in row["metric"].items() if k != "__name__")): float(row["value"][1])
            for row in answer.json()["data"]["result"]
        }

    def wait_value(self, query):
        """The one value of a query that has none at first."""
        return next(iter(wait_until(lambda: self.values(query)).values()))

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """End it, and say how long that took; the exit status is in `process`."""
        began = time.monotonic()
        self.send(number)
        self.process.wait(STOP_S)
        return time.monotonic() - began

    def close(self):
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(STOP_S)


@pytest.fixture
def launch(tmp_path):
    """Start processes that end with the test; each shares the test's folder."""
    running = []

    def start(*arguments, environment=None):
        running.append(Watchglass(tmp_path, *arguments, environment=environment))
        return running[-1]

    yield start
    for each in running:
        each.close()


@pytest.fixture
def waiting():
    """`wait_until`, for conditions of a test's own."""
    return wait_until


@pytest.fixture
def unused_port():
    return free_port()
