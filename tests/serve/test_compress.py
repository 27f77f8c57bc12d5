"""Compressed answers: which encoding, and when."""

import asyncio
import zlib

import cramjam
import pytest
from starlette.responses import Response, StreamingResponse

from watchglass.serve.compress import Compressor, choose_encoding
from watchglass.serve.pieces import PiecedResponse

pytestmark = pytest.mark.anyio

LARGE = b'{"a":1}' * 20_000


async def ask(response, accept="gzip", method="GET", client="192.0.2.1", **more):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.sleep(3600)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    headers = [(b"accept-encoding", accept.encode()), *pairs]
    scope = {"type": "http", "method": method, "headers": headers, "client": (client, 5000)}
    await Compressor(response, 1024)(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("*", "zstd"),
        ("*;q=0", ""),
        ("identity", ""),
        ("gzip;q=x", ""),
        ("", ""),
    ],
)
def test_the_choice(accepted, encoding):
    assert choose_encoding(accepted) == encoding


@pytest.mark.parametrize("body", [LARGE, LARGE[:5000]], ids=["in a thread", "inline"])
async def test_round_trip(body):
    headers, packed = await ask(Response(body, media_type="application/json"))
    assert zlib.decompress(packed, 31) == body
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(packed))
    assert headers["vary"] == "Accept-Encoding"
    headers, packed = await ask(Response(body, media_type="application/json"), "zstd")
    assert bytes(cramjam.zstd.decompress(packed)) == body
    assert headers["content-encoding"] == "zstd"


@pytest.mark.parametrize(
    "response",
    [
        Response(b"{}", media_type="application/json"),
        Response(LARGE, media_type="image/png"),
        Response(LARGE, media_type="application/json", headers={"content-encoding": "br"}),
    ],
    ids=["small", "packed by its nature", "packed already"],
)
async def test_what_is_left_alone(response):
    headers, body = await ask(response)
    assert headers.get("content-encoding") in {None, "br"}
    assert body == response.body


async def test_a_stream_passes_as_it_comes():
    async def pieces():
        yield LARGE
        yield LARGE

    headers, body = await ask(StreamingResponse(pieces(), media_type="application/json"))
    assert "content-encoding" not in headers
    assert body == LARGE * 2


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_an_answer_in_pieces_is_compressed_piece_by_piece(encoding):
    headers, packed = await ask(PiecedResponse([LARGE, b"", LARGE[:10], LARGE], "application/json"), encoding)
    unpacked = zlib.decompress(packed, 31) if encoding == "gzip" else bytes(cramjam.zstd.decompress(packed))
    assert unpacked == LARGE + LARGE[:10] + LARGE
    assert (headers["content-encoding"], "content-length" in headers) == (encoding, False)


async def test_nobody_asked():
    headers, body = await ask(Response(LARGE, media_type="application/json"), "identity")
    assert "content-encoding" not in headers
    assert body == LARGE


async def test_a_caller_on_this_machine_gets_it_plain_unless_a_proxy_speaks():
    headers, body = await ask(Response(LARGE, media_type="application/json"), client="127.0.0.1")
    assert "content-encoding" not in headers
    assert body == LARGE
    headers, _ = await ask(Response(LARGE, media_type="application/json"), client="::1", x_forwarded_for="192.0.2.9")
    assert headers["content-encoding"] == "gzip"
