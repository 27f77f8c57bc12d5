"""What a process uses, under the names of the Awareness Network's guide, read whenever it is asked for.

What the system does not tell is left out. The heap is the data segment (VmData), as Node's `prom-client` has it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from watchglass.sdk.process import parse_stat

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_DEAD_STATES = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process, or several together, use; None is what is not known."""

    user_s: float | None = None
    system_s: float | None = None
    resident_bytes: float | None = None
    heap_bytes: float | None = None


class ProcessMetrics:
    """CPU time and memory of this process.

        ProcessMetrics()

    Names that the registry has already, such as the client library's own `process_resident_memory_bytes`, are left to
    who gives them.

    Args:
        registry: where they are registered.
        procfs: where the proc filesystem is mounted.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, procfs: Path = Path("/proc")) -> None:
        self._folder = procfs / "self"
        self._taken = frozenset(family.name for family in registry.collect())
        registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """The metrics that may come, without values."""
        return families(Usage(0, 0, 0, 0), without=self._taken)

    def collect(self) -> Iterable[Metric]:
        """One reading."""
        return families(read_usage(self._folder) or _from_times(), without=self._taken)


def read_usage(folder: Path) -> Usage | None:
    """What the process uses whose folder in the proc filesystem that is; None where there is none, or it has ended."""
    try:
        text = (folder / "stat").read_text(errors="replace")
        status = (folder / "status").read_text(errors="replace")
    except OSError:
        return None
    if text.rpartition(")")[2].split()[0] in _DEAD_STATES:
        return None
    stat = parse_stat(text)
    user_s, system_s = stat["utime"] / _TICKS_PER_S, stat["stime"] / _TICKS_PER_S
    return Usage(user_s, system_s, stat["rss"] * _PAGE_BYTES, _heap_bytes(status))


def families(usage: Usage, *, without: Iterable[str] = ()) -> Iterator[Metric]:
    """What is known, as metrics; those of the names in `without` are left out."""
    for (kind, name, text), value in zip(_FAMILIES, astuple(usage), strict=True):
        family = kind(name, text, value=value)
        if value is not None and family.name not in without:
            yield family


_FAMILIES: Sequence[tuple[type[CounterMetricFamily | GaugeMetricFamily], str, str]] = (
    (CounterMetricFamily, "process_cpu_user_seconds_total", "CPU time in user mode"),
    (CounterMetricFamily, "process_cpu_system_seconds_total", "CPU time in kernel mode"),
    (GaugeMetricFamily, "process_resident_memory_bytes", "Resident memory"),
    (GaugeMetricFamily, "process_heap_bytes", "Heap size"),
)


def _heap_bytes(status: str) -> float | None:
    for line in status.splitlines():
        if line.startswith("VmData:"):
            return float(line.split()[1]) * 1024
    return None


def _from_times() -> Usage:
    """What a system without a proc filesystem tells."""
    times = os.times()
    return Usage(times.user, times.system)
