"""Debian's node_exporter, scraped for real."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import urllib.request

import pytest
from collect_support import free_port, job, until
from prometheus_client.parser import text_string_to_metric_families

from watchglass.clock import SystemClock
from watchglass.collect.manager import ScrapeManager
from watchglass.collect.scrape import Health
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType

pytestmark = pytest.mark.real


@pytest.fixture
def exporter():
    """HOST:PORT of a node_exporter of our own."""
    if not shutil.which("prometheus-node-exporter"):
        pytest.skip("node_exporter is not installed: apt-get install prometheus-node-exporter")
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus-node-exporter", f"--web.listen-address={address}", "--log.level=error"]
    process = subprocess.Popen(command)
    yield address
    process.terminate()
    process.wait(10)


def seen_by_prometheus_client(address: str) -> set[Labels]:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as reply:
        body = reply.read().decode()
    return {
        Labels.of(sample.labels, __name__=sample.name, job="node", instance=address)
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_every_series_arrives(store, exporter):
    async def main():
        manager = ScrapeManager(store, SystemClock())
        await manager.apply([job(exporter, name="node", scrape_interval_ms=1000, scrape_timeout_ms=1000)])
        await until(lambda: store.values("up")[-2:] == [1, 1], within_s=20)
        (active,) = manager.targets().active
        await manager.stop()
        return active.status

    status = asyncio.run(main())
    assert (status.health, status.last_error) == (Health.UP, "")
    assert status.samples > 100
    moving = {"go_", "process_", "promhttp_", "scrape_", "up"}  # the exporter's own, which come as it works

    def lasting(series):
        return {each for each in series if not each.name.startswith(tuple(moving))}

    assert lasting(seen_by_prometheus_client(exporter)) == lasting(store.refs)
    assert store.metadata["node_load1"] == Metadata(MetricType.GAUGE, "", "1m load average.")
    refs = [batch.refs for batch in store.batches]
    assert refs[-1] is refs[-2] or len(refs[-1]) != len(refs[-2]), "an unchanged layout keeps its refs"
