"""How a job finds its targets: static, file and DNS discovery are made; what else Prometheus 3.14 knows is only named.

Source: prometheus/prometheus, discovery/*/ (the SDConfig structures and their UnmarshalYAML), discovery/targetgroup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from watchglass.collect.discovery.groups import ADDRESS, parse_group
from watchglass.collect.job import DnsDiscovery, FileDiscovery, TargetGroup
from watchglass.config.other_discovery import OTHER_DISCOVERY
from watchglass.wire.schema import (
    Context,
    Parser,
    Section,
    Table,
    duration,
    integer,
    list_of,
    paths,
    section,
    text,
    texts,
)
from watchglass.wire.yaml import Node

_LOGIN = re.compile(r"[^/]*@")
_FILE_NAME = re.compile(r"[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)")
_DNS_TYPES = frozenset({"SRV", "A", "AAAA", "MX", "NS"})


def _static_group(node: Node, key: str, context: Context) -> TargetGroup:
    group = parse_group(node, key)
    targets = next((value.items() for name, value in node.pairs() if name.value == "targets"), [])
    context.secrets += [item for item in targets if "@" in item.value]  # NAME:PASSWORD@HOST
    return group


def _file(read: Section, context: Context) -> FileDiscovery:
    del context
    files = read.get("files", ())
    if not files:
        raise read.error("file service discovery config must contain at least one path name")
    for name in read.nodes["files"].texts():
        if not _FILE_NAME.fullmatch(name):
            raise read.error(f'path name "{name}" is not valid for file discovery', "files")
    return FileDiscovery(files, read.get("refresh_interval", 0) or FileDiscovery(()).refresh_interval_ms)


def _dns(read: Section, context: Context) -> DnsDiscovery:
    names, kind, port = read.get("names", ()), read.get("type", "SRV").upper(), read.get("port", 0)
    if not names:
        raise read.error("DNS-SD config must contain at least one SRV record name")
    if kind not in _DNS_TYPES:
        raise read.error(f"invalid DNS-SD records type {read.get('type')}", "type")
    if kind != "SRV" and not port:
        raise read.error("a port is required in DNS-SD configs for all record types except SRV")
    del context
    return DnsDiscovery(names, kind, port, read.get("refresh_interval", 0) or DnsDiscovery(()).refresh_interval_ms)


_OWN: Mapping[str, Parser] = {
    "static_configs": _static_group,
    "file_sd_configs": section({"files": paths, "refresh_interval": duration}, _file),
    "dns_sd_configs": section({"names": texts, "refresh_interval": duration, "type": text, "port": integer}, _dns),
}

DISCOVERY: Table = {
    name: list_of(parser, f"empty or null section in {name}") for name, parser in {**_OWN, **OTHER_DISCOVERY}.items()
}
"""The keys that find targets, to be merged into the table of the section that holds them."""


def static_groups(read: Section) -> tuple[TargetGroup, ...]:
    """The groups of `static_configs`, numbered as Prometheus numbers them."""
    groups: tuple[TargetGroup, ...] = read.get("static_configs", ())
    return tuple(TargetGroup(str(index), group.targets, group.labels) for index, group in enumerate(groups))


def dynamic_discovery(read: Section) -> tuple[FileDiscovery | DnsDiscovery, ...]:
    """File and DNS discovery of a section, in the order of Prometheus."""
    found: tuple[Any, ...] = (*read.get("file_sd_configs", ()), *read.get("dns_sd_configs", ()))
    return found


def unsupported_discovery(read: Section) -> tuple[str, ...]:
    """The discovery keys of a section that Prometheus has and Watchglass does not."""
    return tuple(name for name in read.values if name in OTHER_DISCOVERY and read.get(name))


def check_static_addresses(read: Section) -> None:
    """Refuse URLs among static targets, where no relabelling could mend them."""
    for group in read.get("static_configs", ()):
        for target in group.targets:
            address = target.get(ADDRESS)
            if "/" in address:
                host = address.partition("//")[2].partition("/")[0].rpartition("@")[2]
                hint = f'; did you mean "{host}", with scheme and metrics_path beside it?' if host else ""
                shown = _LOGIN.sub("<secret>@", address)
                raise read.error(f'"{shown}" is not a valid hostname{hint}', "static_configs")
