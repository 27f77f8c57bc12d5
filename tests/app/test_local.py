"""What the process collects by itself, and when it leaves that to an exporter."""

import pytest
from prometheus_client import CollectorRegistry

from watchglass.app.configuration import Configuration
from watchglass.app.local import LocalTargets
from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.config.prometheus import PrometheusConfig
from watchglass.config.settings import Settings
from watchglass.model.labels import Labels


def configured(*jobs, **settings):
    return Configuration(Settings(gpu_enabled=False, **settings), PrometheusConfig(jobs=jobs))


def job(name, address):
    return ScrapeJob(name, static=(TargetGroup("", (Labels.of(__address__=address),)),))


def names(configuration):
    return [target.job for target in LocalTargets(CollectorRegistry()).of(configuration)]


def test_without_configuration_this_machine_and_itself():
    assert names(configured()) == ["node", "watchglass"]


@pytest.mark.parametrize("exporter", [job("node", "box:80"), job("machines", "localhost:9100")])
def test_a_scraped_exporter_is_not_counted_twice_unless_asked_for(exporter):
    assert names(configured(exporter)) == ["watchglass"]
    assert names(configured(exporter, origins={"host.enabled": "flag --host.enabled"})) == ["node", "watchglass"]


@pytest.mark.parametrize("other", [job("api", "localhost:8000"), job("machines", "10.0.0.5:9100")])
def test_other_jobs_and_the_exporters_of_other_machines_change_nothing(other):
    assert names(configured(other)) == ["node", "watchglass"]


def test_what_is_switched_off():
    assert names(configured(host_enabled=False)) == ["watchglass"]
    assert names(configured(scrape_self=False)) == ["node"]


def test_a_reload_keeps_collectors_whose_options_stayed():
    targets = LocalTargets(CollectorRegistry())
    first, second = targets.of(configured()), targets.of(configured())
    assert all(a is b for a, b in zip(first, second, strict=True))
    node, own = targets.of(configured(host_procfs="/host/proc"))
    assert node is not first[0]
    assert own is first[1]


def test_own_metrics_are_read_together_with_the_process():
    registry = CollectorRegistry()
    (own,) = LocalTargets(registry).of(configured(host_enabled=False))
    assert "process_resident_memory_bytes" in {family.name for family in own.collector.collect()}
