"""Host metrics under node_exporter's names: `HostCollector().collect()`."""

from watchglass.sdk.host.base import Filter, HostOptions
from watchglass.sdk.host.collector import HostCollector

__all__ = ["Filter", "HostCollector", "HostOptions"]
