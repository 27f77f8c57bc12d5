"""CPU seconds by mode, from /proc/stat. Source: node_exporter, collector/cpu_linux.go."""

from __future__ import annotations

import os
from collections.abc import Iterator

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import HostOptions, Reader, counter

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = ("user", "nice")

_IDLE = MODES.index("idle")
_HOTPLUG_S = 3.0  # an idle counter that falls this far belongs to a CPU that was taken out and put back
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

Times = tuple[float, ...]  # seconds: MODES, then GUEST_MODES


class Cpu(Reader):
    """`node_cpu_seconds_total` and `node_cpu_guest_seconds_total`.

    The kernel lets iowait and idle fall back a little; a counter must not, so the highest value seen is kept.
    """

    def __init__(self, options: HostOptions) -> None:
        super().__init__(options)
        self._seen: dict[str, Times] = {}

    def collect(self) -> Iterator[Family]:
        """One reading of every CPU that is online."""
        now = parse_cpus(self.proc("stat"))
        self._seen = {cpu: never_falling(self._seen.get(cpu, times), times) for cpu, times in now.items()}
        seconds = counter("node_cpu_seconds_total", "Time each CPU spent in each mode, in seconds.")
        guest = counter("node_cpu_guest_seconds_total", "Time each CPU spent running guests, in seconds.")
        for cpu, times in self._seen.items():
            for mode, value in zip(MODES, times, strict=False):
                seconds.add(value, cpu=cpu, mode=mode)
            for mode, value in zip(GUEST_MODES, times[len(MODES) :], strict=False):
                guest.add(value, cpu=cpu, mode=mode)
        yield from (seconds, guest)


def parse_cpus(stat: str) -> dict[str, Times]:
    """The `cpuN` lines of /proc/stat: number of the CPU to seconds."""
    lines = (line.split() for line in stat.splitlines() if line.startswith("cpu"))
    return {fields[0][3:]: _seconds(fields[1:]) for fields in lines if fields[0] != "cpu"}


def _seconds(ticks: list[str]) -> Times:
    known = [int(tick) / _TICKS_PER_S for tick in ticks[:10]]
    return (*known, *[0.0] * (10 - len(known)))  # old kernels know fewer modes


def never_falling(old: Times, new: Times) -> Times:
    """The higher of both for each mode; all new where the CPU was replaced."""
    if old[_IDLE] - new[_IDLE] >= _HOTPLUG_S:
        return new
    return tuple(map(max, old, new))
