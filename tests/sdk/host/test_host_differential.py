"""The reference: Debian's node_exporter, on the real machine and on a tree of odd cases."""

import math
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from watchglass.model.metadata import MetricType
from watchglass.sdk.host import Filter, HostCollector, HostOptions
from watchglass.sdk.host.base import DISKS_EXCLUDED, FSTYPES_EXCLUDED, MOUNTS_EXCLUDED
from watchglass.sdk.host.collector import READERS

EXPORTER = shutil.which("prometheus-node-exporter")
SHARED = sorted(set(READERS) - {"container"})  # the collectors that both have
pytestmark = [pytest.mark.real, pytest.mark.skipif(EXPORTER is None, reason="apt-get install prometheus-node-exporter")]

# What may change between two readings, and by how much; everything else must stand still.
MOVING = {
    "node_load": 2.0,
    "node_procs_": 1e4,
    "node_disk_io_now": 1e4,
    "node_memory_": 256 * 2**20,
    "node_filesystem_avail_bytes": 256 * 2**20,
    "node_filesystem_free_bytes": 256 * 2**20,
    "node_filesystem_files_free": 1e5,
    "node_time_seconds": 60.0,
}


@pytest.fixture
def exporter(tmp_path):
    """Starts node_exporter with the collectors that we have, and returns what it says."""
    running = []

    def start(*flags):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            EXPORTER,
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.disable-exporter-metrics",
            "--collector.disable-defaults",
            *(f"--collector.{name}" for name in SHARED),
            f"--collector.filesystem.mount-points-exclude={MOUNTS_EXCLUDED}",
            f"--collector.filesystem.fs-types-exclude={FSTYPES_EXCLUDED}",
            f"--collector.diskstats.device-exclude={DISKS_EXCLUDED}",
            "--collector.netdev.device-exclude=",  # Debian leaves lo out
            *flags,
        ]
        with (tmp_path / "exporter.log").open("wb") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=log))
        return lambda: fetch(port)

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


def fetch(port):
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return read(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.05)
    pytest.fail("node_exporter did not start")


def read(text):
    """Family to its type and its samples, by labels."""
    families = {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        samples = {frozenset(sample.labels.items()): sample.value for sample in family.samples}
        if name.startswith("node_") and name != "node_exporter_build_info":
            families[name] = (MetricType(family.type), samples)
    return families


def ours(collector):
    return {f.name: (f.type, {frozenset(s.labels): s.value for s in f.samples}) for f in collector.collect()}


def shapes(families):
    """Everything but the values."""
    return {name: (kind, set(samples)) for name, (kind, samples) in families.items()}


def test_the_real_machine_reads_the_same(exporter):
    scrape = exporter()
    scrape()  # the first one warms it up
    collector = HostCollector(HostOptions(networks=Filter()), disabled=["container"])
    before, theirs, after = ours(collector), scrape(), ours(collector)

    assert shapes(after) == shapes(theirs)
    wrong = {
        (name, labels): (before[name][1][labels], value, after[name][1][labels])
        for name, (kind, samples) in theirs.items()
        if not name.startswith("node_scrape_collector_duration")
        for labels, value in samples.items()
        if not between(name, kind, before[name][1][labels], value, after[name][1][labels])
    }
    assert wrong == {}


def between(name, kind, before, value, after):
    """A counter read between two readings of ours lies between them; so does a gauge, but for what it may move."""
    slack = next((slack for prefix, slack in MOVING.items() if name.startswith(prefix)), 0.0)
    if kind is MetricType.COUNTER:
        slack = 0.02  # a tick of the clock: the kernel corrects iowait and idle backwards
    low, high = min(before, after) - slack, max(before, after) + slack
    return low <= value <= high or math.isclose(value, before, rel_tol=1e-12)


def test_the_odd_tree_reads_the_same(exporter, tree, options):
    scrape = exporter(
        f"--path.procfs={tree}/proc",
        f"--path.sysfs={tree}/sys",
        f"--path.rootfs={tree}/root",
        f"--path.udev.data={tree}/udev",
        "--no-collector.netdev.netlink",  # it would read the real machine
    )
    theirs, mine = scrape(), ours(HostCollector(options, disabled=["container"]))
    mine.pop("node_network_receive_nohandler_total")  # netlink alone tells it

    assert shapes(mine) == shapes(theirs)
    moving = ("node_time_seconds", "node_filesystem_", "node_scrape_collector_duration_")
    for name, (_, samples) in theirs.items():
        if not name.startswith(moving):
            assert mine[name][1] == pytest.approx(samples, rel=1e-12), name
