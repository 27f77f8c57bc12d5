"""The table of settings, and that everything made from it agrees with it."""

import pytest

from watchglass.config.kinds import DURATION, EXTENT, SIZE, SPAN
from watchglass.config.settings import Settings, rows, rows_by_name
from watchglass.sdk.host.base import DISKS_EXCLUDED, MOUNTS_EXCLUDED

UNITS = {DURATION: "_ms", SPAN: "_ms", SIZE: "_bytes", EXTENT: "_bytes"}


def test_an_attribute_is_the_name_with_its_unit():
    for row in rows():
        assert row.attribute == row.name.replace(".", "_") + UNITS.get(row.kind, "")


@pytest.mark.parametrize(
    "name",
    ["query.max_concurrency", "query.threads", "query.max_samples", "query.max_points", "query.max_text", "query.timeout",
     "sources.prometheus.timeout", "sources.prometheus.answer_limit", "host.interval"],
)  # fmt: skip
def test_nothing_where_nothing_would_work_without_is_refused(name):
    kind = rows_by_name()[name].kind
    with pytest.raises(ValueError, match=f'expected a {kind.name} above 0, not "0"'):
        kind.parse("0")


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
