"""Refreshed range queries through the cache, beside the same queries without it, on a real store."""

from dataclasses import replace

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from watchglass.clock import ManualClock
from watchglass.columns import LabelColumn, LabelTable
from watchglass.errors import QueryError
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import Engine, EngineOptions, QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.promql.render import render_json
from watchglass.promql.value import Vector
from watchglass.sources.freshness import Settled
from watchglass.sources.range_cache import CachedSource, Entry, Key, RangeCache
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

START_MS = 1_700_000_000_000 - 1_700_000_000_000 % 60_000
STEP_MS = 15_000
QUERY = "sum by (job) (rate(a_total[1m]))"


class Bench:
    """A store, and its engine with and without a cache."""

    def __init__(self, path, max_bytes=1 << 20):
        options = StoreOptions(maintenance_thread=False, commit_interval_ms=0, out_of_order_window_ms=86_400_000)
        self.store = MetricStore(path, options, ManualClock(START_MS))
        self.engine = Engine(self.store, EngineOptions())
        self.registry = CollectorRegistry()
        self.cache = RangeCache(max_bytes, self.registry)
        self.cached = CachedSource(self.engine, "embedded", self.store.changes, self.cache)

    def scrape(self, at_ms, value, *series):
        refs = np.array([self.store.series_ref(Labels.of(each)) for each in series], np.uint32)
        values = np.full(len(refs), float(value))
        assert self.store.append(Batch(refs, values, at_ms)).result(10).appended == len(series)

    def same(self, query, start_ms, end_ms, step_ms=STEP_MS):
        """Ask both; the outcome of the cache."""
        before = self.outcomes()
        through = self.cached.range(query, start_ms, end_ms, step_ms)
        direct = self.engine.range(query, start_ms, end_ms, step_ms)
        assert render_json(through) == render_json(direct)
        assert through.grid == direct.grid
        return next(name for name, count in self.outcomes().items() if count > before.get(name, 0))

    def outcomes(self):
        return self._values("watchglass_query_cache_queries_total", "outcome")

    def steps(self):
        return self._values("watchglass_query_cache_steps_total", "origin")

    def _values(self, name, label):
        samples = (sample for family in self.registry.collect() for sample in family.samples)
        return {sample.labels[label]: sample.value for sample in samples if sample.name == name and sample.value}


A = {"__name__": "a_total", "job": "x"}
B = {"__name__": "a_total", "job": "y"}


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    for turn in range(40):
        bench.scrape(START_MS + turn * STEP_MS, turn, A)
    yield bench
    bench.store.close()


END_MS = START_MS + 39 * STEP_MS


def test_a_refresh_computes_the_new_steps_only(bench):
    assert bench.same(QUERY, START_MS, END_MS) == "miss"
    bench.scrape(END_MS + STEP_MS, 40, A)

    assert bench.same(QUERY, START_MS + STEP_MS, END_MS + STEP_MS) == "partial"
    assert bench.steps() == {"kept": 39, "computed": 41}


def test_every_outcome_has_a_series_before_it_is_seen(bench):
    exposed = generate_latest(bench.registry).decode()
    for outcome in ("hit", "partial", "miss", "bypass"):
        assert f'watchglass_query_cache_queries_total{{outcome="{outcome}"}} 0.0' in exposed


def test_the_same_range_again_is_a_hit(bench):
    bench.same(QUERY, START_MS, END_MS)

    assert bench.same(QUERY, START_MS, END_MS) == "hit"
    assert bench.same(QUERY, START_MS + 5 * STEP_MS, END_MS - STEP_MS) == "hit"


def test_a_late_sample_makes_later_steps_new(bench):
    bench.same(QUERY, START_MS, END_MS)
    bench.scrape(END_MS - 10 * STEP_MS + 1, 1000, A)

    assert bench.same(QUERY, START_MS, END_MS) == "partial"
    assert bench.steps()["kept"] == 30


def test_backfill_makes_all_later_steps_new(bench):
    bench.same(QUERY, START_MS, END_MS)
    times = START_MS + np.arange(3) * STEP_MS
    bench.store.import_samples([(Labels.of(B), times, np.array([1.0, 5.0, 9.0]))])

    assert bench.same(QUERY, START_MS, END_MS) == "miss"


def test_a_series_that_appears_takes_its_place_in_the_order(bench):
    bench.same(QUERY, START_MS, END_MS)
    early = {"__name__": "a_total", "job": "a"}
    for turn in range(1, 9):
        bench.scrape(END_MS + turn * STEP_MS, turn, A, early)

    assert bench.same(QUERY, START_MS, END_MS + 8 * STEP_MS) == "partial"
    assert bench.same("a_total", START_MS, END_MS + 8 * STEP_MS) == "miss"


def test_a_series_that_left_the_range_is_gone(bench):
    for turn in range(40, 80):
        bench.scrape(START_MS + turn * STEP_MS, turn, B)
    first = START_MS + 30 * STEP_MS
    bench.same("a_total", first, first + 20 * STEP_MS)
    late = START_MS + 75 * STEP_MS

    for turn in range(9):
        assert bench.same("a_total", first + 5 * turn * STEP_MS, first + (20 + 5 * turn) * STEP_MS) in {
            "partial",
            "hit",
        }
    assert bench.same("a_total", late, late + STEP_MS) == "hit"
    assert bench.cached.range("a_total", late, late + STEP_MS, STEP_MS).data.size == 1


def test_older_steps_are_computed_when_the_range_grows(bench):
    bench.same(QUERY, START_MS + 20 * STEP_MS, END_MS)

    assert bench.same(QUERY, START_MS, END_MS) == "partial"
    assert bench.same(QUERY, START_MS, END_MS) == "hit"


def test_a_short_range_beside_a_long_one_leaves_its_steps(bench):
    bench.same(QUERY, START_MS, END_MS)
    bench.scrape(END_MS + STEP_MS, 40, A)
    assert bench.same(QUERY, END_MS - 3 * STEP_MS, END_MS + STEP_MS) == "partial"

    assert bench.same(QUERY, START_MS + STEP_MS, END_MS + STEP_MS) == "hit"


def test_steps_between_that_nobody_asked_for_are_not_computed(bench):
    bench.same(QUERY, START_MS, END_MS)
    later = END_MS + 20 * STEP_MS

    assert bench.same(QUERY, later, later + 3 * STEP_MS) == "miss"
    assert bench.steps()["computed"] == 40 + 4


def test_a_late_sample_far_back_costs_a_short_range_nothing_more(bench):
    bench.same(QUERY, START_MS, END_MS)
    bench.scrape(START_MS + 3 * STEP_MS + 1, 1000, A)

    assert bench.same(QUERY, END_MS - 3 * STEP_MS, END_MS) == "miss"
    assert bench.steps()["computed"] == 40 + 4


def test_joining_draws_on_the_memory_of_queries(bench):
    bench.same(QUERY, START_MS, END_MS)
    bench.scrape(END_MS + STEP_MS, 40, A)
    share = MemoryPool(1 << 30).share()
    with using(share):
        bench.cached.range(QUERY, START_MS, END_MS + STEP_MS, STEP_MS)

    assert share.peak_bytes > 0


def test_another_phase_or_step_is_another_entry(bench):
    bench.same(QUERY, START_MS, END_MS)

    assert bench.same(QUERY, START_MS + 1, END_MS) == "miss"
    assert bench.same(QUERY, START_MS, END_MS, 30_000) == "miss"


def test_a_range_far_away_takes_the_place(bench):
    bench.same(QUERY, START_MS, END_MS)
    far = START_MS - 1000 * STEP_MS

    assert bench.same(QUERY, far, far + 10 * STEP_MS) == "miss"
    assert bench.same(QUERY, far, far + 10 * STEP_MS) == "hit"


def test_what_looks_at_the_whole_range_goes_past_the_cache(bench):
    for _ in range(2):
        assert bench.same("a_total @ end()", START_MS, END_MS) == "bypass"
    assert bench.cache.size_bytes == 0


def test_errors_are_the_source_s_own_and_not_kept(bench):
    bench.same(QUERY, START_MS, END_MS)
    for query in ("a_total[5m]", "sum(", QUERY):
        with pytest.raises(QueryError) as through:
            bench.cached.range(query, START_MS, END_MS, STEP_MS if query != QUERY else 0)
        with pytest.raises(QueryError) as direct:
            bench.engine.range(query, START_MS, END_MS, STEP_MS if query != QUERY else 0)
        assert str(through.value) == str(direct.value)
    with pytest.raises(QueryError, match="maximum resolution"):
        bench.cached.range(QUERY, START_MS, START_MS + 20_000, 1)
    with pytest.raises(QueryError, match="before start"):
        bench.cached.range(QUERY, END_MS, START_MS, STEP_MS)


def test_warnings_of_kept_steps_stay(bench):
    query = "rate(gauge[1m])"
    for turn in range(8):
        bench.scrape(END_MS + turn * STEP_MS, turn, {"__name__": "gauge"})
    first = bench.cached.range(query, START_MS, END_MS + 6 * STEP_MS, STEP_MS)
    second = bench.cached.range(query, START_MS, END_MS + 7 * STEP_MS, STEP_MS)

    assert first.infos == second.infos
    assert len(first.infos) == 1


def test_the_cache_keeps_to_its_size(tmp_path):
    bench = Bench(tmp_path, max_bytes=10_000)
    for turn in range(40):
        bench.scrape(START_MS + turn * STEP_MS, turn, A, B)
    for window in range(1, 20):
        bench.same(f"rate(a_total[{window}m])", START_MS, END_MS)
        assert 0 < bench.cache.size_bytes <= 10_000
    bench.store.close()


def test_without_memory_nothing_is_kept(tmp_path):
    bench = Bench(tmp_path, max_bytes=0)
    bench.scrape(START_MS, 1, A)
    for _ in range(2):
        assert bench.same("a_total", START_MS, START_MS) == "miss"
    assert bench.cache.size_bytes == 0
    bench.store.close()


def test_of_another_server_only_settled_steps_are_kept(bench):
    clock = ManualClock(END_MS)
    cached = CachedSource(bench.engine, "far", Settled(clock, 60_000), bench.cache)
    cached.range(QUERY, START_MS, END_MS, STEP_MS)
    clock.advance(STEP_MS)
    cached.range(QUERY, START_MS, END_MS + STEP_MS, STEP_MS)

    # of 40 steps those up to a minute before the end count as settled, less the one just there
    assert bench.steps() == {"kept": 35, "computed": 40 + 6}


def test_sources_do_not_see_each_other_s_entries(bench):
    other = CachedSource(bench.engine, "other", bench.store.changes, bench.cache)
    bench.same(QUERY, START_MS, END_MS)
    other.range(QUERY, START_MS, END_MS, STEP_MS)

    assert bench.outcomes() == {"miss": 2}


def test_an_instant_query_goes_through(bench):
    assert bench.cached.instant("a_total", END_MS).data.values.tolist() == [[39.0]]


class Elsewhere:
    """A server elsewhere that answers with what a test says."""

    def __init__(self, engine):
        self.engine, self.shift_ms, self.warnings = engine, 0, ()

    def range(self, query, start_ms, end_ms, step_ms, **_):
        result = self.engine.range(query, start_ms - self.shift_ms, end_ms - self.shift_ms, step_ms)
        return replace(result, warnings=self.warnings)


def test_steps_that_a_server_has_moved_are_not_kept(bench):
    there = Elsewhere(bench.engine)
    cached = CachedSource(there, "there", Settled(ManualClock(END_MS + 3_600_000), 60_000), bench.cache)
    there.shift_ms = 5_000

    for _ in range(2):
        assert cached.range(QUERY, START_MS, END_MS, STEP_MS).grid.start_ms == START_MS - 5_000
    there.shift_ms = 0
    assert cached.range(QUERY, START_MS, END_MS, STEP_MS).grid.start_ms == START_MS
    there.shift_ms = 5_000
    later = cached.range(QUERY, START_MS, END_MS + 10 * STEP_MS, STEP_MS)
    assert later.grid.start_ms == START_MS - 5_000
    assert bench.outcomes() == {"miss": 3, "bypass": 1}


def test_an_answer_that_may_lack_something_is_not_kept(bench):
    there = Elsewhere(bench.engine)
    settled = Settled(ManualClock(END_MS + 3_600_000), 60_000)
    cached = CachedSource(there, "there", settled, bench.cache, keeps_warned=False)

    there.warnings = ("partial",)
    cached.range(QUERY, START_MS, END_MS, STEP_MS)
    there.warnings = ()
    cached.range(QUERY, START_MS, END_MS, STEP_MS)
    cached.range(QUERY, START_MS, END_MS, STEP_MS)
    assert bench.outcomes() == {"miss": 2, "hit": 1}


def made_entry(series, cost_s):
    labels = LabelTable(series, {"s": LabelColumn(np.arange(1, series + 1), ["", *map(str, range(series))])})
    vector = Vector(labels, np.zeros((series, 100)), np.ones((series, 100), bool))
    return Entry(QueryResult(ValueType.MATRIX, vector, Grid(0, 1000, 100)), 0, cost_s)


def key(name):
    return Key("", name, 1000, 0, None)


def test_what_saves_most_for_its_size_survives_a_scan_of_what_saves_little():
    cache = RangeCache(10 * made_entry(50, 0.1).size_bytes)
    cache.put(key("dear"), made_entry(1, 0.5))
    for number in range(1000):
        cache.put(key(f"large {number}"), made_entry(50, 0.1))
        assert number % 20 or cache.get(key("dear")) is not None
    assert cache.get(key("large 0")) is None
    for number in range(1000):  # who was not asked for in so long goes as well
        cache.put(key(f"large {number}"), made_entry(50, 0.1))
    assert cache.get(key("dear")) is None


def test_of_equals_the_least_recently_used_is_dropped():
    cache = RangeCache(int(2.5 * made_entry(50, 0.1).size_bytes))
    for name in ("first", "second"):
        cache.put(key(name), made_entry(50, 0.1))
    cache.get(key("first"))
    cache.put(key("third"), made_entry(50, 0.1))
    assert [cache.get(key(name)) is not None for name in ("first", "second", "third")] == [True, False, True]
