"""DNS discovery: one group for each name, one target for each record.

Source: prometheus/prometheus, discovery/dns/dns.go (refreshOne).
"""

from __future__ import annotations

import asyncio
import logging

from watchglass.collect.discovery.dns_client import DnsError, ResolverOptions, lookup
from watchglass.collect.discovery.dns_message import Record
from watchglass.collect.discovery.groups import ADDRESS
from watchglass.collect.job import DnsDiscovery, TargetGroup
from watchglass.model.labels import Labels

log = logging.getLogger("watchglass.discovery")


async def discover(config: DnsDiscovery, options: ResolverOptions) -> tuple[dict[str, TargetGroup], dict[str, str]]:
    """Look up every name at once.

    Returns:
        Groups by name, of the names that were answered; and by name, why the others were not.
    """
    names = list(dict.fromkeys(config.names))
    found = await asyncio.gather(*(lookup(name, config.type, options) for name in names), return_exceptions=True)
    groups, errors = {}, {}
    for name, result in zip(names, found, strict=True):
        if isinstance(result, DnsError | ValueError):
            errors[name] = str(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            groups[name] = TargetGroup(name, tuple(_target(name, record, config.port) for record in result))
    return groups, errors


def _target(name: str, record: Record, port: int) -> Labels:
    host = record.value.rstrip(".")
    target_port = record.port if record.type == "SRV" else port
    address = f"[{host}]:{target_port}" if ":" in host else f"{host}:{target_port}"
    meta = {"__meta_dns_name": name}
    if record.type in {"SRV", "MX", "NS"}:
        meta[f"__meta_dns_{record.type.lower()}_record_target"] = record.value
    if record.type == "SRV":
        meta["__meta_dns_srv_record_port"] = str(record.port)
    return Labels.of(meta, **{ADDRESS: address})
