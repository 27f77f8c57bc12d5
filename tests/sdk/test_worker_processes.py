"""Several worker processes as one application: a real gunicorn, whose workers come and go."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peer_servers import running, wait_until
from prometheus_client.parser import text_string_to_metric_families

from watchglass.sdk.worker_processes import FOLDER, WorkersCollector, served

pytest.importorskip("gunicorn", reason="could not import gunicorn")

HERE = Path(__file__).parent
CONFIG = """
from watchglass.sdk.worker_processes import share_metrics
share_metrics({folder!r})
worker_class = "gthread"
threads = 4
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Application:
    """gunicorn with three workers."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.folder, self.port = folder / "metrics", free_port()
        config = folder / "gunicorn.conf.py"
        config.write_text(CONFIG.format(folder=str(self.folder)))
        command = [
            sys.executable, "-m", "gunicorn", "worker_app:app", "--config", str(config), "--workers", "3",
            "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning",
            "--graceful-timeout", "5", *arguments,
        ]  # fmt: skip
        paths = os.pathsep.join([str(HERE), *sys.path])
        environ = {**os.environ, "PYTHONPATH": paths, "PROMETHEUS_ENABLED": "true", **environ}
        self.process = subprocess.Popen(command, cwd=folder, env=environ)
        self.wait(self.answers)

    def wait(self, condition, within_s: float = 30):
        deadline = time.monotonic() + within_s
        while not (result := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            assert self.process.poll() is None
            time.sleep(0.05)
        return result

    def answers(self) -> bool:
        try:
            return bool(self.ask("/"))
        except OSError:
            return False

    def ask(self, path: str, port: int | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def metrics(self, port: int | None = None) -> dict[str, float]:
        text = self.ask("/metrics", port)
        return {
            sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def pids(self) -> set[int]:
        """Workers that have answered since the start and that have files."""
        found = (re.fullmatch(r".*_(\d+)\.db", path.name) for path in self.folder.iterdir())
        return {int(match[1]) for match in found if match} - {0}

    def each_worker(self, path: str) -> set[int]:
        """Ask until every worker has answered."""
        answered: Counter[int] = Counter()
        with ThreadPoolExecutor(6) as pool:
            self.wait(lambda: answered.update(map(int, pool.map(self.ask, [path] * 12))) or len(answered) >= 3)
        return set(answered)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def launch(tmp_path):
    launched = []

    def start(*arguments, **environ):
        launched.append(Application(tmp_path, *arguments, **environ))
        return launched[-1]

    yield start
    for each in launched:
        each.close()


def counted(app: Application) -> float:
    return app.metrics()["http_requests_total method=GET path=/count status=200"]


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_sums_survive_workers_that_end(launch, how):
    app = launch()
    for _ in range(20):
        app.ask("/count/1")
    app.each_worker("/wait/5")
    app.ask("/cost/0.25")
    pids = app.each_worker("/burn/0.05")
    before = app.metrics()
    assert (counted(app), before["waiting"], before["peak"]) == (20, 15, 5)
    cpu = before["process_cpu_user_seconds_total"]
    assert cpu >= 0.15  # of 0.6 s at least, as a clock that ticks sees them

    for pid in pids:
        os.kill(pid, how)
    app.wait(lambda: not pids & {int(app.ask("/count/1"))})
    after = app.wait(lambda: (found := app.metrics()) and "waiting" not in found and found)

    assert not pids & app.pids()
    assert after["process_cpu_user_seconds_total"] >= cpu
    assert after["peak"] == 5
    assert after["api_gateway_cost_per_request model=m"] == 0.25
    assert counted(app) >= 21
    total = app.metrics()["api_gateway_routing_latency_seconds_count"]
    bucket = app.metrics()["api_gateway_routing_latency_seconds_bucket le=0.005"]
    assert (
        total
        == bucket
        == sum(value for name, value in app.metrics().items() if name.startswith("http_requests_total "))
    )
    assert 0 < after["process_resident_memory_bytes"] < 3 * before["process_resident_memory_bytes"]


@pytest.mark.slow
@pytest.mark.real
def test_files_do_not_pile_up_and_nothing_is_lost(launch):
    app = launch("--max-requests", "20")
    for _ in range(200):
        app.ask("/count/1")
    app.wait(lambda: counted(app) == 200 and len(app.pids()) <= 3)
    assert len(list(app.folder.glob("*.db"))) < 30


@pytest.mark.slow
@pytest.mark.real
def test_a_worker_that_dies_amid_a_request_leaves_nothing_in_progress(launch):
    app = launch()
    with ThreadPoolExecutor(2) as pool:
        hanging = pool.submit(app.ask, "/hang/600")
        app.wait(lambda: app.metrics().get("waiting") == 1)
        # The request that asks for metrics is none of the application's own.
        assert app.metrics()["http_active_connections"] == 1
        for pid in app.pids():
            os.kill(pid, signal.SIGKILL)
        with pytest.raises((OSError, http.client.HTTPException)):
            hanging.result(30)
    app.wait(app.answers)
    assert app.metrics()["http_active_connections"] == 0


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("preload", [(), ("--preload",)])
def test_a_port_of_its_own_serves_all_workers(launch, preload):
    port = free_port()
    app = launch(*preload, PROMETHEUS_PORT=str(port))
    for _ in range(10):
        app.ask("/count/1")
    assert app.metrics(port)["http_requests_total method=GET path=/count status=200"] == 10
    assert app.ask("/metrics").isdecimal()  # the application's own answer: they are not there any more


NO_PROCESS = 99_999_999
"""More than the kernel counts to."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_SHARED_BY", raising=False)
    return tmp_path / "metrics"


def begun(folder: Path, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    script = f"from watchglass.sdk.worker_processes import served, share_metrics\n{before}\nshare_metrics({str(folder)!r})\n{after}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_a_new_run_forgets_the_last_and_touches_nothing_else(folder):
    folder.mkdir()
    for name in (
        f"counter_{NO_PROCESS}.db",
        f"gauge_livesum_{NO_PROCESS}.db",
        "process.json",
        "my.db",
        "counter_1.db.bak",
    ):
        (folder / name).write_bytes(b"x")
    assert begun(folder).stderr == ""
    assert sorted(path.name for path in folder.iterdir()) == ["counter_1.db.bak", "my.db"]


def test_what_still_runs_keeps_its_files(folder):
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        for name in ("counter_0.db", "process.json", f"counter_{other.pid}.db", f"counter_{NO_PROCESS}.db"):
            (folder / name).touch()
        assert begun(folder).stderr == ""
        left = sorted(path.name for path in folder.iterdir())
        other.communicate(b"\n")
    assert left == ["counter_0.db", f"counter_{other.pid}.db", "process.json"]


def test_a_system_without_a_proc_filesystem(folder, tmp_path):
    folder.mkdir()
    for pid in (os.getpid(), 99999999):
        (folder / f"gauge_livesum_{pid}.db").touch()
    assert list(WorkersCollector(folder, tmp_path / "none").collect()) == []
    assert [path.name for path in folder.glob("*.db")] == [f"gauge_livesum_{os.getpid()}.db"]


UVICORN = """
import uvicorn
from watchglass.sdk.worker_processes import share_metrics

if __name__ == "__main__":
    share_metrics({folder!r})
    uvicorn.run("plain_app:app", host="127.0.0.1", port={port}, workers=2, log_level="warning")
"""
PLAIN = """
import os
from watchglass.sdk.asgi import MetricsMiddleware
from watchglass.sdk.endpoint import Endpoint

async def site(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(os.getpid()).encode()})

app = Endpoint(enabled=True).asgi(MetricsMiddleware(site, path_of=lambda scope: scope["path"]))
"""


@pytest.mark.slow
@pytest.mark.real
def test_uvicorns_workers_share_too(tmp_path):
    port = free_port()
    (tmp_path / "start.py").write_text(UVICORN.format(folder=str(tmp_path / "metrics"), port=port))
    (tmp_path / "plain_app.py").write_text(PLAIN)

    def ask(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def answers() -> bool:
        try:
            return bool(ask("/"))
        except OSError:
            return False

    with running([sys.executable, "start.py"], cwd=tmp_path):
        wait_until(answers, "a start")
        pids = {ask("/count") for _ in range(40)}
        wait_until(lambda: len(pids) == 2 or pids.add(ask("/more")), "an answer of both")
        assert 'http_requests_total{method="GET",path="/count",status="200"} 40.0' in ask("/metrics")


def test_the_same_run_may_begin_twice(folder):
    again = (
        "from watchglass.sdk.metrics import Counter\n"
        "Counter('jobs_total', 'Jobs.').inc(2)\n"
        f"share_metrics({str(folder)!r})\n"
        "from prometheus_client import REGISTRY\n"
        "print(served(REGISTRY).get_sample_value('jobs_total'))"
    )
    ran = begun(folder, after=again)
    assert (ran.stdout, ran.stderr) == ("2.0\n", "")


def test_to_begin_too_late_is_told(folder):
    ran = begun(folder, before="import prometheus_client")
    assert ran.stderr.splitlines()[-1] == (
        "RuntimeError: prometheus_client is imported already: call share_metrics() before, or set PROMETHEUS_MULTIPROC_DIR"
    )


def test_one_process_is_served_as_it_is(folder):
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    assert served(registry) is registry


def test_a_ledger_that_somebody_else_wrote_is_begun_anew(folder):
    folder.mkdir()
    (folder / "process.json").write_text("[1, 2]")
    (folder / f"counter_{os.getpid()}.db").touch()
    names = {family.name for family in WorkersCollector(folder).collect()}
    assert "process_cpu_user_seconds" in names
