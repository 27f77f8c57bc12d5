"""Prometheus's JSON envelope: `{"status": "success", "data": …}`, its error types and their HTTP codes.

Source: prometheus/prometheus, web/api/v1/api.go (respond, respondError, errorNum).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.responses import Response

from watchglass.errors import ConfigError, ExpositionError, QueryError, StoreError, WatchglassError

STATUS_CODES = {
    "bad_data": 400,
    "not_found": 404,
    "not_acceptable": 406,
    "execution": 422,
    "canceled": 499,
    "internal": 500,
    "timeout": 503,
    "unavailable": 503,
}


OPENING = b'{"status":"success","data":'
"""What stands before `data` in the envelope."""


class ApiError(WatchglassError):
    """A request that cannot be answered, with Prometheus's error type.

    Attributes:
        kind: a key of STATUS_CODES.
        status: the HTTP status code.
        hint: what to ask instead; a key of its own in the answer, beside Prometheus's text.
        retry_after_s: when to ask again what is not available now; 0 for soon.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "bad_data",
        status: int | None = None,
        hint: str = "",
        retry_after_s: int = 0,
    ) -> None:
        self.kind, self.status, self.hint = kind, status or STATUS_CODES[kind], hint
        self.retry_after_s = retry_after_s
        super().__init__(message)


def json_response(content: Any, status: int = 200) -> Response:
    """A plain JSON answer."""
    return Response(encode_json(content), status, media_type="application/json")


def encode_json(content: Any) -> bytes:
    """Content as JSON; what is not Unicode in it, such as bytes of a file's name, becomes a question mark."""
    try:
        return orjson.dumps(content)
    except TypeError:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def success(data: Any, warnings: Sequence[str] = (), infos: Sequence[str] = ()) -> Response:
    """The envelope around `data`, which is given as JSON bytes or as something to encode."""
    encoded = data if isinstance(data, bytes) else encode_json(data)
    return Response(OPENING + encoded + closing(warnings, infos), media_type="application/json")


def closing(warnings: Sequence[str] = (), infos: Sequence[str] = ()) -> bytes:
    """What follows `data` in the envelope."""
    if not (warnings or infos):
        return b"}"
    notes = {key: list(texts) for key, texts in (("warnings", warnings), ("infos", infos)) if texts}
    return b"," + encode_json(notes)[1:]


def failure(error: WatchglassError) -> Response:
    """The envelope of an error."""
    kind = _kind(error)
    status = getattr(error, "status", None) or STATUS_CODES.get(kind, 422)
    content = {"status": "error", "errorType": kind, "error": str(error)}
    if isinstance(error, ApiError) and error.hint:
        content["hint"] = error.hint
    answer = json_response(content, status)
    if kind == "unavailable":
        answer.headers["Retry-After"] = str(getattr(error, "retry_after_s", 0) or 1)
    return answer


def _kind(error: WatchglassError) -> str:
    match error:
        case ApiError() | QueryError():
            return error.kind
        case ConfigError() | ExpositionError():
            return "bad_data"
        case StoreError():
            return "unavailable"
        case _:
            return "execution"
