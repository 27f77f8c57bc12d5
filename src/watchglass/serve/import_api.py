"""Import over HTTP: a body of timestamped OpenMetrics goes to the store as it arrives, all of it or nothing.

The body flows through a pipe of the operating system: the loop writes, a thread reads and parses, and a client that
sends faster than that is slowed down by TCP.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import BinaryIO, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from watchglass.serve.admin_api import may_administer
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint


class Imported(Protocol):
    """What an import brought in."""

    @property
    def series(self) -> int:
        """Number of series."""

    @property
    def samples(self) -> int:
        """Number of samples."""

    @property
    def first_ms(self) -> int | None:
        """Time of the oldest sample; None when there was none."""

    @property
    def last_ms(self) -> int | None:
        """Time of the newest sample."""


class Importer(Protocol):
    """Reads a stream into the store."""

    def __call__(self, stream: BinaryIO) -> Imported:
        """Import all of the stream, or nothing.

        Raises:
            ExpositionError: it is malformed or ends early.
            StoreError: it cannot be written.
        """


class ImportApi:
    """Takes old samples in; one import at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._running = asyncio.Lock()

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint(
                "/api/v1/import",
                self.take,
                "Import a body of timestamped OpenMetrics that ends with `# EOF`, all of it or nothing.",
                methods=("POST",),
                consumes=("application/openmetrics-text", "text/plain"),
                body_bytes=self._parts.options.bodies.import_bytes,
            )
        ]

    async def take(self, request: Request) -> Response:
        """Import the body; 400 with the line where it is malformed."""
        if not may_administer(request, self._parts.options):
            raise ApiError("imports are taken from this machine only, or with --web.enable-lifecycle", status=403)
        if request.headers.get("content-encoding", "identity") != "identity":
            raise ApiError("the body must not be compressed", status=415)
        importer = need(self._parts.importer, "store")
        if self._running.locked():
            raise ApiError("another import is running", kind="unavailable")
        async with self._running:
            read_end, write_end = os.pipe()
            with os.fdopen(write_end, "wb", buffering=0) as writer:
                work = asyncio.ensure_future(asyncio.to_thread(_read, importer, read_end))
                await _pump(request.stream(), writer)
            result = await work
        return success(
            {
                "series": result.series,
                "samples": result.samples,
                "firstTimeMs": result.first_ms,
                "lastTimeMs": result.last_ms,
            }
        )


def _read(importer: Importer, read_end: int) -> Imported:
    with os.fdopen(read_end, "rb") as stream:
        return importer(stream)


async def _pump(body: AsyncIterator[bytes], writer: BinaryIO) -> None:
    """Write the body; a client that leaves, or a reader that gives up, only ends it early: the reader says why."""
    os.set_blocking(writer.fileno(), False)
    with suppress(ClientDisconnect, BrokenPipeError):
        async for piece in body:
            view = memoryview(piece)
            while view:
                view = view[await _write(writer, view) :]


async def _write(writer: BinaryIO, view: memoryview) -> int:
    """Write some of it as soon as there is room; how much."""
    while True:
        with suppress(BlockingIOError):
            return os.write(writer.fileno(), view)
        loop, room = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(writer.fileno(), room.set)
        try:
            await room.wait()
        finally:
            loop.remove_writer(writer.fileno())
