"""Metrics of this very process, under the names that every Prometheus client uses.

Source: prometheus/docs, docs/instrumenting/writing_clientlibs.md (process metrics).
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import counter, gauge, read_text, single

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class ProcessCollector:
    """`process_*` of the process that calls; a limit that does not exist is left out.

    Args:
        procfs: where the proc filesystem is mounted.
    """

    def __init__(self, procfs: Path = Path("/proc")) -> None:
        self._self = procfs / "self"
        self._boot_s = _boot_time_s(procfs)

    def collect(self) -> Iterator[Family]:
        """One reading."""
        stat = parse_stat(read_text(self._self / "stat"))
        cpu = counter("process_cpu_seconds_total", "CPU time that this process has used, in seconds.")
        yield single(cpu, (stat["utime"] + stat["stime"]) / _TICKS_PER_S)
        start = gauge("process_start_time_seconds", "When this process started, in seconds since the epoch.")
        yield single(start, self._boot_s + stat["starttime"] / _TICKS_PER_S)
        yield single(gauge("process_virtual_memory_bytes", "Address space that this process has."), stat["vsize"])
        resident = gauge("process_resident_memory_bytes", "Memory that this process holds in RAM.")
        yield single(resident, stat["rss"] * _PAGE_BYTES)
        yield single(gauge("process_threads", "Threads of this process."), stat["num_threads"])
        open_files = sum(1 for _ in (self._self / "fd").iterdir()) - 1  # less the one that lists them
        yield single(gauge("process_open_fds", "File descriptors that this process has open."), open_files)
        yield from _limits()


def _limits() -> Iterator[Family]:
    for kind, name, text in (
        (resource.RLIMIT_NOFILE, "process_max_fds", "File descriptors that this process may open."),
        (resource.RLIMIT_AS, "process_virtual_memory_max_bytes", "Address space that this process may have."),
    ):
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            yield single(gauge(name, text), soft)


def parse_stat(text: str) -> dict[str, int]:
    """The fields of /proc/PID/stat that we need; the command's name may hold blanks and parentheses."""
    fields = text.rpartition(")")[2].split()  # starts at field 3 of proc(5), the state
    places = {"utime": 14, "stime": 15, "num_threads": 20, "starttime": 22, "vsize": 23, "rss": 24}
    return {name: int(fields[place - 3]) for name, place in places.items()}


def _boot_time_s(procfs: Path) -> int:
    lines = read_text(procfs / "stat").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("btime"))
