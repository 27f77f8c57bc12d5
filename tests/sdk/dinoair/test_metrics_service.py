"""The service from its first collection to its last; and the functions of the guide on a service of the process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from watchglass.sdk.dinoair import metrics_service
from watchglass.sdk.dinoair.metrics_collector import MetricsConfig
from watchglass.sdk.dinoair.metrics_storage import FileMetricsStorage, StoreError


def wait_until(condition, timeout_s=10.0):
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.01)


def collections(service) -> int:
    return service.get_service_status()["stored_collections"]


def test_it_collects_at_once_and_a_second_start_is_harmless(service):
    service.start()
    thread = service._thread
    service.start()

    assert service._thread is thread
    wait_until(lambda: collections(service) == 1)
    assert service.is_running
    assert [one.name for one in threading.enumerate()].count("dinoair-metrics") == 1


def test_stopping_stores_what_was_recorded_last(service, registry, clock, tmp_path):
    service.start()
    wait_until(lambda: collections(service) == 1)
    registry.counters["late_total"] += 1
    clock.advance(1000)
    service.stop()

    assert not service.is_running
    assert [
        point.value for point in FileMetricsStorage(tmp_path / "metrics").query_metrics("dinoair_custom_late_total")
    ] == [1]
    service.stop()
    service.start()
    wait_until(lambda: collections(service) >= 3)


def test_an_interval_that_changes_takes_effect_on_reload(service, clock):
    service.start()
    wait_until(lambda: collections(service) == 1)
    clock.advance(1000)
    service.reload(
        MetricsConfig(storage_path=service.config.storage_path, collection_interval=1, track_error_rates=False)
    )
    wait_until(lambda: collections(service) >= 3, timeout_s=20)
    service.custom_metrics.record_error("oom", "no")
    assert service.get_dashboard_data("overview")["error_rate"] == 0


def test_a_storage_that_fails_is_told_and_stops_nothing(make_service, caplog):
    class Broken(FileMetricsStorage):
        broken = True

        def store_metrics(self, points):
            if self.broken:
                raise StoreError("the disk is full")
            super().store_metrics(points)

    storage = Broken(make_service().config.storage_path)
    service = make_service(storage)
    service.collect_once()
    status = service.get_service_status()

    assert (status["errors"], status["collections"], status["stored_collections"]) == (1, 1, 0)
    assert status["last_error"].endswith("StoreError: the disk is full")
    service.collect_once()
    assert [record.name for record in caplog.records] == ["MetricsCollector"], "one fault, one line"
    storage.broken = False
    service.collect_once()
    assert service.get_service_status()["stored_collections"] == 1


def test_clean_up_comes_by_itself(make_service, clock):
    service = make_service(retention_hours=1)
    for _ in range(30):
        service.collect_once()
        clock.advance(300_000)

    kept = service.storage.query_metrics("dinoair_system_health_score")
    assert clock.now_ms() - kept[0].timestamp_ms <= 3_600_000 + 2 * 600_000


def test_the_status_prints_as_lines_for_people(service, registry):
    registry.start_user_session("a")
    service.collect_once()
    lines = str(service.get_service_status()).splitlines()

    assert lines[0] == "DinoAir metrics service"
    assert "  running: no" in lines
    assert any(line.startswith("  last collection: 2026-") for line in lines)
    assert any(line.startswith("  storage: kind FileMetricsStorage, path ") for line in lines)
    assert "  sessions: open 1, never ended 0" in lines


@pytest.fixture
def process_service(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics_service, "_service", None)
    monkeypatch.chdir(tmp_path)
    yield metrics_service
    if metrics_service._service is not None:
        metrics_service._service.stop()
        metrics_service._service.storage.close()


def test_there_is_one_service_a_process(process_service):
    first = process_service.get_metrics_service()

    assert process_service.initialize_metrics_service() is first
    second = process_service.initialize_metrics_service(MetricsConfig(collection_interval=60))
    assert second is not first
    assert process_service.get_metrics_service() is second
    assert second.custom_metrics.state is first.custom_metrics.state, "what was recorded stays"


FORGOTTEN = """
import time
from watchglass.sdk.dinoair.metrics_service import *
from watchglass.sdk.dinoair.metrics_collector import MetricsConfig
initialize_metrics_service(MetricsConfig(storage_path={path!r}))
start_metrics_service()
while not get_metrics_service().get_service_status()["stored_collections"]:
    time.sleep(0.01)
record_api_request("web", "/", 0.5)
"""


def test_a_process_that_ends_without_stopping_loses_nothing(tmp_path):
    subprocess.run([sys.executable, "-c", FORGOTTEN.format(path=str(tmp_path))], check=True, timeout=60)

    points = FileMetricsStorage(tmp_path).query_metrics("dinoair_custom_api_requests_total")
    assert [(point.labels, point.value) for point in points] == [((("service", "web"),), 1)]


HEAVY = "{'numpy', 'starlette', 'uvicorn', 'httpx', 'yaml', 'prometheus_client', 'sqlite3', 'urllib.request', 'ssl'}"


def test_importing_it_brings_nothing_heavy():
    program = f"import sys, watchglass.sdk.dinoair.metrics_service; print(sorted({HEAVY} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
