"""The 64-bit xxHash of a series' labels, by which Prometheus samples series evenly (`limit_ratio`).

Source: the XXH64 specification; prometheus/prometheus, model/labels/labels_stringlabels.go (Hash, encodeSize).
"""

from __future__ import annotations

from watchglass.model.labels import Labels

_MASK = (1 << 64) - 1
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_LANES = (_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK
_LONG_STRING = 255


def hash_labels(labels: Labels) -> int:
    """The hash of labels: all names and values in order of names, each after its length."""
    return xxhash64(b"".join(_with_length(text) for pair in sorted(labels) for text in pair))


def _with_length(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    size = len(data)
    return (bytes([size]) if size < _LONG_STRING else b"\xff" + size.to_bytes(3, "little")) + data


def xxhash64(data: bytes) -> int:
    """XXH64 with seed 0."""
    stripes = len(data) // 32 * 32
    result = _hash_stripes(data[:stripes]) if stripes else _P5
    result = (result + len(data)) & _MASK
    rest = data[stripes:]
    while len(rest) >= 8:
        result = (_rotate(result ^ _round(0, rest[:8]), 27) * _P1 + _P4) & _MASK
        rest = rest[8:]
    if len(rest) >= 4:
        word = int.from_bytes(rest[:4], "little")
        result = (_rotate(result ^ (word * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        rest = rest[4:]
    for byte in rest:
        result = _rotate(result ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return _avalanche(result)


def _hash_stripes(data: bytes) -> int:
    lanes = list(_LANES)
    for start in range(0, len(data), 8):
        lane = start // 8 % 4
        lanes[lane] = _round(lanes[lane], data[start : start + 8])
    result = sum(_rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
    for lane in lanes:
        result = ((result ^ _round(0, lane.to_bytes(8, "little"))) * _P1 + _P4) & _MASK
    return result


def _round(lane: int, word: bytes) -> int:
    return _rotate((lane + int.from_bytes(word, "little") * _P2) & _MASK, 31) * _P1 & _MASK


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _avalanche(value: int) -> int:
    value = (value ^ (value >> 33)) * _P2 & _MASK
    value = (value ^ (value >> 29)) * _P3 & _MASK
    return value ^ (value >> 32)
