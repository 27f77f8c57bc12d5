"""Annotations, at Grafana's addresses.

Source: Grafana, docs/developers/http_api/annotations; pkg/api/annotations.go.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.annotations import Annotation, Annotations, Wanted
from watchglass.dashboards.refusal import RefusalError
from watchglass.serve.envelope import json_response
from watchglass.serve.grafana import (
    JSON,
    annotations_of,
    caller_name,
    grafana_endpoint,
    read_object,
    shelf_of,
    text_of,
    whole_of,
)
from watchglass.serve.params import Params, first, limit_param, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000


class AnnotationApi:
    """`/api/annotations`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        base, one = "/api/annotations", "/api/annotations/{number}"
        return [
            grafana_endpoint(
                base,
                self.find,
                "Annotations between `from` and `to` (ms), by `dashboardUID`, `panelId`, `tags`, `matchAny` and `limit`.",
            ),
            grafana_endpoint(
                base,
                self.add,
                "Add `{text, time, timeEnd, tags, dashboardUID, panelId}`; without a time it is now.",
                ("POST",),
                JSON,
            ),
            grafana_endpoint(f"{base}/tags", self.tags, "Tags in use, with numbers, by `tag` and `limit`."),
            grafana_endpoint(
                f"{base}/graphite",
                self.graphite,
                "Add `{what, when, tags, data}`, as Graphite has it.",
                ("POST",),
                JSON,
            ),
            grafana_endpoint(one, self.show, "One annotation."),
            grafana_endpoint(one, self.change, "Change what is given of an annotation.", ("PUT", "PATCH"), JSON),
            grafana_endpoint(one, self.delete, "Delete an annotation.", ("DELETE",)),
        ]

    async def find(self, request: Request) -> Response:
        """List annotations, the newest first."""
        params = await read_params(request)
        if first(params, "type") == "alert":  # alerts are not kept yet
            return json_response([])
        wanted = await asyncio.to_thread(self._wanted, params)
        found = await asyncio.to_thread(annotations_of(self._parts).find, wanted)
        return json_response([_shown(event) for event in found])

    async def add(self, request: Request) -> Response:
        """Add an annotation."""
        given, now_ms = await read_object(request), self._parts.clock.now_ms()
        time_ms = whole_of(given, "time") or now_ms
        blank = Annotation(0, "", 0, time_ms, time_ms, "", (), created_by=caller_name(request))
        event = await asyncio.to_thread(self._changed, blank, given)
        number = await asyncio.to_thread(annotations_of(self._parts).add, event)
        return json_response({"message": "Annotation added", "id": number})

    async def graphite(self, request: Request) -> Response:
        """Add an annotation in Graphite's form; `when` is seconds."""
        given = await read_object(request)
        what, data, tags = text_of(given, "what"), text_of(given, "data"), given.get("tags")
        if not what:
            raise RefusalError("what field should not be empty")
        time_ms = whole_of(given, "when") * 1000 or self._parts.clock.now_ms()
        event = Annotation(
            0,
            "",
            0,
            time_ms,
            time_ms,
            f"{what}\n{data}".strip(),
            tuple(tags.split()) if isinstance(tags, str) else _tags(given),
            created_by=caller_name(request),
        )
        number = await asyncio.to_thread(annotations_of(self._parts).add, event)
        return json_response({"message": "Graphite annotation added", "id": number})

    async def show(self, request: Request) -> Response:
        """Show one annotation."""
        return json_response(_shown(await asyncio.to_thread(annotations_of(self._parts).get, _number(request))))

    async def change(self, request: Request) -> Response:
        """Change an annotation: what is not given stays as it is."""
        number, given = _number(request), await read_object(request)
        annotations: Annotations = annotations_of(self._parts)
        await asyncio.to_thread(lambda: annotations.change(self._changed(annotations.get(number), given)))
        return json_response({"message": "Annotation patched" if request.method == "PATCH" else "Annotation updated"})

    async def delete(self, request: Request) -> Response:
        """Delete an annotation."""
        await asyncio.to_thread(annotations_of(self._parts).delete, _number(request))
        return json_response({"message": "Annotation deleted"})

    async def tags(self, request: Request) -> Response:
        """List the tags in use."""
        params = await read_params(request)
        limit = min(limit_param(params) or DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(annotations_of(self._parts).tags, first(params, "tag"), limit)
        return json_response({"result": {"tags": [{"tag": tag, "count": count} for tag, count in found]}})

    def _wanted(self, params: Params) -> Wanted:
        uid = first(params, "dashboardUID") or self._uid_of(limit_param(params, "dashboardId"))
        return Wanted(
            from_ms=limit_param(params, "from") or None,
            to_ms=limit_param(params, "to") or None,
            dashboard_uid=uid or None,
            panel_id=limit_param(params, "panelId") or None,
            tags=[tag for tag in params.get("tags", ()) if tag],
            any_tag=first(params, "matchAny").lower() == "true",
            limit=min(limit_param(params) or DEFAULT_LIMIT, MAX_LIMIT),
        )

    def _changed(self, event: Annotation, given: dict[str, Any]) -> Annotation:
        """An annotation with what is given; one that had no length keeps having none."""
        time_ms = whole_of(given, "time") or event.time_ms
        end_ms = whole_of(given, "timeEnd") or (event.end_ms if event.end_ms != event.time_ms else time_ms)
        uid = text_of(given, "dashboardUID") or self._uid_of(whole_of(given, "dashboardId"))
        return replace(
            event,
            dashboard_uid=uid or event.dashboard_uid,
            panel_id=whole_of(given, "panelId", event.panel_id),
            time_ms=time_ms,
            end_ms=end_ms,
            text=text_of(given, "text", event.text),
            tags=_tags(given) if "tags" in given else event.tags,
        )

    def _uid_of(self, number: int) -> str:
        """The uid of the saved dashboard with that `id`; empty where there is none."""
        boards = shelf_of(self._parts).boards.listed() if number else ()
        return next((board.uid for board in boards if board.number == number), "")


def _number(request: Request) -> int:
    word = request.path_params["number"]
    if not word.isdecimal() or len(word) > 15:
        raise RefusalError("Annotation not found", status=404)
    return int(word)


def _tags(given: dict[str, Any]) -> tuple[str, ...]:
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise RefusalError("bad request data: tags must be a list of texts")
    return tuple(dict.fromkeys(tag.encode("utf-8", "replace").decode() for tag in tags if tag))


def _shown(event: Annotation) -> dict[str, Any]:
    return {
        "id": event.number,
        "alertId": 0,
        "alertName": "",
        "dashboardUID": event.dashboard_uid,
        "panelId": event.panel_id,
        "userId": 0,
        "userName": event.created_by,
        "newState": "",
        "prevState": "",
        "created": event.created_ms,
        "updated": event.updated_ms,
        "time": event.time_ms,
        "timeEnd": event.end_ms,
        "text": event.text,
        "tags": list(event.tags),
        "login": event.created_by,
        "email": "",
        "avatarUrl": "",
        "data": {},
    }
