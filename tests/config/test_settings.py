"""The table of settings, and that everything made from it agrees with it."""

import contextlib

import pytest

from watchglass.config.settings import Settings, rows, rows_by_name
from watchglass.sdk.host.base import DISKS_EXCLUDED, MOUNTS_EXCLUDED


def test_an_attribute_is_the_name_with_its_unit():
    for row in rows():
        assert row.attribute == row.name.replace(".", "_") + (row.kind.unit and f"_{row.kind.unit}")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("query.threads", "1", "256"),
        ("query.max_concurrency", "1", "10000"),
        ("query.max_samples", "1", "1000000000000"),
        ("query.max_points", "1", "1000000"),
        ("query.max_text", "1", "262144"),
        ("query.timeout", "1ms", ""),
        ("query.memory", "16MB", ""),
        ("query.cache", "0B", ""),
        ("retention.size", "16MB", ""),
        ("sources.prometheus.retries", "0", "10"),
        ("sources.prometheus.timeout", "1ms", ""),
        ("sources.prometheus.answer_limit", "64KB", ""),
        ("store.commit_interval", "0s", "1m"),
        ("host.interval", "100ms", ""),
    ],
)
def test_bounds_are_named_where_they_are_passed(name, least, most):
    kind = rows_by_name()[name].kind
    low = kind.parse(least)
    outside = {kind.show(low - 1): f"at least {least}"} if kind.unit != "ms" or low else {}
    if most:
        outside[kind.show(kind.parse(most) + 1)] = f"at most {most}"
        assert kind.bounds == f"{least} to {most}"
    for text, told in outside.items():
        with pytest.raises(ValueError, match=rf"must be (0 or )?{told}, not {text}$"):
            kind.parse(text)


@pytest.mark.parametrize(
    ("name", "taken"),
    [("query.memory", True), ("retention.size", True), ("query.cache", True), ("sources.prometheus.retries", True),
     ("query.threads", False), ("query.timeout", False), ("sources.prometheus.answer_limit", False)],
)  # fmt: skip
def test_0_is_taken_where_it_means_none(name, taken):
    with contextlib.nullcontext() if taken else pytest.raises(ValueError, match="must be at least"):
        assert rows_by_name()[name].kind.parse("0") == 0


def test_no_flag_and_no_variable_means_two_things():
    flags = [flag for row in rows() for flag in row.flags]
    assert len(flags) == len(set(flags))
    assert len({row.env for row in rows()}) == len(rows())


def test_a_default_is_read_from_its_own_text():
    for row in rows():
        texts = row.default if isinstance(row.default, tuple) else [row.default_text]
        values = tuple(row.kind.parse(text) for text in texts)
        assert row.default in {values, *values}, row.name


def test_the_prometheus_flags_of_the_guides_are_known():
    flags = {flag for row in rows() for flag in row.flags}
    assert flags >= {
        "--config", "--data", "--listen", "--strict", "--open", "--config.file", "--storage.tsdb.path",
        "--storage.tsdb.retention.time", "--storage.tsdb.retention.size", "--web.listen-address", "--web.external-url",
        "--web.enable-lifecycle", "--server.port", "--server.address", "--alertmanager.config", "--path.procfs",
        "--path.sysfs", "--collector.filesystem.mount-points-exclude",
    }  # fmt: skip


def test_the_host_leaves_out_what_node_exporter_leaves_out():
    assert Settings().host_mounts_exclude == MOUNTS_EXCLUDED
    assert Settings().host_disks_exclude == DISKS_EXCLUDED


def test_port_and_address_change_the_first_listener():
    settings = Settings(web_listen=("127.0.0.1:9090", "127.0.0.1:3000"), web_port=8501, web_address="::1")
    assert settings.listen == ("[::1]:8501", "127.0.0.1:3000")
