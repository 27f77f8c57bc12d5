"""Readings: exactly what the pack declares, the machine's figures, the health score, and settings that are refused."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from watchglass.model.metadata import Family, MetricType
from watchglass.sdk.declared import pack_folder, read_declared
from watchglass.sdk.dinoair.health import Health, HealthFormula, Penalty
from watchglass.sdk.dinoair.machine import GPU_PERCENT, GPU_TOTAL, GPU_USED, Machine
from watchglass.sdk.dinoair.metrics_collector import MetricsCollector, MetricsConfig
from watchglass.sdk.host import HostOptions

DECLARED = {one.name: one for one in read_declared(pack_folder("dinoair") / "metrics.yaml")}


class TwoGpus:
    def collect(self):
        for name, values in ((GPU_PERCENT, (0.73,)), (GPU_USED, (20.0, 1.0)), (GPU_TOTAL, (80.0, 4.0))):
            family = Family(name, MetricType.GAUGE)
            for gpu, value in enumerate(values):
                family.add(value, gpu=str(gpu))
            yield family


def test_everything_that_is_declared_is_exposed_and_nothing_else(registry, state, tmp_path):
    registry.record_api_request("web", "/", 0.1)
    registry.record_model_generation("m", 1.0, True, 10, 20)
    registry.set_model_queue_size("m", 1)
    registry.record_error("oom", "no")
    registry.start_user_session("s")
    registry.end_user_session("s")
    registry.record_workflow_execution("w", 1.0, True, 1, 1)
    registry.record_file_operation("read", 1, 1.0, True)
    machine = Machine("/", HostOptions(), TwoGpus())
    families = {family.name: family for family in MetricsCollector(None, state, machine).collect().families}

    assert set(families) == set(DECLARED)
    for name, one in DECLARED.items():
        labels = {label for sample in families[name].samples for label, _ in sample.labels} - {"le"}
        buckets = [
            float(dict(sample.labels)["le"]) for sample in families[name].samples if sample.name.endswith("_bucket")
        ]
        assert (families[name].type.value, families[name].help, labels) == (one.type, one.help, set(one.labels)), name
        assert buckets == ([*one.buckets, math.inf] if one.type == "histogram" else []), name


def test_gpus_in_percent_and_what_one_does_not_tell_is_left_out():
    assert sorted(Machine("/", HostOptions(), TwoGpus()).gpus()) == [
        ("gpu_memory_usage_percent", "0", 25.0),
        ("gpu_memory_usage_percent", "1", 25.0),
        ("gpu_usage_percent", "0", 73.0),
    ]


def write_proc(folder: Path, busy: int, idle: int, received: int, loopback: int) -> None:
    (folder / "net").mkdir(parents=True, exist_ok=True)
    (folder / "stat").write_text(f"cpu  1 1 1 1\ncpu0 {busy} 0 0 {idle} 0 0 0 0 0 0\n")
    (folder / "meminfo").write_text("MemTotal: 1000 kB\nMemAvailable: 250 kB\n")
    row = "0 0 0 0 0 0 0"
    (folder / "net/dev").write_text(f"a\nb\n  lo: {loopback} {row} 0 {row}\neth0: {received} {row} 0 {row}\n")


def test_the_machine_by_files_of_the_kernel(tmp_path, monkeypatch):
    now_s = [100.0]
    monkeypatch.setattr("watchglass.sdk.dinoair.machine.time", SimpleNamespace(monotonic=lambda: now_s[0], sleep=None))
    write_proc(tmp_path, 100, 100, 9_000_000, 0)
    machine = Machine(str(tmp_path), HostOptions(procfs=tmp_path))
    write_proc(tmp_path, 130, 110, 14_000_000, 99_999_999)
    now_s[0] += 10
    found = machine.read()

    assert (found["cpu"], found["memory"], found["network"]) == (75.0, 75.0, 4.0)
    space = shutil.disk_usage(tmp_path)
    assert found["disk"] == pytest.approx(100 * space.used / (space.used + space.free), abs=0.5)


def test_what_cannot_be_read_is_left_out(tmp_path):
    assert Machine("/nowhere", HostOptions(procfs=tmp_path)).read() == {}


def test_the_real_machine_gives_numbers_at_once(state):
    latest = MetricsCollector(MetricsConfig(), state).get_latest_metrics()

    for name in ("cpu_usage_percent", "memory_usage_percent", "disk_usage_percent", "system_health_score"):
        assert 0 <= latest[f"dinoair_{name}"].value <= 100
    assert latest["dinoair_network_bandwidth_mbps"].value >= 0
    assert latest["dinoair_cpu_usage_percent"].timestamp.tzinfo is not None


def test_latest_metrics_are_those_of_the_last_collection(service, registry):
    registry.counters["a_total"] += 1
    service.metrics_collector.collect()
    registry.counters["a_total"] += 1

    assert service.metrics_collector.get_latest_metrics()["dinoair_custom_a_total"].value == 1
    assert service.metrics_collector.current().value("dinoair_custom_a_total") == 2


def test_a_penalty_rises_evenly_between_its_bounds():
    penalty = Penalty(25, 70, 100)
    assert [penalty.of(value) for value in (0, 70, 85, 100, 120, math.nan)] == [0, 0, 12.5, 25, 25, 0]
    with pytest.raises(ValueError, match="from_value is below to_value"):
        Penalty(25, 100, 70)


def test_the_score_shows_what_it_is_made_of_and_stays_within_0_and_100():
    health = HealthFormula().judge({"cpu": 85, "memory": 20, "disk": 90, "error_rate": 5, "services_down": 1})

    assert health.contributions == {"cpu": -12.5, "memory": 0, "disk": -10, "error_rate": -10, "services_down": -20}
    assert (health.score, health.status) == (47.5, "unhealthy")
    assert (
        HealthFormula({"cpu": Penalty(100, 0, 1), "disk": Penalty(100, 0, 1)}).judge({"cpu": 9, "disk": 9}).score == 0
    )
    assert HealthFormula().judge({}).score == 100
    assert [Health(score, {}).status for score in (80, 79.9, 50, 49.9)] == [
        "healthy",
        "degraded",
        "degraded",
        "unhealthy",
    ]


def test_the_formula_can_be_configured(make_service, machine):
    machine.readings["cpu"] = 95.0
    service = make_service(health=HealthFormula({"cpu": Penalty(40, 90, 100)}))

    assert service.metrics_collector.current().value("dinoair_system_health_score") == 80
    assert service.get_dashboard_data("overview")["health_contributions"] == {"cpu": -20}


def test_defaults_are_the_guides():
    config = MetricsConfig()
    assert (config.collection_interval, config.retention_hours, config.storage_path) == (15, 24, "./metrics")
    assert all(
        getattr(config, name)
        for name in (
            "enable_prometheus_export",
            "enable_custom_metrics",
            "track_api_requests",
            "track_user_interactions",
            "track_model_usage",
            "track_error_rates",
        )
    )


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("collection_interval", 0, "collection_interval: expected a whole number from 1 to 3600, got 0"),
        ("collection_interval", "15", "collection_interval: expected a whole number from 1 to 3600, got '15'"),
        ("collection_interval", True, "collection_interval: expected a whole number"),
        ("retention_hours", -1, "retention_hours: expected a whole number from 1 to 8784, got -1"),
        ("retention_hours", 1.5, "retention_hours: expected a whole number"),
        ("session_timeout_hours", float("nan"), "session_timeout_hours: expected a number from 0.01 to 8784, got nan"),
        ("enable_custom_metrics", "no", "enable_custom_metrics: expected True or False, got 'no'"),
        ("track_error_rates", 1, "track_error_rates: expected True or False, got 1"),
        ("storage_path", "", "storage_path: expected a path, got none"),
        ("sampling", {"api_requests": 0.1}, 'sampling: there is no event "api_requests"; there are api_request, '),
        ("sampling", {"api_request": 0}, "sampling: api_request: expected a share above 0 and up to 1, got 0"),
        ("most_series", 0, "most_series: expected a whole number"),
    ],
)
def test_bad_settings_are_refused_by_name(setting, value, message):
    with pytest.raises(ValueError) as refused:
        MetricsConfig(**{setting: value})
    assert str(refused.value).startswith(message)


def test_a_setting_that_does_not_exist_is_refused_by_name():
    with pytest.raises(TypeError, match="colection_interval"):
        MetricsConfig(colection_interval=15)
