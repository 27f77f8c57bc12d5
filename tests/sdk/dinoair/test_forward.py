"""Readings sent on to real stores: nothing is counted twice, nothing is lost while a store is away, memory is bounded."""

from __future__ import annotations

import http.server
import json
import logging
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from itertools import pairwise

import pytest
import uvicorn

from watchglass.sdk.dinoair.asgi import MonitoringApp
from watchglass.sdk.dinoair.custom_metrics import CustomMetricsRegistry
from watchglass.sdk.dinoair.forward import Forwarder
from watchglass.sdk.dinoair.metrics_collector import MetricsCollector, MetricsConfig
from watchglass.sdk.dinoair.metrics_service import MetricsService
from watchglass.sdk.dinoair.state import State


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, timeout_s=30.0):
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.05)


@contextmanager
def running(*command):
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def serving(app, port):
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def ask(port: int, query: str) -> list[dict]:
    url = f"http://127.0.0.1:{port}/api/v1/query?query={urllib.parse.quote(query)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]
    except OSError:
        return []


@pytest.mark.slow
def test_a_watchglass_server_that_scrapes_it_too_counts_nothing_twice(tmp_path, machine):
    application, port = free_port(), free_port()
    registry = CustomMetricsRegistry(State())
    forwarder = Forwarder(f"http://127.0.0.1:{port}/api/v1/import", instance=f"127.0.0.1:{application}")
    config = MetricsConfig(storage_path=str(tmp_path / "metrics"), collection_interval=1)
    service = MetricsService(config, registry=registry, forwarder=forwarder, machine=machine)
    (tmp_path / "prometheus.yml").write_text(
        "scrape_configs: [{job_name: dinoair, metrics_path: /api/metrics, scrape_interval: 1s, "
        f"static_configs: [{{targets: ['127.0.0.1:{application}']}}]}}]"
    )
    up = (
        sys.executable,
        "-m",
        "watchglass",
        "up",
        "--config",
        tmp_path / "prometheus.yml",
        "--data",
        tmp_path / "data",
    )
    with serving(MonitoringApp(service=service), application):
        wait_until(lambda: forwarder.status()["waiting"] >= 2)  # the server is not there yet
        for _ in range(10):
            registry.record_api_request("web", "/", 0.1)
        with running(*up, "--listen", f"127.0.0.1:{port}"):
            for _ in range(60):
                registry.record_api_request("web", "/", 0.1)
                time.sleep(0.1)
            wait_until(lambda: forwarder.status()["sent"] > 8)
            series = ask(port, "dinoair_custom_api_requests_total")
            samples = ask(port, "count_over_time(dinoair_custom_api_requests_total[5m])")
            resets = ask(port, "resets(dinoair_custom_api_requests_total[5m])")

    assert len(series) == len(samples) == 1, "forwarded and scraped are one series"
    assert series[0]["metric"]["instance"] == f"127.0.0.1:{application}"
    assert float(series[0]["value"][1]) <= 70
    assert float(samples[0]["value"][1]) > 10, "of both ways"
    assert float(resets[0]["value"][1]) == 0
    assert forwarder.status()["dropped"] == 0


@pytest.mark.real
def test_line_protocol_reaches_a_real_store(tmp_path, registry, machine):
    if shutil.which("victoria-metrics") is None:
        pytest.skip("apt-get install victoria-metrics")
    port = free_port()
    registry.state.clock.advance(round(time.time() * 1000) - registry.state.clock.now_ms())
    forwarder = Forwarder(f"http://127.0.0.1:{port}/write", "influxdb", instance="app:3000")
    service = MetricsService(
        MetricsConfig(storage_path=str(tmp_path / "m")), registry=registry, forwarder=forwarder, machine=machine
    )
    service_name = 'a "b", c=d'
    registry.record_api_request(service_name, "/", 0.1)
    listen = (f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={tmp_path}/vm", "-search.latencyOffset=0s")
    with running("victoria-metrics", *listen):
        wait_until(lambda: port_is_open(port))
        service.collect_once()
        forwarder.start()
        wait_until(lambda: forwarder.status()["sent"] == 1)
        forwarder.stop()
        wait_until(lambda: ask(port, "dinoair_custom_api_requests_total_value"))
        (found,) = ask(port, "dinoair_custom_api_requests_total_value")
    service.storage.close()

    assert {key: found["metric"][key] for key in ("job", "instance", "service")} == {
        "job": "dinoair",
        "instance": "app:3000",
        "service": service_name,
    }
    assert found["value"][1] == "1"


def port_is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Store(http.server.BaseHTTPRequestHandler):
    """Answers as it is told, and remembers what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.server.received.append((status, self.headers.get("authorization"), body.decode()))
        self.send_response(status)
        if status == 302:
            self.send_header("location", self.server.elsewhere)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def store():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    server.statuses, server.received, server.elsewhere = [], [], ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def forwarding(store):
    made = []

    def make(**options):
        made.append(Forwarder(f"http://127.0.0.1:{store.server_port}/write?token=secret", "influxdb", **options))
        return made[-1]

    yield make
    for forwarder in made:
        forwarder.stop()


def readings(service, clock, count):
    for _ in range(count):
        yield service.metrics_collector.collect()
        clock.advance(15_000)


def test_a_queue_that_is_full_drops_the_oldest(service, clock, forwarding):
    forwarder = forwarding(most_waiting=5)
    for reading in readings(service, clock, 12):
        forwarder.put(reading)
    assert (forwarder.status()["waiting"], forwarder.status()["dropped"]) == (5, 7)


def test_what_a_store_refuses_for_now_is_sent_again_and_what_it_refuses_for_good_is_not(
    service, clock, store, forwarding, caplog
):
    store.statuses = [503, 429, 400]
    forwarder = forwarding(headers={"Authorization": "Token t0p"})
    first, second = readings(service, clock, 2)
    with caplog.at_level(logging.WARNING, "watchglass.sdk.dinoair"):
        forwarder.put(first)
        forwarder.start()
        wait_until(lambda: forwarder.status()["dropped"] == 1)
        forwarder.put(second)
        wait_until(lambda: forwarder.status()["sent"] == 1)

    assert [status for status, _, _ in store.received] == [503, 429, 400, 204]
    assert store.received[0][2] == store.received[2][2] != store.received[3][2]
    assert {token for _, token, _ in store.received} == {"Token t0p"}
    shown = f"{forwarder.status()} {[vars(record) for record in caplog.records]}"
    assert "secret" not in shown
    assert "t0p" not in shown


def test_it_is_not_led_elsewhere(service, clock, store, forwarding):
    store.statuses, store.elsewhere = [302], f"http://127.0.0.1:{store.server_port}/other"
    forwarder = forwarding(headers={"Authorization": "Token t0p"})
    forwarder.put(next(readings(service, clock, 1)))
    forwarder.start()
    wait_until(lambda: forwarder.status()["last_error"])
    assert len(store.received) == 1


def test_stopping_sends_what_waits(service, clock, store, forwarding):
    forwarder = forwarding()
    forwarder.start()
    for reading in readings(service, clock, 130):
        forwarder.put(reading)
    forwarder.stop()

    assert (forwarder.status()["sent"], forwarder.status()["waiting"]) == (130, 0)


def test_stopping_ends_a_pause(service, clock, store, forwarding):
    store.statuses = [503] * 3
    forwarder = forwarding()
    forwarder.put(next(readings(service, clock, 1)))
    forwarder.start()
    wait_until(lambda: len(store.received) == 2)  # the next pause is two seconds
    thread = forwarder._thread
    forwarder.stop(timeout_s=1.5)

    assert not thread.is_alive()
    assert len(store.received) == 3, "it is tried once more"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "ftp://host/"}, "url: expected http:// or https:// and a host, got 'ftp://host/'"),
        ({"url": "localhost:9090"}, "url: expected http"),
        ({"url": "http://h/", "form": "graphite"}, "form: expected openmetrics or influxdb, got 'graphite'"),
    ],
)
def test_a_forwarder_that_cannot_work_is_refused(options, message):
    with pytest.raises(ValueError) as refused:
        Forwarder(**options)
    assert str(refused.value).startswith(message)


def test_a_reading_of_a_later_time_never_has_a_lower_count(machine):
    """Else a store that is sent some and scrapes others would take it for a restart."""
    registry = CustomMetricsRegistry(State())
    collector, stop = MetricsCollector(None, registry.state, machine), threading.Event()
    found: list[tuple[int, float]] = []

    def count():
        while not stop.is_set():
            registry.counters["a_total"] += 1

    def read():
        while len(found) < 3000:
            reading = collector.current()
            found.append((reading.timestamp_ms, reading.value("dinoair_custom_a_total")))

    threads = [threading.Thread(target=count), *(threading.Thread(target=read) for _ in range(3))]
    registry.counters["a_total"] += 1
    for thread in threads:
        thread.start()
    for thread in threads[1:]:
        thread.join()
    stop.set()
    threads[0].join()

    highest = {}
    for at_ms, value in found:
        low, high = highest.get(at_ms, (value, value))
        highest[at_ms] = (min(low, value), max(high, value))
    bounds = [highest[at_ms] for at_ms in sorted(highest)]
    assert len(bounds) > 10
    assert all(before[1] <= after[0] for before, after in pairwise(bounds))


def test_what_is_scraped_beside_forwarding_carries_its_own_times(make_service, registry, machine, clock, tmp_path):
    forwarder = Forwarder("http://127.0.0.1:9/")
    config = MetricsConfig(storage_path=str(tmp_path / "other"))
    service = MetricsService(config, registry=registry, machine=machine, forwarder=forwarder)
    registry.counters["a_total"] += 1

    assert f"\ndinoair_custom_a_total 1.0 {clock.now_ms()}\n" in service.export()
    assert "\ndinoair_custom_a_total 1.0\n" in make_service().export()
