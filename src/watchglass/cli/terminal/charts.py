"""Charts made of block characters: sparklines, areas, bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"

Values = Sequence[float]


def resample(values: Values, width: int) -> list[float]:
    """So many values that stand for all: each the mean of those in its share of time; NaN where there is none."""
    count = len(values)
    if count == 0 or width <= 0:
        return []
    if count <= width:
        return [values[at * count // width] for at in range(width)]
    edges = [at * count // width for at in range(width + 1)]
    return [_mean(values[low:high]) for low, high in pairwise(edges)]


def _mean(values: Values) -> float:
    there = [value for value in values if not math.isnan(value)]
    return math.fsum(there) / len(there) if there else math.nan


def extent(values: Values, low: float | None = None, high: float | None = None) -> tuple[float, float]:
    """From the least to the greatest value, unless limits are given; never empty."""
    there = [value for value in values if math.isfinite(value)] or [0.0]
    least, most = min(there) if low is None else low, max(there) if high is None else high
    return (least, most) if most > least else (least, least + 1)


def round_extent(
    values: Values, low: float | None, high: float | None, parts: int, base: int = 1000
) -> tuple[float, float]:
    """An extent that is divided into parts of a round size; limits that are given stay."""
    least, most = extent(values, low, high)
    least = 0.0 if low is None and 0 <= least < most * 0.75 else least
    if low is not None and high is not None:
        return least, most
    step = _round_step((most - least) / parts, base)
    start = least if low is not None else math.floor(least / step) * step
    if high is not None:
        return start, most
    while start + parts * step < most:
        step = _round_step(step * 1.01, base)
        start = least if low is not None else math.floor(least / step) * step
    return start, start + parts * step


def _round_step(size: float, base: int) -> float:
    """The next round number: 1, 2, 2.5 or 5 of a power of ten, or a power of two."""
    if base == 1024:
        return float(2.0 ** math.ceil(math.log2(size)))
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= size * (1 - 1e-9))


def sparkline(values: Values, width: int, low: float | None = None, high: float | None = None) -> str:
    """One line of blocks, from the least to the greatest value; a space where there is none."""
    shown = resample(values, width)
    least, most = extent(shown, low, high)
    return "".join(_block((value - least) / (most - least)) for value in shown)


def _block(share: float) -> str:
    if math.isnan(share):
        return " "
    return BLOCKS[min(7, max(0, int(share * 8)))]


def area(values: Values, width: int, height: int, low: float, high: float) -> list[str]:
    """Lines from top to bottom, filled up to the values in eighths of a cell."""
    shown = resample(values, width)
    filled = [math.nan if math.isnan(value) else (value - low) / (high - low) * height for value in shown]
    return ["".join(_cell(level - row) for level in filled) for row in range(height - 1, -1, -1)]


def _cell(level: float) -> str:
    """A cell that is filled so far; one that holds anything shows it."""
    if math.isnan(level) or level <= 0:
        return " "
    return BLOCKS[min(7, max(0, math.ceil(level * 8) - 1))]


def bar(share: float, width: int) -> str:
    """A horizontal bar: `████░░░░`."""
    full = round(min(1.0, max(0.0, share)) * width) if math.isfinite(share) else 0
    return "█" * full + "░" * (width - full)


def shade(share: float) -> str:
    """A cell as dark as its share; anything above nothing is seen."""
    if not share > 0:
        return SHADES[0]
    return SHADES[min(4, max(1, math.ceil(share * 4)))]


def axis_labels(low: float, high: float, rows: int, text: Callable[[float], str]) -> list[str]:
    """A label for each row of an area, from the top; rows that would repeat one have none."""
    labels = [text(low + (high - low) * (row + 1) / rows) for row in range(rows - 1, -1, -1)]
    return [label if at == 0 or label != labels[at - 1] else "" for at, label in enumerate(labels)]
