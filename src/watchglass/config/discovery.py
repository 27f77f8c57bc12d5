"""Every `*_sd_configs` of Prometheus 3.14: static, file and DNS discovery are made; the others are checked and named.

Source: prometheus/prometheus, discovery/*/ (the SDConfig structures and their UnmarshalYAML), discovery/targetgroup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from watchglass.collect.discovery.groups import ADDRESS, parse_group
from watchglass.collect.job import DnsDiscovery, FileDiscovery, TargetGroup
from watchglass.config.http_client import HTTP_CLIENT, TLS, check_http_client, check_tls
from watchglass.config.schema import (
    Context,
    Parser,
    Section,
    Table,
    boolean,
    choice,
    duration,
    integer,
    list_of,
    path,
    paths,
    secret,
    section,
    string_map,
    text,
    texts,
    url,
)
from watchglass.wire.yaml import Node

_FILE_NAME = re.compile(r"[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)")
_DNS_TYPES = frozenset({"SRV", "A", "AAAA", "MX", "NS"})


def _static_group(node: Node, key: str, context: Context) -> TargetGroup:
    del context
    return parse_group(node, key)


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


def _other(table: Table, *required: str) -> Parser:
    """A parser of a discovery that Watchglass does not have; `required` are keys that must hold something."""

    def check(read: Section, context: Context) -> None:
        for name in required:
            if not read.get(name):
                raise read.error(f"{name} is missing")
        if _HTTP_MARK in table:
            check_http_client(read, Context())
        del context

    return list_of(section(table, check))


_HTTP_MARK = "follow_redirects"

_TIMED: Table = {"refresh_interval": duration, "port": integer}
_FILTERS: Table = {"filters": list_of(section({"name": text, "values": texts}))}
_AWS_COMMON: Table = {
    "region": text, "endpoint": text, "access_key": text, "secret_key": secret, "profile": text, "role_arn": text,
    "external_id": text, **_TIMED, **HTTP_CLIENT,
}  # fmt: skip
_AWS_CLUSTERS: Table = {**_AWS_COMMON, "clusters": texts, "request_concurrency": integer}
_CLOUD: Table = {**_TIMED, **HTTP_CLIENT}
_ZOOKEEPER: Table = {"servers": texts, "paths": texts, "timeout": duration}

_KUBERNETES_ROLES = ("pod", "service", "endpoints", "endpointslice", "node", "ingress")
_KUBERNETES: Table = {
    "api_server": url,
    "role": choice(*_KUBERNETES_ROLES, message='unknown Kubernetes SD role "{}"'),
    "kubeconfig_file": path,
    "namespaces": section({"own_namespace": boolean, "names": texts}),
    "selectors": list_of(section({"role": choice(*_KUBERNETES_ROLES), "label": text, "field": text})),
    "attach_metadata": section(
        {"node": boolean, "namespace": boolean, "deployment": boolean, "job": boolean, "cronjob": boolean}
    ),
    **HTTP_CLIENT,
}

_CONSUL: Table = {
    "server": text, "path_prefix": text, "token": secret, "datacenter": text, "namespace": text, "partition": text,
    "tag_separator": text, "scheme": text, "username": text, "password": secret, "allow_stale": boolean,
    "refresh_interval": duration, "services": texts, "tags": texts, "node_meta": string_map, "filter": text,
    "health_filter": text, **HTTP_CLIENT,
}  # fmt: skip

_OPENSTACK: Table = {
    "identity_endpoint": text, "username": text, "userid": text, "password": secret, "project_name": text,
    "project_id": text, "domain_name": text, "domain_id": text, "application_credential_name": text,
    "application_credential_id": text, "application_credential_secret": secret, "region": text, "all_tenants": boolean,
    "role": choice("hypervisor", "instance", "loadbalancer", message='unknown OpenStack SD role "{}"'),
    "availability": choice("public", "admin", "internal"), "tls_config": section(TLS, check_tls), **_TIMED,
}  # fmt: skip

DISCOVERY: Mapping[str, Parser] = {
    "static_configs": list_of(_static_group, "empty or null section in static_configs"),
    "file_sd_configs": list_of(section({"files": paths, "refresh_interval": duration}, _file)),
    "dns_sd_configs": list_of(
        section({"names": texts, "refresh_interval": duration, "type": text, "port": integer}, _dns)
    ),
    "http_sd_configs": _other({"url": url, "refresh_interval": duration, **HTTP_CLIENT}, "url"),
    "aws_sd_configs": _other(
        {
            "role": choice("ec2", "ecs", "elasticache", "lightsail", "msk", "rds", message='unknown AWS SD role "{}"'),
            "clusters": texts, **_FILTERS, **_AWS_COMMON,
        },
        "role",
    ),
    "azure_sd_configs": _other(
        {
            "environment": text, "subscription_id": text, "tenant_id": text, "client_id": text, "client_secret": secret,
            "authentication_method": choice("OAuth", "ManagedIdentity", "SDK", "WorkloadIdentity"),
            "resource_group": text, **_CLOUD,
        },
        "subscription_id",
    ),
    "consul_sd_configs": _other(_CONSUL),
    "digitalocean_sd_configs": _other({"role": choice("droplets", "databases"), **_CLOUD}),
    "docker_sd_configs": _other(
        {"host": text, "host_networking_host": text, "match_first_network": boolean, **_FILTERS, **_CLOUD}, "host"
    ),
    "dockerswarm_sd_configs": _other(
        {"host": text, "role": choice("services", "nodes", "tasks"), **_FILTERS, **_CLOUD}, "host", "role"
    ),
    "ec2_sd_configs": _other({**_FILTERS, **_AWS_COMMON}),
    "ecs_sd_configs": _other(_AWS_CLUSTERS),
    "elasticache_sd_configs": _other(_AWS_CLUSTERS),
    "eureka_sd_configs": _other({"server": url, "refresh_interval": duration, **HTTP_CLIENT}, "server"),
    "gce_sd_configs": _other(
        {"project": text, "zone": text, "filter": text, "tag_separator": text, **_TIMED}, "project", "zone"
    ),
    "hetzner_sd_configs": _other({"role": choice("robot", "hcloud"), "label_selector": text, **_CLOUD}, "role"),
    "ionos_sd_configs": _other({"datacenter_id": text, **_CLOUD}, "datacenter_id"),
    "kubernetes_sd_configs": _other(_KUBERNETES, "role"),
    "kuma_sd_configs": _other(
        {"server": url, "client_id": text, "fetch_timeout": duration, "refresh_interval": duration, **HTTP_CLIENT},
        "server",
    ),
    "lightsail_sd_configs": _other(_AWS_COMMON),
    "linode_sd_configs": _other({"tag_separator": text, "region": text, **_CLOUD}),
    "marathon_sd_configs": _other(
        {"servers": texts, "refresh_interval": duration, "auth_token": secret, "auth_token_file": path, **HTTP_CLIENT},
        "servers",
    ),
    "msk_sd_configs": _other(_AWS_CLUSTERS),
    "nerve_sd_configs": _other(_ZOOKEEPER, "servers", "paths"),
    "nomad_sd_configs": _other(
        {
            "allow_stale": boolean, "namespace": text, "region": text, "server": text, "tag_separator": text,
            "refresh_interval": duration, **HTTP_CLIENT,
        }
    ),
    "oci_sd_configs": _other(
        {
            "auth": choice("api_key", "instance_principal"), "tenancy": text, "user": text, "fingerprint": text,
            "key_file": path, "key_passphrase": secret, "key_passphrase_file": path, "region": text,
            "compartments": texts, **_CLOUD,
        },
        "region",
    ),
    "openstack_sd_configs": _other(_OPENSTACK, "role", "region"),
    "outscale_sd_configs": _other(
        {
            "endpoint": text, "region": text, "access_key": text, "secret_key": secret, "secret_key_file": path,
            **_CLOUD,
        },
        "region", "access_key",
    ),
    "ovhcloud_sd_configs": _other(
        {
            "endpoint": text, "application_key": text, "application_secret": secret, "consumer_key": secret,
            "refresh_interval": duration, "service": choice("dedicated_server", "vps", message="unknown service: {}"),
        },
        "application_key", "application_secret", "consumer_key", "service",
    ),
    "puppetdb_sd_configs": _other(
        {"url": url, "query": text, "include_parameters": boolean, **_CLOUD}, "url", "query"
    ),
    "rds_sd_configs": _other({**_FILTERS, **_AWS_CLUSTERS}),
    "scaleway_sd_configs": _other(
        {
            "project_id": text, "api_url": text, "zone": text, "access_key": text, "secret_key": secret,
            "secret_key_file": path, "name_filter": text, "tags_filter": texts,
            "role": choice("instance", "baremetal", message='unknown role "{}"'), **_CLOUD,
        },
        "role", "project_id", "access_key",
    ),
    "serverset_sd_configs": _other(_ZOOKEEPER, "servers", "paths"),
    "stackit_sd_configs": _other(
        {
            "project": text, "region": text, "endpoint": text, "service_account_key": secret, "private_key": secret,
            "service_account_key_path": path, "private_key_path": path, "credentials_file_path": path, **_CLOUD,
        }
    ),
    "triton_sd_configs": _other(
        {
            "account": text, "role": choice("container", "cn"), "dns_suffix": text, "endpoint": text, "groups": texts,
            "tls_config": section(TLS, check_tls), "version": integer, **_TIMED,
        },
        "account", "dns_suffix", "endpoint",
    ),
    "uyuni_sd_configs": _other(
        {
            "server": url, "username": text, "password": secret, "entitlement": text, "separator": text,
            "refresh_interval": duration, **HTTP_CLIENT,
        },
        "server", "username", "password",
    ),
    "vultr_sd_configs": _other(_CLOUD),
}  # fmt: skip
"""The keys that find targets, to be merged into the table of the section that holds them."""

SUPPORTED = frozenset({"static_configs", "file_sd_configs", "dns_sd_configs"})


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
    return tuple(name for name in read.values if name in DISCOVERY and name not in SUPPORTED and read.get(name))


def check_static_addresses(read: Section) -> None:
    """Refuse URLs among static targets, where no relabelling could mend them."""
    for group in read.get("static_configs", ()):
        for target in group.targets:
            if "/" in target.get(ADDRESS):
                raise read.error(f'"{target.get(ADDRESS)}" is not a valid hostname', "static_configs")
