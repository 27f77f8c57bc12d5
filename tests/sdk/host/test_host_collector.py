"""The whole reading: one part that fails, filters, and what it costs nobody."""

import subprocess
import sys

import pytest

from watchglass.sdk.host import Filter, HostCollector, HostOptions
from watchglass.sdk.host.collector import READERS


def success(families):
    family = next(family for family in families if family.name == "node_scrape_collector_success")
    return {dict(sample.labels)["collector"]: sample.value for sample in family.samples}


def test_one_part_that_fails_leaves_the_rest_and_is_logged_once(tree, options, caplog):
    (tree / "proc/loadavg").write_text("broken\n")
    collector = HostCollector(options, disabled=["container"])
    names = {family.name for family in collector.collect()}
    families = list(collector.collect())

    assert success(families) == dict.fromkeys(READERS.keys() - {"container"}, 1.0) | {"loadavg": 0.0}
    assert "node_load1" not in names
    assert "node_memory_MemTotal_bytes" in names
    assert [record.collector for record in caplog.records] == ["loadavg"]


def test_a_part_that_fails_half_way_keeps_what_it_read(tree, options):
    (tree / "proc/vmstat").write_text("pgpgin 7\nbroken\n")

    assert "node_vmstat_pgpgin" in {family.name for family in HostCollector(options).collect()}


def test_a_kernel_without_pressure_information_has_no_such_series(tree, options):
    (tree / "proc/pressure/cpu").unlink()
    families = list(HostCollector(options).collect())

    assert success(families)["pressure"] == 0.0
    assert not any(family.name.startswith("node_pressure") for family in families)


def test_nothing_to_read_is_no_error(tmp_path):
    families = list(HostCollector(HostOptions(tmp_path, tmp_path, tmp_path, tmp_path)).collect())

    assert {name for name, value in success(families).items() if value} == {"time", "uname"}


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("node_network_receive_bytes_total", {"device": {"eth0"}}),
        ("node_disk_io_now", {"device": {"sda", "sda1"}}),
        ("node_filesystem_size_bytes", {"mountpoint": {"/run"}}),
    ],
)
def test_filters_choose_devices(tree, name, chosen):
    options = HostOptions(
        *(tree / part for part in ("proc", "sys", "root", "udev")),
        networks=Filter(exclude="^(lo|wlan)"),
        disks=Filter(include="^sd"),
        mounts=Filter(exclude="^/(backup|gone|$|proc|var|run/)"),
    )
    family = next(family for family in HostCollector(options).collect() if family.name == name)

    for label, values in chosen.items():
        assert {dict(sample.labels)[label] for sample in family.samples} == values


def test_it_needs_the_standard_library_alone():
    code = "import sys, watchglass.sdk.host, watchglass.sdk.gpu, watchglass.sdk.process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    foreign = {"numpy", "psutil", "starlette", "httpx", "pynvml", "prometheus_client"}
    assert foreign.isdisjoint(module.partition(".")[0] for module in loaded)
