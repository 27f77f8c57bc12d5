"""Unpacking what a target sends, however large it would become."""

from __future__ import annotations

import gzip

import cramjam
import pytest
from collect_support import bomb

from watchglass.collect.body import unpack
from watchglass.collect.errors import ScrapeError

TEXT = b"up 1\n" * 1000


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # the time would be in the name of the case


def zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(data))


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gz(TEXT), "gzip"),
        (gz(TEXT), " GZip "),
        (gz(TEXT[:500]) + gz(TEXT[500:]), "x-gzip"),
        (zstd(TEXT), "zstd"),
        (zstd(TEXT[:500]) + zstd(TEXT[500:]), "zstd"),
    ],
)
def test_what_was_packed_comes_out(packed, encoding):
    for limit in (len(TEXT), 0):
        assert unpack(packed, encoding, limit) == TEXT
    with pytest.raises(ScrapeError, match=r"larger than 4,999 bytes, unpacked \(body_size_limit\)") as caught:
        unpack(packed, encoding, len(TEXT) - 1)
    assert caught.value.result == "body_size_limit"


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_defused(encoding):
    packed = bomb(encoding)
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(ScrapeError, match="body_size_limit"):
            unpack(packed, encoding, 1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("packed", "encoding", "error"),
    [
        (b"up 1\n", "gzip", "the gzip body is damaged: "),
        (gz(TEXT)[:-4], "gzip", "the gzip body is damaged: it ends too early"),
        (gz(TEXT) + b"rest", "gzip", "the gzip body is damaged: "),
        (b"up 1\n", "zstd", "the zstd body is damaged: "),
        (zstd(TEXT)[:-4], "zstd", "the zstd body is damaged: "),
        (TEXT, "br", "the answer's Content-Encoding 'br' was not asked for"),
        (TEXT, "gzip, gzip", "the answer's Content-Encoding 'gzip, gzip' was not asked for"),
    ],
)
def test_damaged_bodies(packed, encoding, error):
    with pytest.raises(ScrapeError) as caught:
        unpack(packed, encoding, 1 << 20)
    assert str(caught.value).startswith(error)
    assert caught.value.result == "malformed"


def test_an_empty_body_is_empty():
    assert unpack(b"", "gzip", 10) == b""
