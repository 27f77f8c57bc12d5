"""The `*_sd_configs` of Prometheus 3.14 that Watchglass does not have: checked, so that an error in one is found.

Source: prometheus/prometheus, discovery/*/ (the SDConfig structures and their UnmarshalYAML).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.config.other_checks import (
    azure,
    consul,
    ec2,
    kubernetes,
    marathon,
    oci,
    one_secret_key,
    server_url,
    web_url,
    zookeeper,
)
from watchglass.wire.http_client import HTTP_CLIENT, TLS, check_http_client, check_tls
from watchglass.wire.schema import (
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
    secret,
    section,
    string_map,
    text,
    texts,
    url,
)

_HTTP_MARK = "follow_redirects"


def _other(table: Table, *required: str, check: Callable[[Section], None] | None = None) -> Parser:
    """A parser of one discovery; `required` are keys that must hold something, `check` looks at it as a whole."""

    def parse(read: Section, context: Context) -> None:
        for name in required:
            if not read.get(name):
                raise read.error(f"{name} is missing")
        if check is not None:
            check(read)
        if _HTTP_MARK in table:
            check_http_client(read, Context())
        del context

    return section(table, parse)


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

OTHER_DISCOVERY: Mapping[str, Parser] = {
    "http_sd_configs": _other({"url": url, "refresh_interval": duration, **HTTP_CLIENT}, "url", check=web_url),
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
        check=azure,
    ),
    "consul_sd_configs": _other(_CONSUL, check=consul),
    "digitalocean_sd_configs": _other({"role": choice("droplets", "databases"), **_CLOUD}),
    "docker_sd_configs": _other(
        {"host": text, "host_networking_host": text, "match_first_network": boolean, **_FILTERS, **_CLOUD}, "host"
    ),
    "dockerswarm_sd_configs": _other(
        {"host": text, "role": choice("services", "nodes", "tasks"), **_FILTERS, **_CLOUD}, "host", "role"
    ),
    "ec2_sd_configs": _other({**_FILTERS, **_AWS_COMMON}, check=ec2),
    "ecs_sd_configs": _other(_AWS_CLUSTERS),
    "elasticache_sd_configs": _other(_AWS_CLUSTERS),
    "eureka_sd_configs": _other({"server": url, "refresh_interval": duration, **HTTP_CLIENT}, "server", check=server_url),
    "gce_sd_configs": _other(
        {"project": text, "zone": text, "filter": text, "tag_separator": text, **_TIMED}, "project", "zone"
    ),
    "hetzner_sd_configs": _other({"role": choice("robot", "hcloud"), "label_selector": text, **_CLOUD}, "role"),
    "ionos_sd_configs": _other({"datacenter_id": text, **_CLOUD}, "datacenter_id"),
    "kubernetes_sd_configs": _other(_KUBERNETES, "role", check=kubernetes),
    "kuma_sd_configs": _other(
        {"server": url, "client_id": text, "fetch_timeout": duration, "refresh_interval": duration, **HTTP_CLIENT},
        "server",
        check=server_url,
    ),
    "lightsail_sd_configs": _other(_AWS_COMMON),
    "linode_sd_configs": _other({"tag_separator": text, "region": text, **_CLOUD}),
    "marathon_sd_configs": _other(
        {"servers": texts, "refresh_interval": duration, "auth_token": secret, "auth_token_file": path, **HTTP_CLIENT},
        "servers",
        check=marathon,
    ),
    "msk_sd_configs": _other(_AWS_CLUSTERS),
    "nerve_sd_configs": _other(_ZOOKEEPER, "servers", "paths", check=zookeeper),
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
        check=oci,
    ),
    "openstack_sd_configs": _other(_OPENSTACK, "role", "region"),
    "outscale_sd_configs": _other(
        {
            "endpoint": text, "region": text, "access_key": text, "secret_key": secret, "secret_key_file": path,
            **_CLOUD,
        },
        "region", "access_key", check=one_secret_key,
    ),
    "ovhcloud_sd_configs": _other(
        {
            "endpoint": text, "application_key": text, "application_secret": secret, "consumer_key": secret,
            "refresh_interval": duration, "service": choice("dedicated_server", "vps", message="unknown service: {}"),
        },
        "application_key", "application_secret", "consumer_key", "service",
    ),
    "puppetdb_sd_configs": _other(
        {"url": url, "query": text, "include_parameters": boolean, **_CLOUD}, "url", "query", check=web_url
    ),
    "rds_sd_configs": _other({**_FILTERS, **_AWS_CLUSTERS}),
    "scaleway_sd_configs": _other(
        {
            "project_id": text, "api_url": text, "zone": text, "access_key": text, "secret_key": secret,
            "secret_key_file": path, "name_filter": text, "tags_filter": texts,
            "role": choice("instance", "baremetal", message='unknown role "{}"'), **_CLOUD,
        },
        "role", "project_id", "access_key", check=one_secret_key,
    ),
    "serverset_sd_configs": _other(_ZOOKEEPER, "servers", "paths", check=zookeeper),
    "stackit_sd_configs": _other(
        {
            "project": text, "region": text, "endpoint": url, "service_account_key": secret, "private_key": secret,
            "service_account_key_path": path, "private_key_path": path, "credentials_file_path": path, **_CLOUD,
        },
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
"""By key, the parser of one entry."""
