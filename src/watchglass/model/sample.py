"""Samples, and the two bit patterns of NaN that Prometheus tells apart.

Source: prometheus/prometheus, model/value/value.go.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

STALE_BITS = 0x7FF0000000000002
"""The bits of the stale marker: "this series ended here". Compare bits, never values: NaN equals nothing."""

NAN_BITS = 0x7FF8000000000001
"""The bits of an ordinary NaN sample, which is a value like any other."""

STALE: float = struct.unpack("<d", STALE_BITS.to_bytes(8, "little"))[0]


def is_stale(value: float) -> bool:
    """Tell whether `value` is the stale marker."""
    return struct.pack("<d", value) == STALE_BITS.to_bytes(8, "little")


class Sample(NamedTuple):
    """One value at one time, of the series that `labels` names (without the metric's name)."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float
    timestamp_ms: int | None = None
