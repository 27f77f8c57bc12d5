"""The HTTP protocol with bounds: a client that sends its headers slowly, or does not take its answer, is shown out.

uvicorn bounds the time between requests. It does not bound the time or size of one request's headers, so that a few
hundred connections which each send a byte now and then would keep everybody else out; and it holds an answer for a
client that does not read for as long as that client likes.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from watchglass.serve.options import BodyLimits
from watchglass.serve.pieces import ABORT


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a deadline and a size limit for request headers, and one for taking answers."""

    limits: ClassVar[BodyLimits] = BodyLimits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._in_headers = True  # waiting for the end of a request's headers
        self._header_bytes = 0
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock: the first request must begin soon."""
        super().connection_made(transport)
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_deadline()
        self._stop_stalled()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count bytes and time for as long as headers are incomplete, or a body comes that nobody waits for."""
        if self._in_headers:
            self._header_bytes += len(data)
        if self._deadline is None and (self._in_headers or self.cycle.response_complete):
            self._start_deadline()
        super().data_received(data)
        if self._in_headers and self._header_bytes > self.limits.header_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "The request's headers are too long.")

    def on_message_begin(self) -> None:
        """A request begins: its answer may have to close the connection."""
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[ABORT] = self.transport.abort

    def on_headers_complete(self) -> None:
        """The headers are in: stop the clock."""
        self._in_headers, self._header_bytes = False, 0
        self._stop_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is in: what comes next are headers again."""
        self._in_headers = True
        self._stop_deadline()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it is made: watch that it takes some of it."""
        super().pause_writing()
        self._watch_progress(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The client has taken it."""
        self._stop_stalled()
        super().resume_writing()

    def _watch_progress(self, left_bytes: int) -> None:
        self._stalled = self.loop.call_later(self.limits.send_timeout_s, self._check_progress, left_bytes)

    def _check_progress(self, left_before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left < left_before:
            self._watch_progress(left)
        else:
            self.transport.abort()

    def _stop_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _start_deadline(self) -> None:
        self._deadline = self.loop.call_later(self.limits.header_timeout_s, self._too_slow)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self._in_headers:
            self._refuse(b"408 Request Timeout", "The request's headers took too long.")
        else:
            self.transport.close()

    def _refuse(self, status: bytes, text: str) -> None:
        if self.transport.is_closing():
            return
        body = text.encode()
        head = b"HTTP/1.1 %b\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        self.transport.write(head % (status, len(body)) + body)
        self.transport.close()


def guarded_protocol(bodies: BodyLimits) -> type[GuardedProtocol]:
    """The protocol class with these limits; uvicorn makes one instance a connection and passes no arguments of ours."""
    return type("LimitedProtocol", (GuardedProtocol,), {"limits": bodies})
