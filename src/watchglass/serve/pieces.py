"""Answers in pieces: a large one is never copied whole, and its memory is given back when it is out.

A client that stops taking its answer loses it, and its connection, once somebody else's query waits for that memory.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from watchglass.promql.memory_pool import MemoryShare

log = logging.getLogger("watchglass.serve")

ABORT = "watchglass.abort"
"""In a request's scope: closes its connection at once, whatever still waits to be sent."""
_PIECE_BYTES = 1 << 20  # of a larger piece, so much is handed to the connection at a time


class PiecedResponse(Response):
    """A body that is made and sent in pieces.

    Args:
        pieces: the body; taken apart while it is sent.
        media_type: the Content-Type.
        share: the memory that it is counted with, if it is.
    """

    background: BackgroundTask | None = None

    def __init__(self, pieces: list[bytes], media_type: str, share: MemoryShare | None = None) -> None:
        self.status_code = 200
        self._pieces, self._share = pieces, share
        length = sum(map(len, pieces))
        self.raw_headers = [(b"content-length", b"%d" % length), (b"content-type", media_type.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; a piece that is sent is held no longer."""
        del receive
        self._watch(scope)
        self._pieces.reverse()
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while self._pieces:
                await self._send_piece(send, self._pieces.pop())
        finally:
            self._pieces.clear()
            if self._share is not None:
                self._share.release()

    async def _send_piece(self, send: Send, piece: bytes) -> None:
        size = len(piece)
        for start in range(0, size, _PIECE_BYTES):
            end = start + _PIECE_BYTES
            part = piece if size <= _PIECE_BYTES else piece[start:end]
            await send({"type": "http.response.body", "body": part, "more_body": bool(self._pieces) or end < size})
            if self._share is not None:
                self._share.moved()

    def _watch(self, scope: Scope) -> None:
        """Let the connection be closed when the answer does not move and its memory is waited for."""
        abort = scope.get(ABORT)
        if self._share is None or abort is None:
            return
        loop = asyncio.get_running_loop()

        def give_up() -> None:
            client = scope.get("client") or ("",)
            log.warning(
                "an answer that its client does not take is given up: memory is short", extra={"client": client[0]}
            )
            abort()

        def give_up_from_a_thread() -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it the connection
                loop.call_soon_threadsafe(give_up)

        self._share.leaves(give_up_from_a_thread)
