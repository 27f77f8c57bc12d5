"""The guide's addresses, without a server: a request's method, path and query to a status, headers and a body."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from watchglass.sdk.dinoair.dashboard_data import ParameterError
from watchglass.sdk.dinoair.metrics_service import MetricsService

METRICS, DASHBOARD, PAGE = "/api/metrics", "/api/metrics/dashboard", "/monitoring"
PATHS = (METRICS, DASHBOARD, PAGE)

_JSON = "application/json"
_log = logging.getLogger("watchglass.sdk.dinoair")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Attributes:
        status: of HTTP.
        content_type: of the body.
        body: the body; a server leaves it out for HEAD.
        headers: further ones.
    """

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def all_headers(self) -> list[tuple[str, str]]:
        """Every header, lower-case."""
        length = ("content-length", str(len(self.body)))
        return [("content-type", self.content_type), length, ("x-content-type-options", "nosniff"), *self.headers]


def answer(service: MetricsService, method: str, path: str, query: str) -> Answer:
    """Answer a request to one of PATHS; a fault within is logged and answered with 500, without its text."""
    if method not in {"GET", "HEAD"}:
        return _error(405, f"{method} is not allowed here", {"allowed": ["GET", "HEAD"]}, (("allow", "GET, HEAD"),))
    try:
        given = parse_qs(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return _error(400, "more than 100 parameters", {})
    parameters = {name: values[-1] for name, values in given.items()}
    try:
        if path == METRICS:
            return _metrics(service, parameters)
        if path == DASHBOARD:
            return _dashboard(service, parameters)
        return _page() if path == PAGE else _error(404, "not found", {"paths": list(PATHS)})
    except Exception:
        _log.exception("a request cannot be answered", extra={"path": path})
        return _error(500, "it cannot be answered; the application's log says why", {})


def _metrics(service: MetricsService, parameters: Mapping[str, str]) -> Answer:
    name = parameters.get("format", next(iter(service.exporters)))
    exporter = service.exporters.get(name)
    if exporter is None:
        formats = list(service.exporters)
        return _error(400, f'format: there is no "{name[:100]}"; there are {", ".join(formats)}', {"formats": formats})
    if name == "prometheus" and not service.config.enable_prometheus_export:
        return _error(404, "the Prometheus export is switched off: enable_prometheus_export", {})
    return Answer(200, exporter.content_type, service.export(name).encode(), (("cache-control", "no-store"),))


def _dashboard(service: MetricsService, parameters: Mapping[str, str]) -> Answer:
    try:
        timeframe: Any = parameters.get("timeframe")
        data = service.get_dashboard_data(parameters.get("widget", "overview"), timeframe)
    except ParameterError as error:
        return _error(400, str(error), {"parameter": error.parameter, "allowed": error.allowed})
    return _document(200, data)


def _error(status: int, message: str, more: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return _document(status, {"error": message, **more}, headers)


def _document(status: int, document: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = json.dumps(_finite(document), ensure_ascii=False, allow_nan=False).encode()
    return Answer(status, _JSON, body, (("cache-control", "no-store"), *headers))


def _finite(value: Any) -> Any:
    """The same with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _page() -> Answer:
    """The page. Its policy lets its own script and style run, and nothing else."""
    body = (Path(__file__).parent / "monitoring.html").read_bytes()
    policy = f"default-src 'none'; script-src {_hashes(body, b'script')}; style-src {_hashes(body, b'style')}"
    headers = (
        ("content-security-policy", f"{policy}; connect-src 'self'; img-src data:; frame-ancestors 'self'"),
        ("cache-control", "no-cache"),
        ("referrer-policy", "same-origin"),
    )
    return Answer(200, "text/html; charset=utf-8", body, headers)


def _hashes(body: bytes, tag: bytes) -> str:
    parts = re.findall(rb"<%b>(.*?)</%b>" % (tag, tag), body, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(part).digest()).decode()}'" for part in parts)
