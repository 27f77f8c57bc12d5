"""CPU seconds by mode, throttling by heat, and isolation. Source: node_exporter, collector/cpu_linux.go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import HostOptions, Reader, counter, gauge, read_text

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = ("user", "nice")

_IDLE = MODES.index("idle")
_HOTPLUG_S = 3.0  # an idle counter that falls this far belongs to a CPU that was taken out and put back
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

Times = tuple[float, ...]  # seconds: MODES, then GUEST_MODES


class Cpu(Reader):
    """`node_cpu_*`; throttling is told by Intel's processors only.

    The kernel lets iowait and idle fall back a little; a counter must not, so the highest value seen is kept.
    """

    def __init__(self, options: HostOptions) -> None:
        super().__init__(options)
        self._seen: dict[str, Times] = {}
        self._sysfs = options.sysfs / "devices/system/cpu"
        self._throttles = find_throttles(self._sysfs)

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
        yield from (seconds, guest, *self._throttled(), self._isolated())

    def _throttled(self) -> Iterator[Family]:
        for unit in ("core", "package"):
            family = counter(f"node_cpu_{unit}_throttles_total", f"Times that heat made this {unit} slow down.")
            for labels, folder in self._throttles[unit].items():
                if (count := _number(folder / f"{unit}_throttle_count")) is not None:
                    family.add(count, **dict(labels))
            yield family

    def _isolated(self) -> Family:
        family = gauge("node_cpu_isolated", "CPUs that the scheduler leaves alone; the value is always 1.")
        for cpu in parse_cpu_list(_text(self._sysfs / "isolated")):
            family.add(1, cpu=cpu)
        return family


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


Throttles = dict[tuple[tuple[str, str], ...], Path]  # labels to the folder that holds the counts


def find_throttles(sysfs: Path) -> dict[str, Throttles]:
    """The folders of throttle counts, one a core and one a package; looked for once, as there are many to go through."""
    found: dict[str, Throttles] = {"core": {}, "package": {}}
    for folder in sorted(sysfs.glob("cpu[0-9]*/thermal_throttle")):
        package = _text(folder.parent / "topology/physical_package_id")
        core = _text(folder.parent / "topology/core_id")
        if package and core:
            found["core"].setdefault((("package", package), ("core", core)), folder)
            found["package"].setdefault((("package", package),), folder)
    return found


def parse_cpu_list(text: str) -> list[str]:
    """The CPUs of a kernel list such as `1,3-5`."""
    ranges = (part.split("-") for part in text.split(",") if part)
    return [str(cpu) for bounds in ranges for cpu in range(int(bounds[0]), int(bounds[-1]) + 1)]


def _text(path: Path) -> str:
    try:
        return read_text(path).strip()
    except OSError:
        return ""  # not every kernel, nor every processor, has it


def _number(path: Path) -> float | None:
    text = _text(path)
    return float(text) if text else None
