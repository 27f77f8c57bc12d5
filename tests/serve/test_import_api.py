"""Import over HTTP: streamed, bounded, one at a time, for those who may."""

import asyncio
import threading
from dataclasses import dataclass

import pytest

from watchglass.errors import ExpositionError, StoreError
from watchglass.serve.options import BodyLimits, WebOptions

pytestmark = pytest.mark.anyio

TEXT = {"content-type": "application/openmetrics-text; version=1.0.0"}


@dataclass
class Result:
    series: int = 1
    samples: int = 2
    first_ms: int = 3
    last_ms: int = 4


class Reader:
    """Takes a stream as the store's importer does; what it read is in `taken`."""

    def __init__(self, error=None):
        self.taken, self.error = b"", error

    def __call__(self, stream):
        if self.error:
            raise self.error
        self.taken = stream.read()
        if not self.taken.endswith(b"# EOF\n"):
            raise ExpositionError("the file does not end with # EOF")
        return Result()


async def pieces(count, size):
    for _ in range(count):
        yield b"x" * size
    yield b"# EOF\n"


async def test_a_body_much_larger_than_the_pipe_arrives_whole(make_parts, make_client):
    reader = Reader()
    async with make_client(make_parts(importer=reader)) as client:
        answer = await client.post("/api/v1/import", content=pieces(100, 100_000), headers=TEXT)
    assert answer.json() == {
        "status": "success",
        "data": {"series": 1, "samples": 2, "firstTimeMs": 3, "lastTimeMs": 4},
    }
    assert len(reader.taken) == 10_000_006


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (ExpositionError("bad value", line=7), 400, "bad_data"),
        (StoreError("no space left on the device"), 503, "unavailable"),
        (RuntimeError("boom"), 500, "internal"),
    ],
)
async def test_a_reader_that_gives_up_ends_the_upload(make_parts, make_client, error, status, kind):
    async with make_client(make_parts(importer=Reader(error))) as client:
        answer = await client.post("/api/v1/import", content=pieces(100, 100_000), headers=TEXT)
    assert (answer.status_code, answer.json()["errorType"]) == (status, kind)
    if status == 400:
        assert answer.json()["error"] == "line 7: bad value"


async def test_a_body_that_ends_early_imports_nothing(make_parts, make_client):
    async with make_client(make_parts(importer=Reader())) as client:
        answer = await client.post("/api/v1/import", content=b"a 1 1\n", headers=TEXT)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "application/json"}, 415),
        ({}, 415),
        (TEXT | {"content-encoding": "gzip"}, 415),
        (TEXT | {"origin": "http://evil.example"}, 403),
        (TEXT | {"x-forwarded-for": "192.0.2.1"}, 403),
        ({"content-type": "text/plain"}, 200),
    ],
)
async def test_who_and_what_is_let_in(make_parts, make_client, headers, status):
    async with make_client(make_parts(importer=Reader())) as client:
        assert (await client.post("/api/v1/import", content=b"# EOF\n", headers=headers)).status_code == status


async def test_a_body_has_a_bound(make_parts, make_client):
    parts = make_parts(WebOptions(bodies=BodyLimits(import_bytes=1000)), importer=Reader())
    async with make_client(parts) as client:
        said = await client.post("/api/v1/import", content=b"x" * 1001, headers=TEXT)
        streamed = await client.post("/api/v1/import", content=pieces(2, 600), headers=TEXT)
    assert (said.status_code, streamed.status_code) == (413, 413)


async def test_one_import_at_a_time(make_parts, make_client):
    begun, go_on = threading.Event(), threading.Event()

    def importer(stream):
        begun.set()
        go_on.wait(10)
        return Reader()(stream)

    async with make_client(make_parts(importer=importer)) as client:
        first = asyncio.create_task(client.post("/api/v1/import", content=b"# EOF\n", headers=TEXT))
        await asyncio.to_thread(begun.wait, 10)
        second = await client.post("/api/v1/import", content=b"# EOF\n", headers=TEXT)
        go_on.set()
        assert (await first).status_code == 200
    assert second.status_code == 503


async def test_not_before_the_store_is_open(make_client):
    async with make_client() as client:
        assert (await client.post("/api/v1/import", content=b"# EOF\n", headers=TEXT)).status_code == 503
