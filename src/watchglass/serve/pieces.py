"""Answers in pieces: a large one is never copied whole, and its memory is given back as it goes out."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from watchglass.promql.memory_pool import MemoryShare


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
        del scope, receive
        self._pieces.reverse()
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while self._pieces:
                piece = self._pieces.pop()
                await send({"type": "http.response.body", "body": piece, "more_body": bool(self._pieces)})
        finally:
            self._pieces.clear()
            if self._share is not None:
                self._share.release()
