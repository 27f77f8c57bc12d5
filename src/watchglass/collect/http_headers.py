"""What a scrape says of itself in the headers of its request, secrets among them."""

from __future__ import annotations

import base64

from watchglass.collect.body import ACCEPT_ENCODING
from watchglass.collect.errors import ScrapeError
from watchglass.collect.job import ScrapeJob
from watchglass.collect.regular_file import read_regular
from watchglass.model.http import HttpOptions, Secret
from watchglass.version import __version__
from watchglass.wire.content_type import accept_header


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


def headers_with_secrets(options: HttpOptions, limit_bytes: int) -> list[tuple[str, str]]:
    """The headers that the user configured, read anew where they come from files: that may take for ever.

    Raises:
        ScrapeError: a file cannot be read, is no regular file or larger than `limit_bytes`.
    """
    headers = [
        (name, read_secret(value, limit_bytes) if isinstance(value, Secret) else value)
        for name, values in options.headers.items()
        for value in values
    ]
    authorization = _authorization(options, limit_bytes)
    return [*headers, ("Authorization", authorization)] if authorization else headers


def _authorization(options: HttpOptions, limit_bytes: int) -> str:
    if options.basic_auth:
        name_file = options.basic_auth.username_file
        name = read_secret(Secret(file=name_file), limit_bytes) if name_file else options.basic_auth.username
        pair = f"{name}:{read_secret(options.basic_auth.password, limit_bytes)}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    if options.authorization:
        return f"{options.authorization.type} {read_secret(options.authorization.credentials, limit_bytes)}"
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
