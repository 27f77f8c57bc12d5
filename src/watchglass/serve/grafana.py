"""What the endpoints at Grafana's addresses share: how they read bodies, fail, and reach what people saved."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.annotations import Annotations
from watchglass.dashboards.answers import FindSource
from watchglass.dashboards.collection import Collection, Shelf
from watchglass.dashboards.json_text import decode, parse
from watchglass.dashboards.refusal import RefusalError
from watchglass.errors import StoreError, WatchglassError
from watchglass.serve.envelope import ApiError, failure, json_response
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

JSON = ("application/json",)
ENVELOPE_BYTES = 64 * 1024
"""What may stand around a document in a request."""


def grafana_failure(error: WatchglassError) -> Response:
    """An error as Grafana's clients read it: `message`, and `status` where there is a word for it."""
    if isinstance(error, RefusalError):
        content = {"message": str(error)} | ({"status": error.reason} if error.reason else {})
        return json_response(content | error.details, error.status)
    if isinstance(error, StoreError):
        return json_response({"message": str(error), "status": "error", "error": str(error)}, 500)
    answer = failure(error)
    content = {"message": str(error), "error": str(error), "errorType": getattr(error, "kind", "bad_data")}
    shown = json_response(content, answer.status_code)
    if "retry-after" in answer.headers:
        shown.headers["Retry-After"] = answer.headers["retry-after"]
    return shown


grafana_endpoint = partial(Endpoint, failed=grafana_failure)
"""A row of the route table whose errors are Grafana's."""


def caller_name(_request: Request) -> str:
    """Who asks, as histories name them; nobody logs in yet."""
    return "anonymous"


async def read_text(request: Request) -> str:
    """The body as text.

    Raises:
        RefusalError: it is not Unicode (400).
    """
    body = await request.body()
    try:
        return await asyncio.to_thread(decode, body)
    except ValueError as error:
        raise RefusalError(f"bad request data: {error}") from None


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        RefusalError: it is none (400).
    """
    try:
        content = parse(await read_text(request))
    except ValueError as error:
        raise RefusalError(f"bad request data: {error}") from None
    if not isinstance(content, dict):
        raise RefusalError("bad request data: expected a JSON object")
    return content


def text_of(content: dict[str, Any], key: str, default: str = "") -> str:
    """A member that is text.

    Raises:
        RefusalError: it is something else (400).
    """
    value = content.get(key, default)
    if value is None:
        return default
    if not isinstance(value, str):
        raise RefusalError(f"bad request data: {key} must be text")
    return value.encode("utf-8", "replace").decode()


def whole_of(content: dict[str, Any], key: str, default: int = 0) -> int:
    """A member that is a whole number, not negative.

    Raises:
        RefusalError: it is something else (400).
    """
    value = content.get(key, default)
    if value is None:
        return default
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise RefusalError(f"bad request data: {key} must be a whole number")
    return value


def shelf_of(parts: Parts) -> Shelf:
    """What people saved.

    Raises:
        ApiError: it is not there yet, or cannot be used.
    """
    if parts.shelf is None and parts.shelf_trouble:
        raise ApiError(f"saved dashboards cannot be used: {parts.shelf_trouble}", kind="internal")
    found: Shelf = need(parts.shelf, "store of dashboards")
    return found


def annotations_of(parts: Parts) -> Annotations:
    """The annotations.

    Raises:
        ApiError: as for `shelf_of`.
    """
    return shelf_of(parts).annotations


def source_finder(parts: Parts) -> FindSource:
    """Tells the uid of a data source by its uid or name; while they are not there yet, every name is taken as a uid."""
    sources = parts.sources

    def find(word: str) -> str | None:
        if sources is None or sources.find(word) is not None:
            return word
        named = sources.named(word)
        return named.uid if named else None

    return find


def collection_of(parts: Parts) -> Collection:
    """Every dashboard there is.

    Raises:
        ApiError: they are not there yet.
    """
    return Collection(need(parts.dashboards, "dashboard library"), parts.shelf)
