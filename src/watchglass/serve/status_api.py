"""Targets and status pages, in the shapes of Prometheus's API."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.collect.loops import ActiveTarget
from watchglass.collect.target import DroppedTarget
from watchglass.errors import QueryError
from watchglass.model.duration import format_duration
from watchglass.promql.parse import parse_metric_selector
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.params import count_param, first, invalid, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint
from watchglass.serve.target_metadata import Window, matches, target_metadata

NEVER = "0001-01-01T00:00:00Z"


class StatusApi:
    """Targets, scrape pools, notifications and `/api/v1/status/…`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/targets", self.targets, "What is scraped, by `state` and `scrapePool`."),
            Endpoint(
                "/api/v1/targets/metadata",
                self.target_metadata,
                "Type, help and unit of `metric`, or of all families, by target; `match_target` chooses targets.",
            ),
            Endpoint("/api/v1/scrape_pools", self.scrape_pools, "Names of the jobs that are scraped."),
            Endpoint("/api/v1/notifications", self.notifications, "What an operator should see to now."),
            Endpoint(
                "/api/v1/status/{page}", self.status, "`buildinfo`, `runtimeinfo`, `flags`, `config` or `walreplay`."
            ),
        ]

    async def targets(self, request: Request) -> Response:
        """List targets: active ones, dropped ones, or any."""
        params = await read_params(request)
        pool, state = first(params, "scrapePool"), first(params, "state", "any").lower()
        listed = need(self._parts.targets, "scraping")()
        active = [each for each in listed.active if pool in {"", each.pool} and state in {"any", "active"}]
        shows_dropped = state in {"any", "dropped"}
        dropped = [(name, each) for name, each in listed.dropped if pool in {"", name} and shows_dropped]
        counts = Counter(name for name, _ in listed.dropped)
        content: dict[str, Any] = {
            "activeTargets": [_active(each) for each in active],
            "droppedTargets": [_dropped(*each) for each in dropped],
            "droppedTargetCounts": dict.fromkeys(self._pools(), 0) | counts if shows_dropped else None,
        }
        missing = [{"scrapePool": name, "kind": kind} for name, kind in listed.unsupported if pool in {"", name}]
        if missing:  # ours alone: Prometheus has every discovery
            content["unsupportedDiscoveries"] = missing
        return success(content)

    def _pools(self) -> list[str]:
        return sorted(self._parts.scrape_pools()) if self._parts.scrape_pools else []

    async def target_metadata(self, request: Request) -> Response:
        """List what targets say of their families."""
        params = await read_params(request)
        limit, metric, wanted = count_param(params, "limit"), first(params, "metric"), first(params, "match_target")
        try:
            matchers = parse_metric_selector(wanted) if wanted else ()
        except QueryError as error:
            raise invalid("match_target", str(error)) from None
        storage, listed = need(self._parts.storage, "store"), need(self._parts.targets, "scraping")()
        targets = [each.target for each in listed.active if matches(each.target.labels, matchers)]
        now_ms = self._parts.clock.now_ms()
        window = Window(now_ms - self._parts.options.queries.lookback_ms, now_ms)
        return await self._parts.queries.answer(
            request, lambda: success(target_metadata(storage, targets, window, metric=metric, limit=limit))
        )

    async def scrape_pools(self, _request: Request) -> Response:
        """List the names of the jobs."""
        need(self._parts.scrape_pools, "scraping")
        return success({"scrapePools": self._pools()})

    async def notifications(self, _request: Request) -> Response:
        """List what needs attention."""
        return success(list(self._parts.notifications()))

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
