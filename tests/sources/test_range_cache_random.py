"""Random operations on a real store: through the range cache every answer is, bit for bit, the one without it.

Samples come in order, late, by import, and end by stale markers; pages are sealed, blocks merged and retired; dashboards refresh.
Queries are those of the fuzzer and some that dashboards ask.
"""

import random

import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from random_queries import Scene, Writer

from watchglass.clock import ManualClock
from watchglass.errors import QueryError
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE
from watchglass.promql.engine import Engine
from watchglass.promql.render import render_json
from watchglass.sources.range_cache import CachedSource, RangeCache
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

MINUTE_MS = 60_000
SCRAPE_MS = 15_000
START_MS = 1_700_000_000_000 - 1_700_000_000_000 % MINUTE_MS  # so that scrapes are steps
QUERIES = [
    "depth", "sum by (job) (rate(requests_total[1m]))", "avg(depth)", "max_over_time(depth[5m])", "topk(2, depth)", "depth > 10",
    "sum(rate(requests_total[5m])) / sum(depth)", "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[2m])))",
    "avg_over_time(sum(depth)[5m:30s])", "depth offset 2m", "depth offset -1m", "depth or requests_total", "absent(short_lived)",
    "stddev_over_time(depth[3m])", "deriv(temperature[4m])", "quantile_over_time(0.5, depth[10m])", "count_values('v', level)",
    "depth @ end()", "resets(requests_total[5m])", "label_replace(depth, 'x', '$1', 'instance', '(.*)')", "sum_over_time(depth[2m])",
]  # fmt: skip
NAMES = ["requests_total", "depth", "temperature", "level", "short_lived", "latency_seconds_bucket"]


class Machine:
    """A store, its engine with and without a cache, and a random choice of what to do next."""

    def __init__(self, path, seed):
        self.pick = random.Random(seed)
        self.clock = ManualClock(START_MS)
        options = StoreOptions(
            maintenance_thread=False, commit_interval_ms=0, retention_ms=25 * MINUTE_MS, page_age_ms=10 * MINUTE_MS,
            out_of_order_window_ms=10 * MINUTE_MS, compaction_delay_ms=MINUTE_MS,
        )  # fmt: skip
        self.store = MetricStore(path, options, self.clock)
        self.engine = Engine(self.store)
        self.registry = CollectorRegistry()
        small = self.pick.random() < 0.2
        cache = RangeCache(20_000 if small else 1 << 22, self.registry)
        self.cached = CachedSource(self.engine, "embedded", self.store.changes, cache)
        self.series = [self._labels(name, number) for name in NAMES for number in range(4)]
        self.ended: set[Labels] = set()
        writer = Writer(seed, Scene(START_MS, START_MS + 90 * MINUTE_MS))
        self.panels = [self._panel(query) for query in [*QUERIES, *(writer.query() for _ in range(10))]]

    def _labels(self, name, number):
        le = {"le": ["0.1", "1", "10", "+Inf"][number]} if name.endswith("_bucket") else {"instance": f"i{number}"}
        return Labels.of({"__name__": name, "job": self.pick.choice(["api", "web"]), **le})

    def _panel(self, query):
        step = self.pick.choice([SCRAPE_MS, SCRAPE_MS, MINUTE_MS, 7_000])
        return query, step * self.pick.choice([5, 20, 60]), step

    # --- what may happen --------------------------------------------------------------------------------------------

    def scrape(self):
        """Some scrapes, in which series begin and end."""
        for _ in range(self.pick.randint(1, 8)):
            self.clock.advance(SCRAPE_MS)
            chosen = [each for each in self.series if self.pick.random() < 0.8]
            self._append(chosen, [self.clock.now_ms()] * len(chosen))

    def _append(self, chosen, times):
        if chosen:
            refs = np.array([self.store.series_ref(each) for each in chosen], np.uint32)
            values = np.array([self._value(each) for each in chosen])
            self.store.append(Batch(refs, values, np.array(times, np.int64))).result(10)

    def _value(self, labels):
        if self.pick.random() < 0.03:
            return STALE
        if labels.name.endswith(("_total", "_bucket")):
            return float((self.clock.now_ms() - START_MS) // 1000 % self.pick.choice([1000, 100_000]))
        return self.pick.choice([float(self.pick.randint(0, 20)), self.pick.gauss(10, 5), float("nan")])

    def late(self):
        """Samples from up to a quarter of an hour ago, some of them too late."""
        chosen = self.pick.sample(self.series, self.pick.randint(1, 8))
        grain = self.pick.choice([1, SCRAPE_MS])
        times = [self.clock.now_ms() - self.pick.randint(0, 15 * MINUTE_MS) for _ in chosen]
        self._append(chosen, [at - at % grain for at in times])

    def backfill(self):
        """An import of older samples, of series that are known and of new ones."""
        fresh = self._labels(self.pick.choice(NAMES), self.pick.randrange(4)).without("job")
        columns = []
        for labels in [fresh, *self.pick.sample(self.series, 2)]:
            first = self.clock.now_ms() - self.pick.randint(MINUTE_MS, 80 * MINUTE_MS)
            times = first + np.arange(self.pick.randint(1, 40)) * SCRAPE_MS
            times = times[times <= self.clock.now_ms()]
            columns.append((labels, times, np.array([self._value(labels) for _ in times])))
        self.store.import_samples(columns)

    def maintain(self):
        """Sealing, compaction, retention."""
        self.clock.advance(self.pick.choice([0, 0, MINUTE_MS, 12 * MINUTE_MS, 12 * MINUTE_MS, 40 * MINUTE_MS]))
        self.store.tick(self.clock.now_ms())

    def refresh(self):
        """Some panels are drawn anew."""
        for query, span, step in self.pick.sample(self.panels, 10):
            end = self.clock.now_ms() - self.pick.choice([0, 0, 0, step, 30 * step])
            end -= end % step if self.pick.random() < 0.8 else 0
            self.check(query, end - span * self.pick.choice([1, 1, 1, 2]), end, step)

    def check(self, query, start, end, step):
        """The same answer, or the same error, with the cache and without it; and no annotation gets lost."""
        through, direct = (self._outcome(source, query, start, end, step) for source in (self.cached, self.engine))
        assert through[:2] == direct[:2], f"{query} from {start} to {end} by {step}"
        assert through[2] >= direct[2], f"{query} from {start} to {end} by {step}"

    @staticmethod
    def _outcome(source, query, start, end, step):
        try:
            result = source.range(query, start, end, step)
        except QueryError as error:
            return error.kind, str(error), set()
        # Where and how often something was seen is told by each part of a range that was computed by itself.
        kinds = {text.partition(", from buckets")[0] for text in (*result.warnings, *result.infos)}
        return render_json(result), result.grid, kinds

    def outcomes(self):
        samples = (sample for family in self.registry.collect() for sample in family.samples)
        return {s.labels["outcome"]: s.value for s in samples if s.name == "watchglass_query_cache_queries_total"}


@pytest.mark.parametrize("seed", range(5))
def test_through_the_cache_nothing_is_different(tmp_path, seed):
    machine = Machine(tmp_path, seed)
    acts = {machine.scrape: 6, machine.refresh: 8, machine.late: 3, machine.backfill: 0.5, machine.maintain: 1}
    try:
        for _ in range(80):
            machine.pick.choices(list(acts), list(acts.values()))[0]()
        counts = machine.outcomes()
        assert counts.get("partial", 0) + counts.get("hit", 0) > 5, f"the cache was of little use: {counts}"
    finally:
        machine.store.close()
