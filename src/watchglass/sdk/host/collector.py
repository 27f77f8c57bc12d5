"""The host's metrics under node_exporter's names, read straight from /proc and /sys with the standard library alone.

To add a part of the host: a `Reader` in a file of its own or beside its like, and one row in READERS.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import HostOptions, Reader, gauge
from watchglass.sdk.host.container import Container
from watchglass.sdk.host.cpu import Cpu
from watchglass.sdk.host.disk import Diskstats
from watchglass.sdk.host.filesystem import Filesystem
from watchglass.sdk.host.kernel import Loadavg, Stat, Time, Uname
from watchglass.sdk.host.memory import Meminfo, Pressure, Vmstat
from watchglass.sdk.host.network import Netdev

READERS: Mapping[str, Callable[[HostOptions], Reader]] = {
    "container": Container,
    "cpu": Cpu,
    "diskstats": Diskstats,
    "filesystem": Filesystem,
    "loadavg": Loadavg,
    "meminfo": Meminfo,
    "netdev": Netdev,
    "pressure": Pressure,
    "stat": Stat,
    "time": Time,
    "uname": Uname,
    "vmstat": Vmstat,
}

_log = logging.getLogger("watchglass.sdk.host")


class HostCollector:
    """Reads this machine; a part that cannot be read is left out, and `node_scrape_collector_success` says which.

    Readings must not overlap.

    Args:
        options: where to read, and what.
        disabled: names of READERS to leave out.
    """

    def __init__(self, options: HostOptions | None = None, *, disabled: Collection[str] = ()) -> None:
        chosen = {name: reader for name, reader in READERS.items() if name not in disabled}
        self._readers = {name: reader(options or HostOptions()) for name, reader in chosen.items()}
        self._failing: set[str] = set()

    def collect(self) -> Iterator[Family]:
        """One reading, and how long each part took."""
        duration = gauge("node_scrape_collector_duration_seconds", "Time that this part of the reading took.")
        success = gauge("node_scrape_collector_success", "Whether this part of the host could be read.")
        for name, reader in self._readers.items():
            began = time.perf_counter()
            families, error = _read(reader)
            duration.add(time.perf_counter() - began, collector=name)
            success.add(float(error is None), collector=name)
            self._report(name, error)
            yield from families
        yield from (duration, success)

    def _report(self, name: str, error: Exception | None) -> None:
        """Log a failure once, not at every reading."""
        if error is None:
            self._failing.discard(name)
        elif name not in self._failing:
            self._failing.add(name)
            _log.warning("cannot read this part of the host", extra={"collector": name, "error": str(error)})


def _read(reader: Reader) -> tuple[list[Family], Exception | None]:
    """The families that hold samples, as far as the reader came, and what stopped it."""
    families: list[Family] = []
    try:
        families.extend(family for family in reader.collect() if family.samples)
    except Exception as error:  # one broken part must leave the rest
        return families, error
    return families, None
