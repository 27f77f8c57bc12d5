"""The HTTP client of the commands that talk to a running server; the standard library is enough for it."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Any, Self
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from watchglass.config.kinds import parse_source_url
from watchglass.errors import WatchglassError
from watchglass.sources.advice import Asking, on_answer, on_closing, on_tls
from watchglass.sources.options import show_url

_MAX_ANSWER_BYTES = 256 * 1024 * 1024
_LOGIN = "user and password in the address: http://USER:PASSWORD@HOST:PORT"


class ClientError(WatchglassError):
    """The server did not answer, or answered with an error."""


def get_data(url: str, path: str, timeout_s: float = 10.0) -> Any:
    """The `data` of an answer of the Prometheus API.

    Raises:
        ClientError: no server there, or it does not speak that API.
    """
    with _Connection(url, timeout_s) as connection:
        return connection.ask("GET", path, None, {})


def get_document(url: str, path: str, timeout_s: float = 10.0) -> Any:
    """A JSON answer without an envelope, such as those at Grafana's addresses; errors are such answers, too.

    Raises:
        ClientError: no server there, or it does not answer with a JSON object.
    """
    with _Connection(url, timeout_s) as connection:
        return connection.ask("GET", path, None, {}, enveloped=False)


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


def send_json(url: str, method: str, path: str, content: Any = None, timeout_s: float = 10.0) -> Any:
    """Ask a server that speaks Alertmanager's API; the answer is its JSON, None where it says nothing.

    Raises:
        ClientError: no server there, or what it says is wrong with the request.
    """
    body = None if content is None else json.dumps(content).encode()
    with _Connection(url, timeout_s) as connection:
        return connection.ask(method, path, body, {"Content-Type": "application/json"} if body else {}, plain=True)


class _Connection:
    """One request to a server; what the user names is asked, whatever proxy the environment says."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(parse_source_url(url))
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.netloc.rpartition("@")[2], timeout=timeout_s)
        self._prefix = parts.path.rstrip("/")
        self._login = _authorization(parts)
        self._asking = Asking(show_url(url), login=_LOGIN, logged_in=bool(self._login))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None,
        headers: dict[str, str],
        *,
        enveloped: bool = True,
        plain: bool = False,
    ) -> Any:
        """Send, and take what was answered apart."""
        url = self._asking.url
        try:
            self._connection.connect()
        except ssl.SSLError as error:
            raise ClientError(f"the server at {url} cannot be used: {on_tls(self._asking, error)}") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise ClientError(f"no server answers at {url} ({reason}); start one with `watchglass up`") from None
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has read all: hear why
                self._connection.request(method, self._prefix + path, body, self._login | headers)
            answer = self._connection.getresponse()
            content = answer.read(_MAX_ANSWER_BYTES)
            if plain:
                return self._plain(answer.status, content)
            return self._data(path, answer, content) if enveloped else self._document(content)
        except (OSError, HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise ClientError(f"the server at {url} did not answer: {on_closing(self._asking, reason)}") from None

    def _plain(self, status: int, body: bytes) -> Any:
        try:
            content = json.loads(body) if body else None
        except ValueError:
            raise ClientError(f"{self._asking.url} does not speak Alertmanager's API") from None
        if status < HTTPStatus.BAD_REQUEST:
            return content
        said = content.get("message") if isinstance(content, dict) else content
        raise ClientError(str(said or ("there is no such silence" if status == HTTPStatus.NOT_FOUND else status)))

    def _document(self, body: bytes) -> Any:
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise ClientError(f"{self._asking.url} does not answer as Watchglass does")
        return content

    def _data(self, path: str, answer: HTTPResponse, body: bytes) -> Any:
        try:
            envelope = json.loads(body)
            if envelope["status"] == "success":
                return envelope.get("data")
            hint = f" ({envelope['hint']})" if envelope.get("hint") else ""
            message = f"{envelope['errorType']}: {envelope['error']}{hint}"
        except (ValueError, KeyError, TypeError):
            said = on_answer(self._asking, path, answer.status, answer.headers.get_content_type(), body)
            why = f": {said}" if said else ""
            message = f"{self._asking.url} does not speak the Prometheus API{why}"
        raise ClientError(message)


def _authorization(parts: SplitResult) -> dict[str, str]:
    """The login that stands in an address, as a header."""
    if parts.username is None:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
