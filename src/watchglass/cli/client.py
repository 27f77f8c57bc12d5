"""The HTTP client of the commands that talk to a running server; the standard library is enough for it."""

from __future__ import annotations

import json
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from watchglass.errors import WatchglassError

_MAX_ANSWER_BYTES = 256 * 1024 * 1024


class ClientError(WatchglassError):
    """The server did not answer, or answered with an error."""


def get_json(url: str, path: str, parameters: dict[str, str], timeout_s: float = 130.0) -> Any:
    """The `data` of an answer of the Prometheus API.

    Raises:
        ClientError: no server there, or it says what is wrong with the request.
    """
    body = urlencode(parameters).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _send(url, path, body, headers, timeout_s)


def post_text(url: str, path: str, body: IO[bytes], length: int, timeout_s: float = 3600.0) -> Any:
    """Send a text, streamed from a file; the answer is the `data` of the envelope.

    Raises:
        ClientError: as for `get_json`.
    """
    kind = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    return _send(url, path, body, {"Content-Type": kind, "Content-Length": str(length)}, timeout_s)


def _send(url: str, path: str, body: Any, headers: dict[str, str], timeout_s: float) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ClientError(f'expected a URL such as http://127.0.0.1:9090, not "{url}"')
    request = Request(url.rstrip("/") + path, data=body, headers=headers)  # noqa: S310
    opener = build_opener(ProxyHandler({}))  # what the user names is what is asked, whatever the environment says
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            return _data(answer.read(_MAX_ANSWER_BYTES), url)
    except HTTPError as error:
        with error:
            return _data(error.read(_MAX_ANSWER_BYTES), url, error.code)
    except URLError as error:
        raise ClientError(f"no server answers at {url} ({error.reason}); start one with `watchglass up`") from None
    except (OSError, ValueError) as error:
        raise ClientError(f"the server at {url} did not answer: {error}") from None


def _data(body: bytes, url: str, status: int = 200) -> Any:
    try:
        envelope = json.loads(body)
        if envelope["status"] == "success":
            return envelope.get("data")
        message = f"{envelope['errorType']}: {envelope['error']}"
    except (ValueError, KeyError, TypeError):
        message = f"{url} does not speak the Prometheus API (status {status})"
    raise ClientError(message)
