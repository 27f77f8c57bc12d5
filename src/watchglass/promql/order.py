"""Natural order of label values, in which `a2` comes before `a10`.

Source: prometheus/prometheus, promql/functions.go (funcSortByLabel), and the package natsort that it uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cmp_to_key

from watchglass.model.labels import Labels

_CHUNK = re.compile(r"[0-9]+|[^0-9]+")


def natural_order(rows: Sequence[Labels], names: Sequence[str]) -> list[int]:
    """The order that sorts label sets by the values of `names`, and then by all their labels."""

    def compare(left: int, right: int) -> int:
        for name in names:
            first, second = rows[left].get(name), rows[right].get(name)
            if first != second:
                return -1 if _is_before(first, second) else 1
        return -1 if rows[left] < rows[right] else int(rows[left] > rows[right])

    return sorted(range(len(rows)), key=cmp_to_key(compare))


def _is_before(first: str, second: str) -> bool:
    """Compare digits as numbers, and all else as text; what ends first comes first."""
    left, right = _CHUNK.findall(first), _CHUNK.findall(second)
    for one, other in zip(left, right, strict=False):
        if one == other:
            continue
        if one[0].isdigit() and other[0].isdigit():
            if int(one) != int(other):
                return int(one) < int(other)
            continue
        return bool(one < other)
    return len(left) <= len(right)
