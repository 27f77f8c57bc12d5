"""Packs over HTTP: which there are, what each knows, its health board and its typed snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.errors import ConfigError
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.jobs import job_of
from watchglass.serve.params import read_params, time_param
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

if TYPE_CHECKING:
    from watchglass.packs.catalogue import PackCatalogue
    from watchglass.packs.pack import Pack

ONE = "/api/v1/packs/{name}"


class PackApi:
    """`/api/v1/packs`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint(
                "/api/v1/packs", self.listed, "Packs: those that are switched on first, and what is wrong with any."
            ),
            Endpoint(ONE, self.shown, "One pack: jobs, dashboards, metrics, roles, rules, board, and what differs."),
            Endpoint(
                f"{ONE}/board", self.board, "Its health board at `time`: value, grade, limits and why, by priority."
            ),
            Endpoint(f"{ONE}/snapshots/{{snapshot}}", self.snapshot, "A typed snapshot at `time`; null where unknown."),
        ]

    async def listed(self, _request: Request) -> Response:
        """List the packs."""
        return success(await asyncio.to_thread(lambda: self._catalogue().listed()))

    async def shown(self, request: Request) -> Response:
        """Show one pack."""
        name = request.path_params["name"]
        shown = await asyncio.to_thread(lambda: self._catalogue().shown(name))
        if shown is None:
            raise _no_pack(name)
        return success(shown)

    async def board(self, request: Request) -> Response:
        """Show a pack's health board."""

        def work(pack: Pack, engine: Any, time_ms: int, timeout_ms: int) -> Any:
            return self._catalogue().graded(pack, engine, time_ms, timeout_ms)

        return await self._asked(request, work, "a health board")

    async def snapshot(self, request: Request) -> Response:
        """Show a typed snapshot of a pack."""
        snapshot = request.path_params["snapshot"]

        def work(pack: Pack, engine: Any, time_ms: int, timeout_ms: int) -> Any:
            return self._catalogue().snapshot(pack, snapshot, engine, time_ms, timeout_ms)

        return await self._asked(request, work, f'a snapshot "{snapshot}"')

    async def _asked(self, request: Request, work: Callable[[Pack, Any, int, int], Any], what: str) -> Response:
        """The answer of what asks the store, in a thread of queries."""
        params = await read_params(request)
        time_ms = time_param(params, "time", self._parts.clock.now_ms())
        name, engine = request.path_params["name"], need(self._parts.engine, "store")
        pack = await asyncio.to_thread(lambda: self._catalogue().find(name))
        if pack is None:
            raise _no_pack(name)
        timeout_ms = self._parts.options.queries.timeout_ms

        def answered() -> Response:
            try:
                found = work(pack, engine, time_ms, timeout_ms)
            except ConfigError as error:
                raise ApiError(str(error), kind="internal") from None
            if found is None:
                raise ApiError(f"pack {name} has no such thing: {what}", kind="not_found")
            return success(found)

        return await self._parts.queries.answer(request, answered, job_of(request))

    def _catalogue(self) -> PackCatalogue:
        catalogue: PackCatalogue = need(self._parts.packs, "list of packs")()
        return catalogue


def _no_pack(name: str) -> ApiError:
    return ApiError(f'there is no pack "{name}"', kind="not_found")
