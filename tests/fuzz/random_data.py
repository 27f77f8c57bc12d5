"""Random series for the fuzzer: every data set follows from its seed alone.

Counters with resets; gauges with NaN, infinities, negative, huge and tiny values; histograms with missing and with decreasing
buckets; gaps; series that begin late and end early; label sets that lack labels; times on an exact grid, with jitter, or at
random. A set with stale markers also has series that end by one and begin again.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from watchglass.model.labels import Labels
from watchglass.model.sample import STALE

Points = list[tuple[int, float]]

BASES = [
    1_700_000_000_000,  # divisible by few things
    86_400_000,  # the second day of all
    1_709_164_800_000 - 1_800_000,  # into 29 February 2024
    1_735_689_600_000 - 2_400_000,  # into 2025
]


@dataclass
class DataSet:
    """Series, and when they begin and end."""

    seed: int
    start_ms: int
    end_ms: int
    series: dict[Labels, Points]
    has_stale: bool


def data_set(seed: int) -> DataSet:
    """The data set of a seed. Odd seeds have stale markers, which only remote write carries."""
    return _Maker(seed).make()


class _Maker:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.pick = random.Random(seed)
        self.has_stale = bool(seed % 2)
        self.interval = self.pick.choice([10_000, 15_000, 15_000, 30_000, 60_000])
        self.count = self.pick.randint(60, 120)
        self.start = self.pick.choice(BASES) + self.pick.choice([0, 0, self.pick.randint(0, 60_000)])
        self.spacing = self.pick.choice(["exact", "exact", "jitter", "random", "mixed"])
        self.series: dict[Labels, Points] = {}

    def make(self) -> DataSet:
        self._counters()
        self._gauges()
        self._histograms()
        end = self.start + self.count * self.interval
        return DataSet(self.seed, self.start, end, self.series, self.has_stale)

    # --- times ------------------------------------------------------------------------------------------------------

    def _times(self) -> list[int]:
        spacing = self.spacing if self.spacing != "mixed" else self.pick.choice(["exact", "jitter", "random"])
        grid = [self.start + i * self.interval for i in range(self.count)]
        if spacing == "exact":
            shift = self.pick.choice([0, 0, 0, 1, -1, self.pick.randint(0, self.interval)])
            times = [at + shift for at in grid]
        elif spacing == "jitter":
            shift = self.pick.randint(0, self.interval)
            times = [at + shift + self.pick.randint(-40, 40) for at in grid]
        else:
            end = self.start + self.count * self.interval
            times = [self.pick.randint(self.start, end) for _ in grid]
        return self._holes(sorted(set(times)))

    def _holes(self, times: list[int]) -> list[int]:
        """Leave out single samples, a stretch, the beginning or the end."""
        kind, n = self.pick.random(), len(times)
        if kind < 0.3:
            times = [at for at in times if self.pick.random() > 0.05]
        if 0.2 < kind < 0.5:
            first = self.pick.randrange(n)
            times = times[:first] + times[first + self.pick.randint(5, 40) :]
        if 0.5 < kind < 0.6:
            times = times[self.pick.randrange(n // 2) :]
        if 0.6 < kind < 0.7:
            times = times[: self.pick.randint(1, n)]
        return times

    def _add(self, name: str, labels: dict[str, str], values: list[float], times: list[int] | None = None) -> None:
        points = list(zip(self._times() if times is None else times, values, strict=False))
        if self.has_stale and len(points) > 4 and self.pick.random() < 0.3:
            cut = self.pick.randrange(1, len(points))
            again = points[cut + self.pick.randint(1, 30) :] if self.pick.random() < 0.5 else []
            points = [*points[:cut], (points[cut][0], STALE), *again]
        if points:
            self.series[Labels.of({"__name__": name, **{k: v for k, v in labels.items() if v}})] = points

    # --- values -----------------------------------------------------------------------------------------------------

    def _counter(self) -> list[float]:
        whole, resets = self.pick.random() < 0.5, self.pick.choice([0, 0, 0.01, 0.05])
        value, values = self.pick.choice([0.0, 0.0, 5.0, 1e6, 1e15]), []
        for _ in range(self.count):
            if self.pick.random() < resets:
                value = self.pick.choice([0.0, 1.0, value / 2])
            step = self.pick.choice([0.0, self.pick.expovariate(0.3)])
            value += round(step) if whole else step
            values.append(float(value))
        return values

    def _counters(self) -> None:
        for name, share in (("requests_total", 0.8), ("errors_total", 0.5)):
            for job in ("api", "web", ""):
                for instance in ("i0", "i1", "i2", "i3"):
                    if self.pick.random() < share / (2 if not job else 1):
                        status = self.pick.choice(["200", "404", "500", ""])
                        self._add(name, {"job": job, "instance": instance, "status": status}, self._counter())

    def _gauges(self) -> None:
        noise = self.pick.choice([0.0, 0.0, 0.02, 0.1])
        for instance in ("i0", "i1", "i2", "i3"):
            for job in ("api", "web"):
                place = {"job": job, "instance": instance}
                self._add("depth", place, [self._or_nan(self.pick.gauss(20, 8), noise) for _ in range(self.count)])
                room = self.pick.choice(["r1", "r2", ""])
                self._add("temperature", place | {"room": room}, self._walk())
                if self.pick.random() < 0.7:
                    self._add("level", place, self._level())
            version = self.pick.choice(["0", "1"])
            self._add("build_info", {"instance": instance, "version": version, "job": "api"}, [1.0] * self.count)
            self._add("moment", {"instance": instance}, [self._moment() for _ in range(self.count)])
            self._add("extreme", {"instance": instance, "job": "web"}, [self._extreme() for _ in range(self.count)])
        length = self.pick.randint(1, self.count // 2)
        first = self.start + self.pick.randint(0, self.count // 2) * self.interval
        times = [first + i * self.interval for i in range(length)]
        self._add(
            "short_lived", {"job": self.pick.choice(["api", "web"])}, [float(i % 3) for i in range(length)], times
        )

    def _or_nan(self, value: float, share: float) -> float:
        return math.nan if self.pick.random() < share else value

    def _walk(self) -> list[float]:
        value, values = self.pick.uniform(-10, 10), []
        for _ in range(self.count):
            value += self.pick.gauss(0, 0.5)
            values.append(round(value, 2))
        return values

    def _level(self) -> list[float]:
        kind = self.pick.random()
        if kind < 0.2:
            return [self.pick.choice([0.0, -0.0, 3.0, 0.1])] * self.count
        if kind < 0.3:
            return [self.pick.choice([0.0, -0.0]) for _ in range(self.count)]
        return [float(self.pick.randint(-1, 4)) for _ in range(self.count)]

    def _moment(self) -> float:
        whole = self.pick.choice(
            [self.pick.randint(-(10**9), 2 * 10**9), self.pick.randint(-90_000, 90_000), self.start // 1000]
        )
        return float(whole) + self.pick.choice([0.0, 0.0, 0.5, 0.999])

    def _extreme(self) -> float:
        ordinary = self.pick.gauss(0, 1)
        return self.pick.choice(
            [
                ordinary,
                ordinary * 1e9,
                ordinary * 1e-9,
                math.inf,
                -math.inf,
                math.nan,
                ordinary * 1e150,
                ordinary * 1e-150,
                1e308,
                5e-324,
            ]
        )

    def _histograms(self) -> None:
        for instance in ("i0", "i1", "i2"):
            times = self._times()
            bounds = ["0.1", "0.5", "1", "2.5", "10", "+Inf"]
            damage = self.pick.random()
            if damage < 0.15:
                bounds.remove("+Inf")
            elif damage < 0.4:
                bounds.remove(self.pick.choice(bounds[:-1]))
            place = {"instance": instance, "job": self.pick.choice(["api", "api", "web", ""])}
            steps = [[self.pick.randint(0, 3) for _ in bounds] for _ in range(self.count)]
            total, counts, rows = 0.0, [0] * len(bounds), []
            for step in steps:
                counts = [count + sum(step[: i + 1]) for i, count in enumerate(counts)]
                total += self.pick.expovariate(1)
                rows.append(counts)
            wobble = self.pick.random() < 0.3
            for i, bound in enumerate(bounds):
                values = [float(row[i] - (self.pick.randint(0, 4) if wobble else 0)) for row in rows]
                self._add(
                    "latency_seconds_bucket", place | {"le": bound}, values, times if self.pick.random() < 0.8 else None
                )
            self._add("latency_seconds_count", place, [float(row[-1]) for row in rows], times)
            self._add("latency_seconds_sum", place, [total * (i + 1) for i in range(len(rows))], times)
        for bound in ("-1", "0", "1e1", "0x10", "inf", "x", "", "1_000", " 5", "1e400", ".5", "5.0"):
            if self.pick.random() < 0.4:
                self._add("odd_bucket", {"instance": "i0", "le": bound}, self._counter())
