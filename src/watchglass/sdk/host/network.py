"""Network interfaces: bytes, packets and errors. Source: node_exporter, collector/netdev_{common,linux}.go."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import Reader, counter

# In the order of /proc/net/dev.
COLUMNS = (
    *(f"receive_{what}" for what in ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast")),
    *(f"transmit_{what}" for what in ("bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed")),
)


class Netdev(Reader):
    """`node_network_{receive,transmit}_*_total`."""

    def collect(self) -> Iterator[Family]:
        """One reading of every interface that the filter accepts."""
        devices = parse_net_dev(self.proc("net/dev"))
        chosen = {device: values for device, values in devices.items() if self.options.networks.accepts(device)}
        for index, column in enumerate(COLUMNS):
            family = counter(f"node_network_{column}_total", f"Column {column} of /proc/net/dev.")
            for device, values in chosen.items():
                family.add(values[index], device=device)
            yield family
        yield self._no_handler(chosen)

    def _no_handler(self, devices: dict[str, list[int]]) -> Family:
        family = counter("node_network_receive_nohandler_total", "Packets received that no protocol wanted.")
        for device in devices:
            try:
                family.add(float(self.sys(f"class/net/{device}/statistics/rx_nohandler")), device=device)
            except OSError:
                continue  # the interface went away, or sysfs shows another network
        return family


def parse_net_dev(text: str) -> dict[str, list[int]]:
    """Interface to its sixteen counts, in the order of COLUMNS."""
    lines = (line.rpartition(":") for line in text.splitlines()[2:])
    return {name.strip(): [int(value) for value in values.split()] for name, _, values in lines}
