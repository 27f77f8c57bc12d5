"""The Hybrid guide's formulas for the machine, asked of `watchglass up`, agree with the system's own tools."""

from __future__ import annotations

import json
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from subprocess import check_output

import pytest
from peer_servers import free_port, is_ready, running, wait_until

from watchglass.sdk.declared import PACKS

pytestmark = pytest.mark.slow

BOARD = json.loads((PACKS / "hybrid_ai_stack/dashboards/hybrid-guide.json").read_text())
FORMULAS = {
    panel["title"]: panel["targets"][0]["expr"].replace("[5m]", "[20s]")
    for panel in BOARD["panels"]
    if panel["title"] in {"CPU usage", "Memory usage", "Disk usage", "Network throughput"}
}


def cpu_times():
    """Idle and all time of all CPUs, as the kernel tells `top`."""
    fields = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return fields[3], sum(fields)


def received():
    """Bytes received by device, as the kernel tells `ip`."""
    devices = Path("/sys/class/net").iterdir()
    return {device.name: int((device / "statistics/rx_bytes").read_text()) for device in devices if device.is_dir()}


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """What the formulas say of some seconds, and what the tools say of the same."""
    folder, port = tmp_path_factory.mktemp("machine"), free_port()
    command = [
        sys.executable, "-m", "watchglass", "up", "--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}",
        "--host.interval", "1s",
    ]  # fmt: skip

    def ask(expression):
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=10) as answer:
            rows = json.load(answer)["data"]["result"]
        return {tuple(sorted(row["metric"].items())): float(row["value"][1]) for row in rows}

    with running(command, cwd=folder):
        wait_until(lambda: is_ready(port), "a start")
        wait_until(lambda: ask("node_cpu_seconds_total"), "a reading")
        began_s, cpu, net = time.monotonic(), cpu_times(), received()
        time.sleep(20)
        lasted_s = time.monotonic() - began_s
        said = {title: ask(expression) for title, expression in FORMULAS.items()}
        idle, total = (after - before for before, after in zip(cpu, cpu_times(), strict=True))
        grown = {name: (count - net[name]) / lasted_s for name, count in received().items() if name in net}
        yield said, {"cpu": 100 - idle / total * 100, "received": grown}


def test_cpu_usage(machine):
    said, tools = machine
    ((_, value),) = said["CPU usage"].items()
    assert value == pytest.approx(tools["cpu"], abs=8)  # readings are a second apart, and a test machine is never still


def test_memory_usage(machine):
    ((_, value),) = machine[0]["Memory usage"].items()
    memory = check_output(["free", "-b"], text=True).splitlines()
    row = dict(zip(memory[0].split(), map(int, memory[1].split()[1:]), strict=True))
    assert value == pytest.approx((1 - row["available"] / row["total"]) * 100, abs=4)


def test_disk_usage(machine):
    by_mount = {dict(labels)["mountpoint"]: value for labels, value in machine[0]["Disk usage"].items()}
    used, size, mount = check_output(["df", "-B1", "--output=avail,size,target", "/"], text=True).split()[-3:]
    assert by_mount[mount] == pytest.approx((1 - int(used) / int(size)) * 100, abs=1)


def test_network_throughput(machine):
    said, tools = machine
    rates = {dict(labels)["device"]: value for labels, value in said["Network throughput"].items()}
    shared = rates.keys() & tools["received"].keys()
    assert shared
    for device in shared:
        assert rates[device] == pytest.approx(tools["received"][device], rel=0.4, abs=5_000)
