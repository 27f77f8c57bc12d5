"""Faults that the web UI met in somebody's browser: each is counted, and logged once for every distinct message.

A page wrote what comes in here, so it is bounded in size, in rate, and in how many messages are remembered.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.envelope import ApiError
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

log = logging.getLogger("watchglass.serve.client")

KINDS = ("script", "drawing", "request", "chunk")
"""Where a fault came from: code of the page, a component that could not be drawn, a request that the server failed, a
part of the page that could not be loaded."""

REPORT_BYTES = 16 * 1024
PER_MINUTE = 120
"""Reports taken in a minute, from all browsers together."""
REMEMBERED = 1000
LONGEST = {"message": 500, "page": 200, "build": 64, "stack": 4000}
_MINUTE_MS = 60_000


class ClientErrorsApi:
    """`/api/v1/watchglass/client_errors`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._logged: dict[tuple[str, str], None] = {}
        self._minute = self._taken = 0
        counted = Counter(
            "watchglass_client_errors",
            "Faults that the web UI met in a browser, by where they came from.",
            ["kind"],
            registry=parts.registry,
        )
        self._counted = {kind: counted.labels(kind) for kind in KINDS}
        self._refused = Counter(
            "watchglass_client_errors_refused",
            "Reports of the web UI that were not taken, because there were too many in a minute.",
            registry=parts.registry,
        )

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        summary = "Report a fault of the web UI: `{kind, message, page, stack, build}`."
        path = "/api/v1/watchglass/client_errors"
        return [Endpoint(path, self.report, summary, ("POST",), ("application/json",), REPORT_BYTES)]

    async def report(self, request: Request) -> Response:
        """Take one report."""
        if not self._admits():
            self._refused.inc()
            raise ApiError("too many reports in this minute", kind="unavailable", status=429, retry_after_s=60)
        report = _read(await request.body())
        kind = report["kind"]
        self._counted[kind].inc()
        self._log_once(kind, report, request.headers.get("user-agent", "")[:200])
        return Response(status_code=204)

    def _admits(self) -> bool:
        minute = self._parts.clock.now_ms() // _MINUTE_MS
        if minute != self._minute:
            self._minute, self._taken = minute, 0
        self._taken += 1
        return self._taken <= PER_MINUTE

    def _log_once(self, kind: str, report: Mapping[str, str], agent: str) -> None:
        key = kind, report["message"]
        if key in self._logged:
            return
        if len(self._logged) >= REMEMBERED:
            self._logged.pop(next(iter(self._logged)))
        self._logged[key] = None
        extra = {"kind": kind, "error": report["message"], "page": report["page"], "build": report["build"]}
        log.warning("the web UI met an error", extra={**extra, "stack": report["stack"], "agent": agent})


def _read(body: bytes) -> dict[str, str]:
    """The fields of a report, each one line and no longer than it may be.

    Raises:
        ApiError: it is no report.
    """
    try:
        content: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ApiError("the report is no JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("message"), str) or not content["message"].strip():
        raise ApiError("the report needs a message")
    kind = content.get("kind", KINDS[0])
    if kind not in KINDS:
        raise ApiError(f"kind must be one of {', '.join(KINDS)}")
    fields = {name: " ".join(str(content.get(name, "")).split())[:most] for name, most in LONGEST.items()}
    return {"kind": kind, **fields}
