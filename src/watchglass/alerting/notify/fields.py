"""Parsers of the values that only Alertmanager's file has: its URLs, durations of Go, and pairs of secret and file."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urlsplit

from watchglass.alerting.notify.placeholders import is_placeholder
from watchglass.model.duration import near_duration, parse_duration
from watchglass.model.http import NO_SECRET, HttpOptions, Secret
from watchglass.wire.http_client import HTTP_CLIENT, check_http_client
from watchglass.wire.schema import Context, Parser, Section, Table, boolean, path, secret, section
from watchglass.wire.yaml import Node

REDACTED = "<secret>"
_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNIT_MS = {
    "ns": Decimal("1e-6"), "us": Decimal("1e-3"), "µs": Decimal("1e-3"), "μs": Decimal("1e-3"),
    "ms": Decimal(1), "s": Decimal(1000), "m": Decimal(60_000), "h": Decimal(3_600_000),
}  # fmt: skip
_LONGEST_DURATION = 40
_SCHEMES = frozenset({"", "file", "ftp", "mailto", "slack", "smtp", "smtps", "tcp", "udp", "unix", "ws", "wss"})


def http_url(node: Node, key: str, context: Context) -> str:
    """An absolute http or https URL; one that holds a password is a secret."""
    value = node.text(key)
    if fault := url_fault(value):
        raise node.error(fault, key)
    if "@" in urlsplit(value).netloc:
        context.secrets.append(node)
    return value


def secret_url(node: Node, key: str, context: Context) -> str:
    """An absolute URL that is a secret as a whole; a placeholder is taken, and disables its receiver later."""
    value = secret(node, key, context)
    if value not in ("", REDACTED) and not is_placeholder(value) and (fault := url_fault(value)):
        raise node.error(fault, key)
    return value


def template(node: Node, key: str, context: Context) -> str:
    """A text that is a template; one that does not parse is no fault of the file, and is told apart."""
    context.template(node, key)
    return node.text(key)


def template_secret(node: Node, key: str, context: Context) -> str:
    """A secret that may hold templates."""
    context.template(node, key, is_secret=True)
    return secret(node, key, context)


def template_url(node: Node, key: str, context: Context) -> str:
    """A secret URL that may hold templates; then it is looked at no closer before it is used."""
    return template_secret(node, key, context) if "{{" in node.text(key) else secret_url(node, key, context)


def url_fault(value: str) -> str:
    """What is wrong with a URL, in words that do not repeat more than its scheme, and that only where it is one."""
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https"):
        return (
            f'unsupported scheme "{parts.scheme}" for URL' if parts.scheme in _SCHEMES else "unsupported scheme for URL"
        )
    return "" if has_host else "missing host for URL"


def shown_host(url: str) -> str:
    """Host and port of a URL, which are no secret; nothing where a template gives them or it is no URL."""
    if url_fault(url) or "{{" in urlsplit(url).netloc:
        return ""
    return urlsplit(url).netloc.rpartition("@")[2]


def go_duration(node: Node, key: str, context: Context) -> int:
    """Milliseconds of a duration as Go's time package writes it: `10s`, `1m30s`, `1.5h`; a bare number counts nanoseconds."""
    del context
    value = node.text(key)
    if node.plain and re.fullmatch(r"\d{1,18}", value, re.ASCII):
        return int(value) // 1_000_000
    parts = _DURATION_PART.findall(value)
    if len(value) > _LONGEST_DURATION or not parts or "".join(map("".join, parts)) != value:
        near = _near(value)
        hint = f'; did you mean "{near}"?' if near else ""
        raise node.error(f'expected a duration such as 10s or 1m30s, got "{value}"{hint}', key)
    return int(sum(Decimal(number) * _UNIT_MS[unit] for number, unit in parts))


def _near(value: str) -> str:
    """The duration that was probably meant, in the units that Go has."""
    near = near_duration(value)
    if not near or not set("dwy") & set(near):
        return near
    return f"{parse_duration(near) / 3_600_000:g}h"


def host_port(node: Node, key: str, context: Context) -> tuple[str, str]:
    """A host and its port; an IPv6 address stands in brackets."""
    del context
    value = node.text(key)
    host, colon, port = value.rpartition(":")
    if not colon or not port:
        raise node.error(f'expected HOST:PORT such as smtp.example.com:587, got "{value}"', key)
    is_bracketed = host.startswith("[") and host.endswith("]")
    if ":" in host and not is_bracketed:
        raise node.error(f'"{value}" has too many colons; an IPv6 address stands in brackets', key)
    return (host[1:-1] if is_bracketed else host), port


def http_config(node: Node, key: str, context: Context) -> HttpOptions:
    """An `http_config`."""
    options: HttpOptions = section(HTTP_CLIENT, check_http_client)(node, key, context)
    return options


SENDING: Table = {"send_resolved": boolean}
"""The key of every receiver's entry."""

OVER_HTTP: Table = {**SENDING, "http_config": http_config}
"""The keys of every receiver that is reached over HTTP."""


def with_file(name: str, parser: Parser = secret) -> Table:
    """The two keys of a secret: as value, and as file that holds it."""
    return {name: parser, f"{name}_file": path}


def secret_of(read: Section, name: str, default: Secret = NO_SECRET) -> Secret:
    """The secret that a section holds as `name` or `name`_file; `default` where it has neither.

    Raises:
        ConfigError: it has both.
    """
    if len(read.non_empty(name, f"{name}_file")) > 1:
        raise read.error(f"at most one of {name} & {name}_file must be configured")
    return Secret(read.get(name, ""), read.get(f"{name}_file", "")) or default


def templates(*names: str) -> Table:
    """Keys whose values are templates."""
    return dict.fromkeys(names, template)
