"""The data of the query benchmark: a gateway's counters, gauges and histograms, as timestamped OpenMetrics.

Every instance is scraped every 15 s at a phase of its own with up to 40 ms of jitter. Scrapes are lost at random, once for
eight minutes at a time; counters restart; a few gauges are NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from data import END_MS

INTERVAL_MS = 15_000
MODELS = 20
BOUNDS = ("0.1", "0.25", "0.5", "1", "2.5", "5", "10", "25", "50", "+Inf")
_GAP_SCRAPES = 8 * 60_000 // INTERVAL_MS


class Family(NamedTuple):
    """A metric: how many instances expose it, over how long, and how its series are made."""

    name: str
    instances: int
    hours: int
    kind: str


FAMILIES = (
    Family("a_requests_total", 25, 24, "counter"),
    Family("a_queue_depth", 50, 24, "gauge"),
    Family("a_latency_seconds_bucket", 5, 24, "histogram"),
    Family("b_requests_total", 500, 6, "plain counter"),
)


def write_query_data(path: Path, share: float = 1.0) -> int:
    """Write all families, with a `share` of their instances; returns the number of samples."""
    random = np.random.default_rng(7)
    samples = 0
    with path.open("w") as out:
        for family in FAMILIES:
            for instance in range(max(2, int(family.instances * share))):
                samples += _write_instance(out, family, instance, random)
        out.write("# EOF\n")
    return samples


def _write_instance(out: object, family: Family, instance: int, random: np.random.Generator) -> int:
    times = _scrapes(family.hours, random)
    seconds = [f" {time // 1000}.{time % 1000:03d}\n" for time in times.tolist()]
    samples = 0
    for labels, values in _series(family, len(times), random):
        head = f'{family.name}{{instance="10.0.{instance // 250}.{instance % 250}:9100",job="gateway",{labels}}} '
        texts = [f"{head}{value}{second}" for value, second in zip(values, seconds, strict=True)]
        out.writelines(texts)  # type: ignore[attr-defined]
        samples += len(texts)
    return samples


def _scrapes(hours: int, random: np.random.Generator) -> np.ndarray:
    """[n] ms of one instance's scrapes."""
    count = hours * 3_600_000 // INTERVAL_MS
    grid = END_MS - hours * 3_600_000 + int(random.integers(INTERVAL_MS)) + np.arange(count) * INTERVAL_MS
    kept = random.random(count) > 0.002
    gap = int(random.integers(count - _GAP_SCRAPES))
    kept[gap : gap + _GAP_SCRAPES] = False
    return (grid + random.integers(-40, 41, count))[kept]


def _series(family: Family, count: int, random: np.random.Generator) -> Iterator[tuple[str, list[float]]]:
    """Labels and values of each series of one instance."""
    for model in range(MODELS):
        label = f'model="gpt-{model}"'
        if family.kind == "counter":
            for status in ("200", "500"):
                yield f'{label},status="{status}"', _counter(count, random)
        elif family.kind == "plain counter":
            yield label, _counter(count, random)
        elif family.kind == "gauge":
            values = np.round(20 + 8 * random.standard_normal(count), 3)
            values[random.random(count) < 0.001] = np.nan
            yield label, ["NaN" if math.isnan(value) else value for value in values.tolist()]
        else:
            reset = int(random.integers(count))
            cumulative = np.cumsum(np.cumsum(random.poisson(2.0, (len(BOUNDS), count)), axis=0), axis=1)
            cumulative[:, reset:] -= cumulative[:, reset : reset + 1]
            for bound, row in zip(BOUNDS, cumulative.tolist(), strict=True):
                yield f'le="{bound}",{label}', row


def _counter(count: int, random: np.random.Generator) -> list[float]:
    values = np.cumsum(random.poisson(random.uniform(1, 40), count))
    for reset in random.integers(count, size=int(random.integers(4))).tolist():
        values[reset:] -= values[reset]
    return np.abs(values).tolist()
