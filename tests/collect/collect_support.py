"""What the tests of collection share: a store of ten lines, and HTTP servers that behave as told."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress

import cramjam
import numpy as np

from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.interfaces import AppendResult, Batch
from watchglass.model.labels import Labels


def bomb(encoding: str) -> bytes:
    """Some hundred kilobytes (zstd) or ten megabytes (gzip) that unpack to ten gigabytes."""
    zeros = bytes(1 << 26)
    return (gzip.compress(zeros) if encoding == "gzip" else bytes(cramjam.zstd.compress(zeros))) * 160


class Memory:
    """An Appender that keeps everything."""

    def __init__(self):
        self.refs, self.batches, self.metadata, self.closed = {}, [], {}, []

    def series_ref(self, labels):
        return self.refs.setdefault(labels, len(self.refs) + 1)

    def open_group(self, key):
        return 1

    def close_group(self, group):
        self.closed.append(group)

    def put_metadata(self, metadata):
        self.metadata |= metadata

    def append(self, batch: Batch):
        assert len(set(batch.refs.tolist())) == len(batch.refs), "a series twice in a batch"
        self.batches.append(batch)
        future = Future()
        future.set_result(AppendResult(len(batch.refs)))
        return future

    def samples(self, name: str, **labels: str) -> list[tuple[Labels, int, float]]:
        """All samples of the series that have the name and, among others, the labels."""
        by_ref = {ref: series for series, ref in self.refs.items()}
        return [
            (by_ref[ref], int(at), value)
            for batch in self.batches
            for ref, value, at in zip(
                batch.refs.tolist(),
                batch.values.tolist(),
                np.broadcast_to(batch.timestamps_ms, len(batch.refs)).tolist(),
                strict=True,
            )
            if by_ref[ref].name == name and set(labels.items()) <= set(by_ref[ref])
        ]

    def values(self, name: str, **labels: str) -> list[float]:
        return [value for _, _, value in self.samples(name, **labels)]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def tcp_server(handler: Handler) -> AsyncIterator[str]:
    """A server on a free port that leaves every byte to `handler`; gives HOST:PORT."""

    async def guarded(reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.close()


def answer(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/plain; version=0.0.4"):
    """The bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def exposing(*bodies: bytes, requests: list[bytes] | None = None, **how) -> AsyncIterator[str]:
    """A target that answers with each body in turn, and then with the last again and again."""
    answers = iter(bodies[:-1])

    async def handler(reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            if requests is not None:
                requests.append(head)
            writer.write(answer(next(answers, bodies[-1]), **how))
            await writer.drain()

    async with tcp_server(handler) as address:
        yield address


def job(*addresses: str, **options) -> ScrapeJob:
    """A job `app` that scrapes addresses every 200 ms."""
    targets = tuple(Labels.of(__address__=address) for address in addresses)
    options = {"name": "app", "scrape_interval_ms": 200, "scrape_timeout_ms": 200} | options
    return ScrapeJob(static=(TargetGroup("static/0", targets),), **options)


async def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for a condition to hold."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 -- what is waited for knows no events
            await asyncio.sleep(0.01)
