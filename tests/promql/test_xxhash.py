"""The hash against values that its authors publish, of every length class."""

from __future__ import annotations

import pytest

from watchglass.model.labels import Labels
from watchglass.promql.xxhash import hash_labels, xxhash64


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", 0xEF46DB3751D8E999),
        (b"a", 0xD24EC4F1A98C6E5B),
        (b"abc", 0x44BC2CF5AD770999),
        (b"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1),
    ],
)
def test_known_hashes(data, wanted):
    assert xxhash64(data) == wanted


def test_labels_are_hashed_with_their_lengths():
    long = "v" * 300

    assert hash_labels(Labels.of(b="2", a="1")) == xxhash64(b"\x01a\x011\x01b\x012")
    assert hash_labels(Labels.of(a=long)) == xxhash64(b"\x01a\xff\x2c\x01\x00" + long.encode())
