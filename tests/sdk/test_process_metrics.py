"""CPU time and memory of a process, alone and beside the client library's own collector."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from prometheus_client import CollectorRegistry, ProcessCollector

from watchglass.sdk.pack_metrics import PackMetrics
from watchglass.sdk.process_metrics import ProcessMetrics, read_usage

NAMES = {
    "process_cpu_user_seconds_total",
    "process_cpu_system_seconds_total",
    "process_resident_memory_bytes",
    "process_heap_bytes",
}


def exposed(registry) -> dict[str, float]:
    return {sample.name: sample.value for family in registry.collect() for sample in family.samples}


def test_it_says_what_the_system_says():
    registry = CollectorRegistry()
    ProcessMetrics(registry)
    before = exposed(registry)
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    after, process = exposed(registry), psutil.Process()

    assert after.keys() == NAMES
    spent = sum(after[name] - before[name] for name in NAMES if "cpu" in name)
    assert spent == pytest.approx(0.3, abs=0.1)
    assert after["process_cpu_user_seconds_total"] == pytest.approx(process.cpu_times().user, abs=0.2)
    assert after["process_resident_memory_bytes"] == pytest.approx(process.memory_info().rss, rel=0.1)
    assert after["process_heap_bytes"] == pytest.approx(process.memory_info().data, rel=0.2)


def test_what_the_registry_reads_already_is_left_to_it():
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    ProcessMetrics(registry)
    families = [family.name for family in registry.collect()]

    assert len(families) == len(set(families))
    assert exposed(registry).keys() >= NAMES


def test_a_system_without_a_proc_filesystem_tells_cpu_time_alone(tmp_path):
    registry = CollectorRegistry()
    ProcessMetrics(registry, tmp_path)
    assert exposed(registry).keys() == {name for name in NAMES if "cpu" in name}


def test_a_process_that_has_ended_uses_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        folder = Path("/proc", str(ended.pid))
        deadline = time.monotonic() + 20
        while read_usage(folder) is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert folder.exists()  # its parent has not asked for its status yet
        assert read_usage(folder) is None
    assert read_usage(folder) is None


def test_a_pack_with_process_metrics_fits_the_registry_that_reads_this_process():
    script = (
        "from prometheus_client import REGISTRY; from watchglass.sdk.pack_metrics import PackMetrics; "
        "from watchglass.sdk.process_metrics import ProcessMetrics; "
        "metrics = PackMetrics('awareness_network'); ProcessMetrics(); "
        "names = [family.name for family in REGISTRY.collect()]; assert len(names) == len(set(names)), names; "
        "found = {sample.name for family in REGISTRY.collect() for sample in family.samples}; "
        f"assert {NAMES!r} <= found, found; "
        "assert 'nodejs_active_handles_total' not in found, found; "
        "metrics['process_heap_bytes']"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ran.stderr.splitlines()[-1] == "KeyError: '\"process_heap_bytes\" is read by ProcessMetrics, and not set'"


def test_on_a_registry_of_its_own_a_pack_has_them_to_be_set():
    registry = CollectorRegistry()
    PackMetrics("awareness_network", registry).gauge("process_heap_bytes").set(5)
    assert exposed(registry)["process_heap_bytes"] == 5
