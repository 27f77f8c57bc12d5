"""What the threads for queries are asked to do: for whom, and for how long somebody waits for it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.requests import Request

T = TypeVar("T")

PATIENCE_S = 0.05
"""An answer that takes longer is watched: does its client still wait?"""
_DASHBOARD = re.compile(r"/d/([^/?#]{1,40})")
_LONGEST_REFERER, _LONGEST_UID = 1000, 40


@dataclass(slots=True, eq=False)
class Job:
    """What a piece of work is, and for whom.

    Attributes:
        text: the query, or the address of what is no query.
        kind: the endpoint.
        client: address of who asks.
        dashboard: what it is asked for; empty where unknown.
        weight: how much there is to do, for the estimate of its cost.
        timeout_s: it may wait so long for a thread; for how long it may run, it knows itself.
        stop: set when nobody waits for it any more.
    """

    text: str = ""
    kind: str = ""
    client: str = ""
    dashboard: str = ""
    weight: float = 1.0
    timeout_s: float = 120.0
    stop: threading.Event = field(default_factory=threading.Event)


def job_of(request: Request, text: str = "", weight: float = 1.0, timeout_ms: int = 120_000) -> Job:
    """What a request asks for, and who asks. A dashboard is named by Grafana's header or by the page that asks."""
    scope, headers = request.scope, request.headers
    client = scope.get("client")
    page = _DASHBOARD.search(headers.get("referer", "")[:_LONGEST_REFERER])
    return Job(
        text=text or str(scope["path"]),
        kind=str(scope["path"]),
        client=client[0] if client else "",
        dashboard=headers.get("x-dashboard-uid", "")[:_LONGEST_UID] or (page[1] if page else ""),
        weight=weight,
        timeout_s=timeout_ms / 1000,
    )


async def _leave(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def until_gone(request: Request, work: asyncio.Future[T], stop: Callable[[], None]) -> T:
    """Wait for `work`; call `stop` when the client leaves before it is done, or when we stop.

    Only an answer that takes long is watched: most are there before a client could leave.
    """
    watching: list[asyncio.Task[None]] = []

    def watch() -> None:
        leaving = asyncio.ensure_future(_leave(request))
        leaving.add_done_callback(lambda task: None if task.cancelled() or work.done() else stop())
        watching.append(leaving)

    timer = asyncio.get_running_loop().call_later(PATIENCE_S, watch)
    try:
        return await work
    except asyncio.CancelledError:
        stop()
        raise
    finally:
        timer.cancel()
        for leaving in watching:
            leaving.cancel()
