"""The HTTP client of the commands that talk to a running server; the standard library is enough for it."""

from __future__ import annotations

import json
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import IO, Any, Self
from urllib.parse import urlencode, urlsplit

from watchglass.errors import WatchglassError

_MAX_ANSWER_BYTES = 256 * 1024 * 1024


class ClientError(WatchglassError):
    """The server did not answer, or answered with an error."""


def get_data(url: str, path: str, timeout_s: float = 10.0) -> Any:
    """The `data` of an answer of the Prometheus API.

    Raises:
        ClientError: no server there, or it does not speak that API.
    """
    with _Connection(url, timeout_s) as connection:
        return connection.ask("GET", path, None, {})


def post_form(url: str, path: str, parameters: dict[str, str], timeout_s: float = 130.0) -> Any:
    """Ask with parameters of any length.

    Raises:
        ClientError: as for `get_data`, and what the server says is wrong with the request.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with _Connection(url, timeout_s) as connection:
        return connection.ask("POST", path, urlencode(parameters).encode(), headers)


def post_file(url: str, path: str, body: IO[bytes], length: int, timeout_s: float = 3600.0) -> Any:
    """Send a text of timestamped OpenMetrics, piece by piece; the answer is the `data` of the envelope.

    Raises:
        ClientError: as for `get_data`, and what the server says is wrong with the request.
    """
    kind = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    with _Connection(url, timeout_s) as connection:
        return connection.ask("POST", path, body, {"Content-Type": kind, "Content-Length": str(length)})


class _Connection:
    """One request to a server; what the user names is asked, whatever proxy the environment says."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ClientError(f'expected a URL such as http://127.0.0.1:9090, not "{url}"')
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.netloc.rpartition("@")[2], timeout=timeout_s)
        self._url, self._prefix = url, parts.path.rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | IO[bytes] | None, headers: dict[str, str]) -> Any:
        """Send, and take what was answered apart."""
        try:
            self._connection.connect()
        except OSError as error:
            reason = error.strerror or str(error)
            raise ClientError(f"no server answers at {self._url} ({reason}); start one with `watchglass up`") from None
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has read all: hear why
                self._connection.request(method, self._prefix + path, body, headers)
            answer = self._connection.getresponse()
            return _data(answer.read(_MAX_ANSWER_BYTES), self._url, answer.status)
        except (OSError, HTTPException, ValueError) as error:
            raise ClientError(f"the server at {self._url} did not answer: {error or type(error).__name__}") from None


def _data(body: bytes, url: str, status: int) -> Any:
    try:
        envelope = json.loads(body)
        if envelope["status"] == "success":
            return envelope.get("data")
        hint = f" ({envelope['hint']})" if envelope.get("hint") else ""
        message = f"{envelope['errorType']}: {envelope['error']}{hint}"
    except (ValueError, KeyError, TypeError):
        message = f"{url} does not speak the Prometheus API (status {status})"
    raise ClientError(message)
