"""Made data, the same on every machine: what a day of scraping looks like, as timestamped OpenMetrics.

Scrapes come every 15 s with a jitter of a few milliseconds, and 100 series of one target share a scrape's timestamp.
Of them 30 % are busy integer counters, 10 % idle counters, 10 % counters with two decimals, 15 % gauges with two
decimals, 5 % gauges of bytes, 5 % floats of full entropy, 15 % histogram buckets and 10 % constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

END_MS = 1_788_220_800_000  # 2026-09-01T00:00:00Z
SERIES_PER_TARGET = 100
DAY_MS = 86_400_000


def scrape_times(random: np.random.Generator, hours: float, interval_ms: int) -> np.ndarray:
    """[n] ms: the timestamps of one target's scrapes."""
    count = int(hours * 3_600_000 / interval_ms)
    offset = int(random.integers(0, interval_ms))
    grid = END_MS - int(hours * 3_600_000) + offset + np.arange(count) * interval_ms
    return (grid + np.rint(random.normal(0, 6, count))).astype(np.int64)


def values_of(kind: int, random: np.random.Generator, count: int) -> np.ndarray:
    """[n] one series; `kind` runs from 0 to 99 through the mix."""
    if kind < 30:
        return np.cumsum(random.poisson(random.uniform(1, 200), count)).astype(float)
    if kind < 40:
        return np.cumsum(random.random(count) < 0.002).astype(float)
    if kind < 50:
        return np.round(np.cumsum(random.gamma(2, 3, count)), 2)
    if kind < 65:
        return np.round(50 + np.cumsum(random.normal(0, 0.8, count)), 2)
    if kind < 70:
        return np.rint(4e9 + np.cumsum(random.normal(0, 1e6, count)))
    if kind < 75:
        return random.random(count)
    if kind < 90:
        return np.cumsum(random.poisson((kind - 74) * 0.5, count)).astype(float)
    return np.full(count, float(random.integers(0, 1000)))


def targets(series: int, hours: float, interval_ms: int) -> Iterator[tuple[list[str], np.ndarray, np.ndarray]]:
    """Of each target: the series' texts, their shared times [n] and their values [S, n]."""
    random = np.random.default_rng(1)
    for target in range(0, series, SERIES_PER_TARGET):
        times = scrape_times(random, hours, interval_ms)
        kinds = range(min(SERIES_PER_TARGET, series - target))
        values = np.array([values_of(kind, random, len(times)) for kind in kinds])
        names = [
            f'bench_{kind}{{instance="10.0.0.{target // SERIES_PER_TARGET}:9100",job="gateway",'
            f'model="model-{kind % 7}",method="POST",path="/v1/chat/{kind % 5}",region="eu-{target % 3}"}}'
            for kind in kinds
        ]
        yield names, times, values


def write_openmetrics(path: Path, series: int, hours: float, interval_ms: int = 15_000) -> int:
    """Write the data as `promtool tsdb create-blocks-from openmetrics` and `watchglass import` read it.

    Returns:
        The number of samples.
    """
    samples = 0
    with path.open("w") as out:
        for names, times, values in targets(series, hours, interval_ms):
            seconds = [f"{time // 1000}.{time % 1000:03d}" for time in times.tolist()]
            for name, row in zip(names, values, strict=True):
                out.writelines(
                    f"{name} {value!r} {second}\n" for value, second in zip(row.tolist(), seconds, strict=True)
                )
                samples += len(seconds)
        out.write("# EOF\n")
    return samples
