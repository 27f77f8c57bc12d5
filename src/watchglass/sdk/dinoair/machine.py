"""What the library reads of the machine: CPU, memory, disk and network, and GPUs where there are any."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from watchglass.model.metadata import Family
from watchglass.sdk.gpu import GpuCollector
from watchglass.sdk.host.base import HostOptions, read_text
from watchglass.sdk.host.cpu import MODES, parse_cpus
from watchglass.sdk.host.memory import parse_meminfo
from watchglass.sdk.host.network import parse_net_dev

_RESTING = tuple(MODES.index(mode) for mode in ("idle", "iowait"))
_NO_WIRE = re.compile(r"lo|veth|docker|br-|virbr|tap|tun|cali|flannel|cni|bond")
"""Interfaces whose bytes another interface carries, or none: they would be counted twice."""

_RECEIVED, _SENT = 0, 8  # places of the bytes in a line of /proc/net/dev
_SHORTEST_S = 0.1
"""CPU and network are rates between two looks, which must lie so far apart to say something."""

GPU_PERCENT = "watchglass_gpu_utilization_ratio"
GPU_USED, GPU_TOTAL = "watchglass_gpu_memory_used_bytes", "watchglass_gpu_memory_total_bytes"


class Machine:
    """Reads this machine; what cannot be read is left out.

    Args:
        disk_path: a path on the disk whose space is told.
        options: where to read.
        gpu: reads the GPUs.
    """

    def __init__(
        self, disk_path: str = "/", options: HostOptions | None = None, gpu: GpuCollector | None = None
    ) -> None:
        self.disk_path = disk_path
        self._options, self._gpu = options or HostOptions(), gpu or GpuCollector()
        self._cpu, self._bytes, self._looked_s = self._busy(), self._traffic(), time.monotonic()

    def read(self) -> dict[str, float]:
        """Percent of CPU, memory and disk in use and megabits a second, by `cpu`, `memory`, `disk` and `network`.

        CPU and network are means since the reading before; the first one may wait for a tenth of a second.
        """
        found = {"memory": self._memory(), "disk": self._disk(), **self._rates()}
        return {name: round(value, 2) for name, value in found.items() if value is not None}

    def _rates(self) -> dict[str, float | None]:
        elapsed_s = time.monotonic() - self._looked_s
        if elapsed_s < _SHORTEST_S:
            time.sleep(_SHORTEST_S - elapsed_s)
        cpu, traffic, now_s = self._busy(), self._traffic(), time.monotonic()
        elapsed_s, self._looked_s = now_s - self._looked_s, now_s
        before, self._cpu, carried, self._bytes = self._cpu, cpu, self._bytes, traffic
        return {"cpu": _share(before, cpu), "network": _rate_mbps(carried, traffic, elapsed_s)}

    def _busy(self) -> tuple[float, float] | None:
        """Seconds that all CPUs worked, and that there were."""
        try:
            cpus = parse_cpus(read_text(self._options.procfs / "stat")).values()
        except (OSError, ValueError):
            return None
        everything = sum(sum(times[: len(MODES)]) for times in cpus)
        return everything - sum(times[mode] for times in cpus for mode in _RESTING), everything

    def _traffic(self) -> dict[str, int] | None:
        try:
            devices = parse_net_dev(read_text(self._options.procfs / "net/dev"))
        except (OSError, ValueError):
            return None
        wired = {name: columns for name, columns in devices.items() if not _NO_WIRE.match(name)}
        return {name: columns[_RECEIVED] + columns[_SENT] for name, columns in wired.items()}

    def _memory(self) -> float | None:
        try:
            fields = parse_meminfo(read_text(self._options.procfs / "meminfo"))
            return 100 * (1 - fields["MemAvailable_bytes"] / fields["MemTotal_bytes"])
        except (OSError, ValueError, KeyError, ZeroDivisionError):
            return None

    def _disk(self) -> float | None:
        """As `df` reckons: of the space that users may take."""
        try:
            space = os.statvfs(Path(self.disk_path))
        except OSError:
            return None
        used = space.f_blocks - space.f_bfree
        return 100 * used / (used + space.f_bavail) if used + space.f_bavail else None

    def gpus(self) -> Iterator[tuple[str, str, float]]:
        """`gpu_usage_percent` and `gpu_memory_usage_percent`, the number of the GPU, and the value."""
        families = {family.name: _by_gpu(family) for family in self._gpu.collect()}
        for gpu, ratio in families.get(GPU_PERCENT, {}).items():
            yield "gpu_usage_percent", gpu, round(100 * ratio, 2)
        for gpu, total in families.get(GPU_TOTAL, {}).items():
            if total and gpu in families.get(GPU_USED, {}):
                yield "gpu_memory_usage_percent", gpu, round(100 * families[GPU_USED][gpu] / total, 2)


def _by_gpu(family: Family) -> dict[str, float]:
    return {dict(sample.labels)["gpu"]: sample.value for sample in family.samples}


def _share(before: tuple[float, float] | None, now: tuple[float, float] | None) -> float | None:
    if before is None or now is None or now[1] <= before[1]:
        return None
    return min(100.0, max(0.0, 100 * (now[0] - before[0]) / (now[1] - before[1])))


def _rate_mbps(before: dict[str, int] | None, now: dict[str, int] | None, elapsed_s: float) -> float | None:
    if before is None or now is None or elapsed_s <= 0:
        return None
    carried = sum(max(0, count - before[name]) for name, count in now.items() if name in before)
    return carried * 8 / 1e6 / elapsed_s
