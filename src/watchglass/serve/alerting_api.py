"""What the pages show of alerting and neither Prometheus nor Alertmanager have an address for.

Counts for the navigation, the routing tree as it is resolved, which way an alert takes and why, and what was sent.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from watchglass.model.labels import Labels
from watchglass.rules.alert_state import AlertState
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.params import Params, first, invalid, limit_param, read_params, time_param
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

if TYPE_CHECKING:
    from watchglass.alerting.history import History
    from watchglass.alerting.manager import AlertManager
    from watchglass.rules.alerting import AlertingRule
    from watchglass.rules.group import Group

BASE = "/api/v1/watchglass/alerting"
KEPT_MS = 3000
"""So long counts hold: every open page asks for them."""
NO_DATA_KEPT_MS = 30_000
"""So long rules without data hold: each is a query."""
MOST_LISTED = 1000
SEARCHED = 5000
"""So many notifications are looked through for those of one alert."""
_MOST_LABELS = 100

Json = dict[str, Any]


class AlertingApi:
    """`/api/v1/watchglass/alerting/`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counts: tuple[int, Json] = (0, {})
        self._no_data: tuple[int, list[Json] | None] = (0, None)
        self._looking = asyncio.Lock()

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint(f"{BASE}/summary", self.summary, "How many alerts fire, wait, or are kept quiet."),
            Endpoint(f"{BASE}/no-data", self.no_data, "Rules that are quiet because what they compare has no value."),
            Endpoint(f"{BASE}/routes", self.routes, "The routing tree as it is resolved, receivers and inhibition."),
            Endpoint(
                f"{BASE}/routes/test", self.test_routes, "What each route makes of an alert with `labels`, and why."
            ),
            Endpoint(
                f"{BASE}/inhibition", self.inhibition, "Which alert inhibits the one with `labels`, by which rule."
            ),
            Endpoint(
                f"{BASE}/history",
                self.history,
                "When alerts fired and ended from `start` to `end`, and who was told, the newest first; `limit` of it, of the alert with `labels`.",
            ),
            Endpoint(
                f"{BASE}/notifications",
                self.notifications,
                "What was sent, the newest first; `limit` of it, of the alert with `labels`.",
            ),
        ]

    async def summary(self, _request: Request) -> Response:
        """Count alerts."""
        now_ms = self._parts.clock.now_ms()
        told_ms, counts = self._counts
        if not counts or not 0 <= now_ms - told_ms < KEPT_MS:
            counts = await asyncio.to_thread(_counts, self._rules(), self._manager(), now_ms)
            self._counts = now_ms, counts
        return success(counts)

    async def no_data(self, _request: Request) -> Response:
        """List rules without data."""
        now_ms = self._parts.clock.now_ms()
        async with self._looking:
            told_ms, found = self._no_data
            if found is None or not 0 <= now_ms - told_ms < NO_DATA_KEPT_MS:
                rules = self._parts.rules
                found = (
                    await asyncio.to_thread(lambda: [_without_data(*each) for each in rules.without_data()])
                    if rules
                    else []
                )
                self._no_data = now_ms, found
        return success({"rules": found})

    async def routes(self, _request: Request) -> Response:
        """Show the routing."""
        from watchglass.serve.alerting_views import NO_ROUTING, routing_view  # noqa: PLC0415 - most servers route nothing

        manager = self._manager()
        return success(NO_ROUTING if manager is None else routing_view(manager.config, self._parts.clock.now_ms()))

    async def test_routes(self, request: Request) -> Response:
        """Try an alert."""
        from watchglass.serve.alerting_views import tried  # noqa: PLC0415 - as above

        manager, labels = self._manager(), _labels(await read_params(request))
        if manager is None:
            raise ApiError("alerts are not routed here: name an alertmanager.yml with --alertmanager.config")
        dispatcher = manager.dispatcher  # its configuration, which never changes: a reload puts another in its place
        return success(tried(dispatcher.config.route, labels or {}, dispatcher.suppressor, self._parts.clock.now_ms()))

    async def inhibition(self, request: Request) -> Response:
        """Say what inhibits an alert."""
        manager, labels = self._manager(), _labels(await read_params(request)) or {}
        if manager is None:
            return success({"inhibition": None})
        found = await asyncio.to_thread(_inhibition, manager, Labels.of(labels), self._parts.clock.now_ms())
        return success({"inhibition": found})

    async def history(self, request: Request) -> Response:
        """List when alerts fired."""
        params, manager, now_ms = await read_params(request), self._manager(), self._parts.clock.now_ms()
        start_ms, end_ms = time_param(params, "start", 0), time_param(params, "end", now_ms)
        limit, labels = min(limit_param(params) or MOST_LISTED, MOST_LISTED), _labels(params)
        if manager is None or manager.history is None:
            return success({"episodes": [], "routing": manager is not None, "kept": False})
        found = await asyncio.to_thread(
            _history, manager.history, start_ms, end_ms, limit, None if labels is None else Labels.of(labels)
        )
        return success(found)

    async def notifications(self, request: Request) -> Response:
        """List what was sent, and what is under way."""
        params, manager = await read_params(request), self._manager()
        limit, labels = limit_param(params) or MOST_LISTED, _labels(params)
        if manager is None:
            return success({"notifications": [], "routing": False, "kept": False})
        now_ms = self._parts.clock.now_ms()
        found = await asyncio.to_thread(_notifications, manager, labels, min(limit, MOST_LISTED), now_ms)
        return success({"notifications": found, "routing": True, "kept": manager.history is not None})

    def _manager(self) -> AlertManager | None:
        manager: AlertManager | None = self._parts.alerting
        return manager

    def _rules(self) -> list[AlertingRule]:
        return self._parts.rules.alerting() if self._parts.rules else []


def _counts(rules: list[AlertingRule], manager: AlertManager | None, now_ms: int) -> Json:
    """Where alerts are routed, the routing knows best what fires: it also hears of other servers."""
    states = [alert.state for rule in rules for alert in rule.active()]
    pending = sum(state is AlertState.PENDING for state in states)
    if manager is None:
        return {"firing": len(states) - pending, "pending": pending, "quiet": 0, "routing": False}
    with manager.look() as dispatcher:
        alerts = [alert for alert in dispatcher.state.alerts if not alert.is_resolved(now_ms)]
        suppressor = dispatcher.suppressor
        muted_by = suppressor.muter(dispatcher.config.route, now_ms)
        quiet = sum(suppressor.is_suppressed(each, now_ms) or bool(muted_by(each.labels)) for each in alerts)
    return {"firing": len(alerts) - quiet, "pending": pending, "quiet": quiet, "routing": True}


def _inhibition(manager: AlertManager, labels: Labels, now_ms: int) -> Json | None:
    from watchglass.serve.alerting_views import inhibition_view  # noqa: PLC0415 - as above

    with manager.look() as dispatcher:
        found = dispatcher.suppressor.inhibitor.inhibition_of(labels, now_ms)
    return found and inhibition_view(found)


def _notifications(manager: AlertManager, labels: dict[str, str] | None, limit: int, now_ms: int) -> list[Json]:
    from watchglass.alerting.manager import Trying  # noqa: PLC0415 - as above
    from watchglass.serve.alerting_views import sending_view, sent_view, tells_of  # noqa: PLC0415 - as above

    with manager.look() as dispatcher:
        sending = sorted(dispatcher.in_flight.values(), key=lambda each: -each.number)
    history = manager.history
    sent = history.notifications(0, now_ms, limit if labels is None else SEARCHED) if history else []
    if labels is not None:
        alert = Labels(sorted(labels.items()))
        sending = [each for each in sending if tells_of(each, alert)]
        sent = [each for each in sent if tells_of(each, alert)]
    under_way = [sending_view(each, manager.trying.get(each.number, Trying())) for each in sending]
    return [*under_way, *map(sent_view, sent)][:limit]


def _history(history: History, start_ms: int, end_ms: int, limit: int, labels: Labels | None) -> Json:
    from watchglass.serve.alerting_views import episode_view, told_of  # noqa: PLC0415 - as above

    episodes = history.episodes(start_ms, end_ms, limit, labels)
    since_ms = min((each.starts_ms for each in episodes), default=end_ms)
    told = told_of(history.notifications(since_ms, end_ms, SEARCHED))
    limits = history.limits
    return {
        "episodes": [episode_view(each, told.get(each.labels, ())) for each in episodes],
        "routing": True,
        "kept": True,
        "keptMs": limits.kept_ms,
        "rows": limits.rows,
        "oldestMs": history.oldest_ms(),
    }


def _without_data(group: Group, rule: AlertingRule, since_ms: int | None) -> Json:
    definition = group.definition
    return {
        "file": definition.file,
        "group": definition.name,
        "name": rule.name,
        "query": rule.query,
        "sinceMs": since_ms,
    }


def _labels(params: Params) -> dict[str, str] | None:
    """The labels of a parameter, as a JSON object; None where there is none."""
    text = first(params, "labels")
    if not text:
        return None
    try:
        labels = orjson.loads(text)
    except ValueError:
        labels = None
    is_right = isinstance(labels, dict) and all(isinstance(value, str) for value in labels.values())
    if not is_right or len(labels) > _MOST_LABELS:
        raise invalid("labels", f"a JSON object of at most {_MOST_LABELS} texts is expected")
    return dict(labels)
