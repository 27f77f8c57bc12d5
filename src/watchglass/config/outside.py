"""The sections of `prometheus.yml` that speak with other systems: remote storage, alerting, tracing, OTLP.

They are checked whole, so that a file is either right or refused, whatever of it has an effect yet.
Source: prometheus/prometheus, config/config.go; storage/remote/azuread; docs/configuration/configuration.md (sigv4).
"""

from __future__ import annotations

from typing import Any

from watchglass.config.discovery import DISCOVERY, check_static_addresses
from watchglass.config.relabel import relabel_rules
from watchglass.wire.http_client import HTTP_CLIENT, TLS, check_http_client, check_tls
from watchglass.wire.schema import (
    Context,
    Section,
    Table,
    boolean,
    choice,
    duration,
    integer,
    labels,
    list_of,
    number,
    secret,
    section,
    string_map,
    text,
    texts,
    unsigned,
    url,
)
from watchglass.wire.yaml import Node

_RESERVED_HEADERS = frozenset(
    {
        "host", "content-encoding", "content-length", "content-type", "user-agent", "connection", "keep-alive",
        "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
        "x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-amz-date", "x-amz-security-token",
        "x-amz-content-sha256",
    }
)  # fmt: skip


def _check_headers(read: Section, about_authorization: str) -> None:
    for name in read.get("headers", {}):
        if name.lower() == "authorization":
            raise read.error(about_authorization, "headers")
        if name.lower() in _RESERVED_HEADERS:
            raise read.error(f"{name} is a reserved header. It must not be changed", "headers")


def _tracing(read: Section, context: Context) -> None:
    del context
    _check_headers(read, "custom authorization header configuration is not yet supported")
    if not read.get("endpoint"):
        raise read.error("tracing endpoint must be set")
    if read.get("compression") not in {None, "", "gzip"}:
        raise read.error(
            f"invalid compression type {read.get('compression')} provided, valid options: gzip", "compression"
        )


TRACING: Table = {
    "client_type": choice("http", "grpc", message="expected tracing client type to be to be http or grpc, but got {}"),
    "endpoint": text, "sampling_fraction": number, "insecure": boolean, "tls_config": section(TLS, check_tls),
    "headers": string_map, "compression": text, "timeout": duration,
}  # fmt: skip

_SIGV4: Table = {
    "region": text, "access_key": text, "secret_key": secret, "profile": text, "role_arn": text, "external_id": text,
    "use_fips_sts_endpoint": boolean, "service_name": text,
}  # fmt: skip

_AZURE_METHODS: Table = {
    "managed_identity": section({"client_id": text}),
    "workload_identity": section({"client_id": text, "tenant_id": text, "token_file_path": text}),
    "oauth": section({"client_id": text, "client_secret": secret, "tenant_id": text}),
    "sdk": section({"tenant_id": text}),
    "certificate": section(
        {
            "client_id": text, "tenant_id": text, "certificate_path": text, "certificate_key_path": text,
            "certificate_password": secret, "send_certificate_chain": boolean,
        }
    ),
}  # fmt: skip


def _azure(read: Section, context: Context) -> Section:
    del context
    methods = [name for name in _AZURE_METHODS if name in read]
    if not methods:
        raise read.error(
            "must provide an Azure Managed Identity, Azure Workload Identity, Azure OAuth, Azure Certificate or Azure SDK"
            " in the Azure AD config"
        )
    if len(methods) > 1:
        raise read.error("cannot provide multiple authentication methods in the Azure AD config")
    return read


_CLOUDS = choice(
    "AzureChina", "AzureGovernment", "AzurePublic", "", message="must provide a cloud in the Azure AD config"
)
_AZURE: Table = {**_AZURE_METHODS, "cloud": _CLOUDS, "scope": text}

_QUEUE: Table = {
    "capacity": integer, "max_shards": integer, "min_shards": integer, "max_samples_per_send": integer,
    "batch_send_deadline": duration, "min_backoff": duration, "max_backoff": duration, "retry_on_http_429": boolean,
    "sample_age_limit": duration,
}  # fmt: skip
_QUEUE_DEFAULTS = {"capacity": 10_000, "max_shards": 50, "min_shards": 1, "max_samples_per_send": 2000}


def _queue(read: Section, context: Context) -> None:
    del context
    for name, default in _QUEUE_DEFAULTS.items():
        if read.get(name, default) <= 0:
            raise read.error(f"remote write queue {name} must be positive", name)
    if read.get("min_shards", 1) > read.get("max_shards", 50):
        raise read.error("remote write queue min_shards must not be greater than max_shards", "min_shards")
    if read.get("max_backoff", 5000) < read.get("min_backoff", 30):
        raise read.error("remote write queue max_backoff must not be less than min_backoff", "max_backoff")


REMOTE_WRITE: Table = {
    "url": url, "remote_timeout": duration, "headers": string_map, "name": text, "send_exemplars": boolean,
    "send_native_histograms": boolean, "round_robin_dns": boolean,
    "protobuf_message": choice(
        "prometheus.WriteRequest", "io.prometheus.write.v2.Request",
        message="invalid protobuf_message value: unknown type for remote write protobuf message {},"
        " supported: prometheus.WriteRequest, io.prometheus.write.v2.Request",
    ),
    "write_relabel_configs": relabel_rules("empty or null relabeling rule in remote write config"),
    "queue_config": section(_QUEUE, _queue),
    "metadata_config": section({"send": boolean, "send_interval": duration, "max_samples_per_send": integer}),
    "sigv4": section(_SIGV4), "azuread": section(_AZURE, _azure), "google_iam": section({"credentials_file": text}),
    **HTTP_CLIENT,
}  # fmt: skip

_AUTHORIZATION_HEADER = "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter"
_METHODS = ("basic_auth", "authorization", "oauth2", "sigv4", "azuread", "google_iam")


def _remote_write(read: Section, context: Context) -> Section:
    _check_remote(read, "remote_write")
    found = [name for name in _METHODS if name in read]
    if len(found) > 1:
        raise read.error(
            "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured."
            f" Currently configured: [{' '.join(found)}]"
        )
    del context
    return read


REMOTE_READ: Table = {
    "url": url, "remote_timeout": duration, "chunked_read_limit": unsigned, "headers": string_map,
    "read_recent": boolean, "name": text, "required_matchers": labels, "filter_external_labels": boolean, **HTTP_CLIENT,
}  # fmt: skip


def _remote_read(read: Section, context: Context) -> Section:
    del context
    _check_remote(read, "remote_read")
    return read


def _check_remote(read: Section, what: str) -> None:
    if "url" not in read:
        raise read.error(f"url for {what} is empty")
    _check_headers(read, _AUTHORIZATION_HEADER)
    check_http_client(read, Context())


def _unique_names(parser: Any, what: str) -> Any:
    """The same list parser, refusing a name that is used twice."""

    def parse(node: Node, key: str, context: Context) -> tuple[Section, ...]:
        found: tuple[Section, ...] = parser(node, key, context)
        seen = set()
        for read in found:
            name = read.get("name")
            if name and name in seen:
                raise read.error(f'found multiple {what} configs with job name "{name}"', "name")
            seen.add(name)
        return found

    return parse


ALERTMANAGER: Table = {
    "scheme": text, "path_prefix": text, "timeout": duration, "sigv4": section(_SIGV4),
    "api_version": choice("v2", message="expected Alertmanager api version to be one of [v2] but got {}"),
    "relabel_configs": relabel_rules("empty or null Alertmanager target relabeling rule"),
    "alert_relabel_configs": relabel_rules("empty or null Alertmanager alert relabeling rule"),
    **HTTP_CLIENT, **DISCOVERY,
}  # fmt: skip


def _alertmanager(read: Section, context: Context) -> Section:
    del context
    check_http_client(read, Context())
    if "sigv4" in read and any(name in read for name in ("basic_auth", "authorization", "oauth2")):
        raise read.error("at most one of basic_auth, authorization, oauth2, & sigv4 must be configured")
    if not read.get("relabel_configs"):
        check_static_addresses(read)
    return read


ALERTING: Table = {
    "alert_relabel_configs": relabel_rules("empty or null alert relabeling rule"),
    "alertmanagers": list_of(section(ALERTMANAGER, _alertmanager)),
}


UTF8_STRATEGIES = ("NoTranslation", "NoUTF8EscapingWithSuffixes")
"""OTLP translation strategies that leave UTF-8 names as they are."""


def _otlp(read: Section, context: Context) -> Section:
    del context
    promoted, ignored = read.get("promote_resource_attributes", ()), read.get("ignore_resource_attributes", ())
    if read.get("promote_all_resource_attributes"):
        if promoted:
            raise read.error(
                "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously"
            )
        _check_attributes(read, "ignore_resource_attributes", ignored, "ignored")
    else:
        if ignored:
            raise read.error(
                "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true"
            )
        _check_attributes(read, "promote_resource_attributes", promoted, "promoted")
    return read


def _check_attributes(read: Section, name: str, attributes: tuple[str, ...], adjective: str) -> None:
    seen = set()
    for attribute in map(str.strip, attributes):
        if not attribute:
            raise read.error(f"invalid '{name}': empty {adjective} OTel resource attribute", name)
        if attribute in seen:
            raise read.error(f"invalid '{name}': duplicated {adjective} OTel resource attribute \"{attribute}\"", name)
        seen.add(attribute)


OTLP: Table = {
    "promote_all_resource_attributes": boolean, "promote_resource_attributes": texts,
    "ignore_resource_attributes": texts, "keep_identifying_resource_attributes": boolean,
    "translation_strategy": choice(
        "UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes", "NoTranslation",
        "NoUTF8EscapingWithSuffixes", "", message='unsupported OTLP translation strategy "{}"',
    ),
    "convert_histograms_to_nhcb": boolean, "promote_scope_metadata": boolean,
    "label_name_underscore_sanitization": boolean, "label_name_preserve_multiple_underscores": boolean,
}  # fmt: skip


alerting = section(ALERTING)
otlp = section(OTLP, _otlp)
tracing = section(TRACING, _tracing)
remote_write = _unique_names(
    list_of(section(REMOTE_WRITE, _remote_write), "empty or null remote write config section"), "remote write"
)
remote_read = _unique_names(
    list_of(section(REMOTE_READ, _remote_read), "empty or null remote read config section"), "remote read"
)
