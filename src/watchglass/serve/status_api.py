"""Targets and status pages, in the shapes of Prometheus's API."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.collect.loops import ActiveTarget
from watchglass.collect.target import DroppedTarget
from watchglass.model.duration import format_duration
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.params import first, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

NEVER = "0001-01-01T00:00:00Z"


class StatusApi:
    """`/api/v1/targets` and `/api/v1/status/…`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/targets", self.targets, "What is scraped, by `state` and `scrapePool`."),
            Endpoint("/api/v1/status/{page}", self.status, "`buildinfo`, `runtimeinfo`, `flags` or `config`."),
        ]

    async def targets(self, request: Request) -> Response:
        """List targets: active ones, dropped ones, or any."""
        params = await read_params(request)
        pool, state = first(params, "scrapePool"), first(params, "state", "any").lower()
        listed = need(self._parts.targets, "scraping")()
        active = [each for each in listed.active if pool in {"", each.pool}]
        dropped = [(name, each) for name, each in listed.dropped if pool in {"", name}]
        content: dict[str, Any] = {
            "activeTargets": [_active(each) for each in active] if state != "dropped" else [],
            "droppedTargets": [_dropped(*each) for each in dropped] if state != "active" else [],
        }
        if state != "active":
            content["droppedTargetCounts"] = Counter(name for name, _ in dropped)
        missing = [{"scrapePool": name, "kind": kind} for name, kind in listed.unsupported if pool in {"", name}]
        if missing:  # ours alone: Prometheus has every discovery
            content["unsupportedDiscoveries"] = missing
        return success(content)

    async def status(self, request: Request) -> Response:
        """Show one status page."""
        page = request.path_params["page"]
        if page not in self._parts.status:
            raise ApiError(f'there is no status page "{page}"', kind="not_found")
        return success(self._parts.status[page]())


def _active(each: ActiveTarget) -> dict[str, Any]:
    target, status = each.target, each.status
    return {
        "discoveredLabels": dict(target.discovered),
        "labels": dict(target.labels),
        "scrapePool": each.pool,
        "scrapeUrl": target.url,
        "globalUrl": target.url,
        "lastError": status.last_error,
        "lastScrape": _time(status.last_scrape_ms),
        "lastScrapeDuration": status.last_duration_s,
        "health": status.health.value,
        "scrapeInterval": format_duration(target.interval_ms),
        "scrapeTimeout": format_duration(target.timeout_ms),
    }


def _dropped(pool: str, target: DroppedTarget) -> dict[str, Any]:
    return {"discoveredLabels": dict(target.discovered), "scrapePool": pool, "reason": target.reason}


def _time(time_ms: int) -> str:
    if not time_ms:
        return NEVER
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
