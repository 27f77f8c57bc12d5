"""What the kernel says of itself: load, counts of /proc/stat, its name, and the time.

Source: node_exporter, collector/{loadavg_linux,stat_linux,uname,time,time_linux}.go.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import Reader, counter, gauge, single

STAT_COUNTERS = {
    "intr": ("node_intr_total", "Interrupts serviced since boot."),
    "ctxt": ("node_context_switches_total", "Context switches since boot."),
    "processes": ("node_forks_total", "Processes and threads created since boot."),
}
STAT_GAUGES = {
    "btime": ("node_boot_time_seconds", "When the host booted, in seconds since the epoch."),
    "procs_running": ("node_procs_running", "Processes that run or could run."),
    "procs_blocked": ("node_procs_blocked", "Processes that wait for input or output."),
}


class Loadavg(Reader):
    """`node_load1`, `node_load5`, `node_load15`."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        for minutes, value in zip((1, 5, 15), self.proc("loadavg").split(), strict=False):
            yield single(gauge(f"node_load{minutes}", f"Load average over {minutes} min."), float(value))


class Stat(Reader):
    """The counts of /proc/stat that are not a CPU's."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        lines = (line.split(maxsplit=2) for line in self.proc("stat").splitlines())
        values = {fields[0]: float(fields[1]) for fields in lines if len(fields) > 1}
        for table, family in ((STAT_COUNTERS, counter), (STAT_GAUGES, gauge)):
            for key, (name, text) in table.items():
                if key in values:
                    yield single(family(name, text), values[key])


class Uname(Reader):
    """`node_uname_info`."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        uname = os.uname()
        family = gauge("node_uname_info", "What uname tells of this host; the value is always 1.")
        family.add(
            1,
            sysname=uname.sysname,
            release=uname.release,
            version=uname.version,
            machine=uname.machine,
            nodename=uname.nodename,
            domainname=self._domain(),
        )
        yield family

    def _domain(self) -> str:
        try:
            return self.proc("sys/kernel/domainname").strip()
        except OSError:
            return "(none)"  # what the kernel says where none was set


class Time(Reader):
    """`node_time_seconds`, the time zone, and the clock sources."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        yield single(gauge("node_time_seconds", "The host's time, in seconds since the epoch."), time.time())
        local = time.localtime()
        zone = gauge("node_time_zone_offset_seconds", "The time zone's distance from UTC, in seconds.")
        zone.add(local.tm_gmtoff, time_zone=local.tm_zone)
        yield zone
        yield from self._clock_sources()

    def _clock_sources(self) -> Iterator[Family]:
        available = gauge("node_time_clocksource_available_info", "The clock sources that the kernel could use.")
        current = gauge("node_time_clocksource_current_info", "The clock source that the kernel uses.")
        folders = sorted((self.options.sysfs / "devices/system/clocksource").glob("clocksource[0-9]*"))
        for index, folder in enumerate(folders):
            device, place = str(index), folder.relative_to(self.options.sysfs)
            for source in self.sys(f"{place}/available_clocksource").split():
                available.add(1, device=device, clocksource=source)
            current.add(1, device=device, clocksource=self.sys(f"{place}/current_clocksource"))
        yield from (available, current)
