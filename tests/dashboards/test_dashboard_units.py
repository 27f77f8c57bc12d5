"""Units by suffix, in Grafana's words."""

import pytest

from watchglass.dashboards.units import gauge_unit, rate_unit, without_unit


@pytest.mark.parametrize(
    ("name", "declared", "unit"),
    [
        ("process_resident_memory_bytes", "", "bytes"),
        ("request_duration_seconds", "", "s"),
        ("model_load_ratio", "", "percentunit"),
        ("gpu_temperature_celsius", "", "celsius"),
        ("gpu_power_watts", "", "watt"),
        ("queue_depth", "", "short"),
        ("disk_used_percent", "", "percent"),
        ("link_speed_bytes_per_second", "", "Bps"),
        ("latency", "seconds", "s"),
        ("latency", "furlongs", "short"),
        ("http.server.duration.ms", "", "ms"),
        ("_", "", "short"),
    ],
)
def test_gauges(name, declared, unit):
    assert gauge_unit(name, declared) == unit


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("network_receive_bytes_total", "Bps"),
        ("process_cpu_seconds_total", "percentunit"),
        ("node_pressure_io_stalled_seconds_total", "percentunit"),
        ("gc_pause_seconds_total", "suffix: s/s"),
        ("http_requests_total", "reqps"),
        ("http_requests_received_total", "reqps"),
        ("chat_tokens_total", "count:tokens/s"),
        ("network_transmit_packets_total", "pps"),
        ("llm_cost_usd_total", "suffix: $/s"),
        ("forks_total", "ops"),
    ],
)
def test_rates(name, unit):
    assert rate_unit(name) == unit


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("disk_read_bytes_total", "disk_read"),
        ("chat_app_info", "chat_app"),
        ("bytes", "bytes"),
        ("requests_total", "requests"),
        ("queue_depth", "queue_depth"),
    ],
)
def test_titles_leave_the_unit_to_the_axis(name, short):
    assert without_unit(name) == short
