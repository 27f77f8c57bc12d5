"""Alertmanager's API v2, for amtool, for other Prometheus servers that send alerts here, and for Grafana.

It is served at `/api/v2/` and, as Alertmanager behind a path has it, at `/alertmanager/api/v2/`.
Source: prometheus/alertmanager, api/v2/{api,compat}.go, openapi.yaml.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from watchglass.alerting.silence import SilenceError, UnknownSilenceError, in_order
from watchglass.errors import StoreError, WatchglassError
from watchglass.serve.alertmanager_bodies import (
    InvalidBodyError,
    Json,
    read_alerts,
    read_silence,
    time_text,
)
from watchglass.serve.alertmanager_views import (
    AlertFilter,
    alert_groups,
    alert_list,
    is_true,
    read_filter,
    receiver_view,
    routed_list,
    silence_matches,
    silence_view,
)
from watchglass.serve.envelope import ApiError, encode_json, json_response
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

if TYPE_CHECKING:
    from watchglass.alerting.manager import AlertManager

PREFIXES = ("/api/v2", "/alertmanager/api/v2")
ROUTED = "/api/v1/watchglass/alerting/alerts"
JSON = ("application/json",)
ALERTMANAGER_API = "0.34.0"
"""The Alertmanager whose API and configuration we answer with: clients compare it with their own version."""
_STATE_PARAMS = ("active", "expired", "pending")


def alertmanager_failure(error: WatchglassError) -> Response:
    """An error as Alertmanager's clients read it: its text as JSON, or an object where the request's form is wrong."""
    if isinstance(error, InvalidBodyError):
        return json_response({"code": error.code, "message": str(error)}, error.status)
    if isinstance(error, SilenceError):
        return json_response(str(error), 404 if isinstance(error, UnknownSilenceError) else 400)
    status = 500 if isinstance(error, StoreError) else getattr(error, "status", 400)
    return json_response(str(error), status)


alertmanager_endpoint = partial(Endpoint, failed=alertmanager_failure)
"""A row of the route table whose errors are Alertmanager's."""


class AlertmanagerApi:
    """`/api/v2/`, over the alert manager of this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        ours = alertmanager_endpoint(
            ROUTED,
            self.routed,
            "As `/api/v2/alerts`, with the time intervals that mute an alert on all its ways, and whether it is `own`.",
        )
        return [*(endpoint for prefix in PREFIXES for endpoint in self._endpoints(prefix)), ours]

    def _endpoints(self, prefix: str) -> list[Endpoint]:
        row, one = alertmanager_endpoint, f"{prefix}/silence/{{silence_id}}"
        most = self._parts.options.bodies.alerts_bytes
        post = partial(row, methods=("POST",), consumes=JSON, body_bytes=most, body_setting="alerting.body_limit")
        return [
            row(
                f"{prefix}/status", self.status, "Alertmanager's status: the configuration, secrets hidden; no cluster."
            ),
            row(f"{prefix}/receivers", self.receivers, "Receivers, by `receiver_matchers`."),
            row(
                f"{prefix}/alerts",
                self.alerts,
                "Alerts that fire, by `filter`, `receiver`, `active`, `silenced` and `inhibited`.",
            ),
            post(f"{prefix}/alerts", self.add_alerts, "Take alerts; they are on disk with the answer."),
            row(f"{prefix}/alerts/groups", self.groups, "The same by group, with `muted`."),
            row(f"{prefix}/silences", self.silences, "Silences, by `filter`, `active`, `pending` and `expired`."),
            post(f"{prefix}/silences", self.add_silence, "Make a silence, or change the one of `id`."),
            row(one, self.silence, "One silence."),
            row(one, self.expire_silence, "End a silence.", ("DELETE",)),
        ]

    async def status(self, _request: Request) -> Response:
        """Say what runs, and with which configuration."""
        manager = self._manager()
        version = {
            "version": ALERTMANAGER_API,
            "revision": "",
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        }
        return _answer(
            {
                "cluster": {"status": "disabled", "peers": []},
                "config": {"original": manager.config.text},
                "uptime": time_text(manager.started_ms),
                "versionInfo": version,
            }
        )

    async def receivers(self, request: Request) -> Response:
        """List receivers."""
        matchers = read_filter(request.query_params.getlist("receiver_matchers"), "receiver_matchers")
        receivers = self._manager().config.receivers.values()
        return _answer([receiver_view(each) for each in receivers if not matchers or matchers.keep(each.labels)])

    async def alerts(self, request: Request) -> Response:
        """List alerts."""
        asked = AlertFilter.of(request)
        return await self._read(lambda manager, now_ms: alert_list(manager, asked, now_ms))

    async def routed(self, request: Request) -> Response:
        """List alerts, what mutes them, and whether rules of this process have raised them."""
        asked, rules = AlertFilter.of(request), self._parts.rules
        own_url = rules.external_url if rules else ""
        return await self._read(lambda manager, now_ms: routed_list(manager, asked, now_ms, own_url))

    async def groups(self, request: Request) -> Response:
        """List groups of alerts."""
        asked = AlertFilter.of(request)
        return await self._read(lambda manager, now_ms: alert_groups(manager, asked, now_ms))

    async def add_alerts(self, request: Request) -> Response:
        """Take alerts; valid ones are taken beside wrong ones."""
        manager, body = self._manager(), await request.body()
        now_ms, timeout_ms = self._parts.clock.now_ms(), manager.config.global_.resolve_timeout_ms

        def take() -> list[str]:
            alerts, faults = read_alerts(body, now_ms, timeout_ms)
            if refused := manager.accept(alerts):
                raise ApiError(f"{refused} alerts are refused: too many are known (alerting.max_alerts)", status=503)
            return faults

        if faults := await asyncio.to_thread(take):
            raise ApiError("\n".join(faults))
        return _answer(None)

    async def silences(self, request: Request) -> Response:
        """List silences: active ones, then pending, then expired."""
        given = request.query_params
        matchers = read_filter(given.getlist("filter"))
        states = {name for name in _STATE_PARAMS if is_true(given.get(name, "true"))}

        def found(manager: AlertManager, now_ms: int) -> list[bytes]:
            with manager.look() as dispatcher:
                every = dispatcher.state.silences.all()
            kept = [each for each in every if each.state(now_ms).value in states and silence_matches(each, matchers)]
            return [encode_json(silence_view(each, now_ms)) for each in in_order(kept, now_ms)]

        return await self._read(found)

    async def silence(self, request: Request) -> Response:
        """Show one silence."""
        id_ = _silence_id(request)

        def found(manager: AlertManager, now_ms: int) -> Json | None:
            with manager.look() as dispatcher:
                silence = dispatcher.state.silences.get(id_)
            return silence_view(silence, now_ms) if silence else None

        view = await asyncio.to_thread(found, self._manager(), self._parts.clock.now_ms())
        return Response(status_code=404) if view is None else _answer(view)

    async def add_silence(self, request: Request) -> Response:
        """Make or change a silence."""
        manager, body = self._manager(), await request.body()
        silence = read_silence(body)
        if silence.starts_ms >= silence.ends_ms:
            raise SilenceError("Failed to create silence: start time must be before end time")
        if silence.ends_ms < self._parts.clock.now_ms():
            raise SilenceError("Failed to create silence: end time can't be in the past")
        return _answer({"silenceID": await asyncio.to_thread(manager.set_silence, silence)})

    async def expire_silence(self, request: Request) -> Response:
        """End a silence."""
        id_ = _silence_id(request)
        try:
            await asyncio.to_thread(self._manager().expire_silence, id_)
        except UnknownSilenceError:
            return Response(status_code=404)
        return _answer(None)

    async def _read(self, views: Callable[[AlertManager, int], list[bytes]]) -> Response:
        """Answer with a list; its parts are written in a thread, so that the loop goes on while they are many."""
        parts = await asyncio.to_thread(views, self._manager(), self._parts.clock.now_ms())
        return _answered(b"[" + b",".join(parts) + b"]")

    def _manager(self) -> AlertManager:
        manager: AlertManager | None = self._parts.alerting
        if manager is None:
            why = "alerts are not routed here: name an alertmanager.yml with --alertmanager.config"
            raise ApiError(why, kind="unavailable")
        return manager


def _answer(content: Any) -> Response:
    return _answered(b"" if content is None else encode_json(content))


def _answered(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _silence_id(request: Request) -> str:
    id_ = str(request.path_params["silence_id"])
    try:
        return str(UUID(id_))
    except ValueError:
        raise InvalidBodyError(f'silenceID in path must be of type uuid: "{id_}"', code=601, status=422) from None
