"""Memory: its size and use, paging, and how long processes wait for it (and for CPU and disk).

Source: node_exporter, collector/{meminfo_linux,vmstat_linux,pressure_linux}.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchglass.model.metadata import Family, MetricType
from watchglass.sdk.host.base import Reader, counter, gauge, single

_PARENTHESES = re.compile(r"\((.*)\)")

# file, line, name, help
PRESSURES = (
    ("cpu", "some", "node_pressure_cpu_waiting_seconds_total", "Time that some process waited for a CPU."),
    ("io", "some", "node_pressure_io_waiting_seconds_total", "Time that some process waited for a disk."),
    ("io", "full", "node_pressure_io_stalled_seconds_total", "Time that every process waited for a disk."),
    ("memory", "some", "node_pressure_memory_waiting_seconds_total", "Time that some process waited for memory."),
    ("memory", "full", "node_pressure_memory_stalled_seconds_total", "Time that every process waited for memory."),
)


class Meminfo(Reader):
    """`node_memory_*`: every field of /proc/meminfo, sizes in bytes."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        for field, value in parse_meminfo(self.proc("meminfo")).items():
            yield single(gauge(f"node_memory_{field}", f"Field {field} of /proc/meminfo."), value)


def parse_meminfo(text: str) -> dict[str, float]:
    """Field to value: `Active(anon): 1 kB` becomes `Active_anon_bytes` 1024; fields without unit stay counts."""
    values = {}
    for line in text.splitlines():
        key, _, rest = line.partition(":")
        words = rest.split()
        if words:
            field = _PARENTHESES.sub(r"_\1", key)
            in_bytes = len(words) == 2
            values[f"{field}_bytes" if in_bytes else field] = float(words[0]) * (1024 if in_bytes else 1)
    return values


class Vmstat(Reader):
    """`node_vmstat_*`: the chosen fields of /proc/vmstat, untyped as in node_exporter."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        for line in self.proc("vmstat").splitlines():
            field, value = line.split()
            if self.options.vmstat.accepts(field):
                family = Family(f"node_vmstat_{field}", MetricType.UNKNOWN, f"Field {field} of /proc/vmstat.")
                yield single(family, float(value))


class Pressure(Reader):
    """`node_pressure_*_seconds_total`; absent where the kernel keeps no pressure stall information."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        totals = {resource: parse_pressure(self.proc(f"pressure/{resource}")) for resource in ("cpu", "io", "memory")}
        for resource, share, name, text in PRESSURES:
            yield single(counter(name, text), totals[resource][share] / 1e6)


def parse_pressure(text: str) -> dict[str, int]:
    """`some` and `full` to total microseconds."""
    return {line.split()[0]: int(line.rpartition("total=")[2]) for line in text.splitlines()}
