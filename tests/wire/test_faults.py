"""Several faults of a file come together; the first stays the first, and there is an end to it."""

import pytest

from watchglass.config.load import load_settings
from watchglass.config.prometheus import load_prometheus_config
from watchglass.config.settings import Invocation
from watchglass.errors import ConfigError
from watchglass.wire.faults import MAX_FAULTS, faults_of


@pytest.fixture
def faults(tmp_path):
    def faults(text):
        path = tmp_path / "prometheus.yml"
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_prometheus_config(path)
        found = faults_of(caught.value)
        assert str(caught.value) == str(found[0])
        return [(fault.line, fault.key) for fault in found]

    return faults


def test_one_fault_is_itself(faults):
    assert faults("foo: 1") == [(1, "")]


def test_sections_lists_and_items_go_on_after_a_fault(faults):
    text = """\
scrape_configs:
- job_name: a
  scrape_interval: x
  relabel_configs:
  - action: none
- null
- job_name: b
  static_configs: [{targets: {}}]
global: {foo: 1}
"""
    assert faults(text) == [
        (3, "scrape_configs[0].scrape_interval"),
        (5, "scrape_configs[0].relabel_configs[0].action"),
        (6, "scrape_configs[1]"),
        (8, "scrape_configs[2].static_configs[0].targets"),
        (9, "global"),
    ]


def test_jobs_are_held_against_the_globals_each(faults):
    job = "{{job_name: {}, scrape_interval: 1s, scrape_timeout: 2s}}"
    assert len(faults(f"scrape_configs: [{job.format('a')}, {job.format('b')}]")) == 2
    assert len(faults("scrape_configs: [{job_name: a}, {job_name: a}, {job_name: a}]")) == 2


def test_included_files_are_named(tmp_path, faults):
    for name in ("one", "two"):
        (tmp_path / f"{name}.inc").write_text("scrape_configs: [{job_name: a, foo: 1}]")
    assert faults("scrape_config_files: ['*.inc']") == [(1, "scrape_configs[0]")] * 2


def test_there_is_an_end_to_it(faults):
    assert len(faults("\n".join(f"key{i}: 1" for i in range(10 * MAX_FAULTS)))) == MAX_FAULTS


def test_settings_of_a_file_come_together(tmp_path):
    (tmp_path / "watchglass.yml").write_text("web: {prot: 1, port: x}\nlog: 3\nstrict: [a]\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(Invocation(environment={}, folder=tmp_path))
    assert {fault.key for fault in faults_of(caught.value)} == {"web.prot", "web.port", "log", "strict"}
