"""What a scrape says of itself in the headers of its request, secrets among them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import NamedTuple

from watchglass.collect.body import ACCEPT_ENCODING
from watchglass.collect.errors import ScrapeError
from watchglass.collect.job import ScrapeJob
from watchglass.collect.regular_file import read_regular
from watchglass.model.http import HttpOptions, Secret
from watchglass.version import __version__
from watchglass.wire.content_type import accept_header

_SENDABLE = re.compile(r"[\t -~]*")


def plain_headers(job: ScrapeJob, timeout_ms: int) -> list[tuple[str, str]]:
    """The headers of every scrape."""
    return [
        ("Accept", accept_header(job.scrape_protocols)),
        ("Accept-Encoding", ACCEPT_ENCODING if job.enable_compression else "identity"),
        ("User-Agent", f"Watchglass/{__version__}"),
        ("X-Prometheus-Scrape-Timeout-Seconds", f"{timeout_ms / 1000:g}"),
    ]


def secret_files(options: HttpOptions) -> list[str]:
    """The files that `headers_with_secrets` reads."""
    secrets = [value for values in options.headers.values() for value in values if isinstance(value, Secret)]
    names = []
    if options.basic_auth:
        names.append(options.basic_auth.username_file)
        secrets.append(options.basic_auth.password)
    elif options.authorization:
        secrets.append(options.authorization.credentials)
    return [path for path in (*names, *(secret.file for secret in secrets)) if path]


class SecretHeaders(NamedTuple):
    """Headers, and what in them is not to be told."""

    headers: list[tuple[str, str]]
    secrets: frozenset[str]


def headers_with_secrets(options: HttpOptions, limit_bytes: int) -> SecretHeaders:
    """The headers that the user configured, read anew where they come from files: that may take for ever.

    Raises:
        ScrapeError: a file cannot be read, is no regular file or larger than `limit_bytes`; or a value cannot be sent.
    """
    secrets = set[str]()
    headers = list(_configured(options, limit_bytes, secrets))
    authorization = _authorization(options, limit_bytes, secrets)
    if authorization:
        headers.append(("Authorization", authorization))
    for name, value in headers:
        check_value(name, value)
    return SecretHeaders(headers, frozenset(secrets))


def check_value(name: str, value: str) -> None:
    """See that a header can be sent; the HTTP library's own error would repeat its value.

    Raises:
        ScrapeError: it cannot.
    """
    if not _SENDABLE.fullmatch(value):
        message = (
            f"the header {name} cannot be sent: its value has a line break, or a character that is not printable ASCII"
        )
        raise ScrapeError(message, result="secret")


def secret_header_names(options: HttpOptions) -> list[str]:
    """The headers that hold secrets, beside `Authorization`."""
    return [name for name, values in options.headers.items() if any(isinstance(value, Secret) for value in values)]


def _configured(options: HttpOptions, limit_bytes: int, secrets: set[str]) -> Iterator[tuple[str, str]]:
    for name, values in options.headers.items():
        for value in values:
            if isinstance(value, Secret):
                read = read_secret(value, limit_bytes)
                secrets.add(read)
                yield name, read
            else:
                yield name, value


def _authorization(options: HttpOptions, limit_bytes: int, secrets: set[str]) -> str:
    if options.basic_auth:
        name_file = options.basic_auth.username_file
        name = read_secret(Secret(file=name_file), limit_bytes) if name_file else options.basic_auth.username
        password = read_secret(options.basic_auth.password, limit_bytes)
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        secrets |= {password, pair}
        return f"Basic {pair}"
    if options.authorization:
        credentials = read_secret(options.authorization.credentials, limit_bytes)
        secrets.add(credentials)
        return f"{options.authorization.type} {credentials}"
    return ""


def read_secret(secret: Secret, limit_bytes: int) -> str:
    """The secret, from its file where it has one.

    Raises:
        ScrapeError: the file cannot be read.
    """
    if not secret.file:
        return secret.value
    try:
        return read_regular(secret.file, limit_bytes)[0].decode().strip()
    except OSError as error:
        reason = error.strerror
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    raise ScrapeError(f"cannot read the secret file {secret.file}: {reason}", result="secret")
