"""The store against a dictionary: any sequence of appends, gaps, ends, restarts and ticks gives the same samples."""

import math
import shutil
import tempfile

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support import FOREVER, START_MS, any_series, append, bits_of, contents, opened

from watchglass.clock import ManualClock
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE

SERIES = 12
GROUPS = ("a", "b", "")
INTERVAL_MS = 15_000


def labels_of(number):
    return Labels.of(__name__=f"m{number % 3}", i=str(number))


class StoreMachine(RuleBasedStateMachine):
    """Rules act on the store and on `self.model`; `self.model[i]` is {time: bits}."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp()

    @initialize(window_ms=st.sampled_from([0, 600_000]))
    def begin(self, window_ms):
        self.options = {"out_of_order_window_ms": window_ms, "retention_ms": 0}
        self.clock = ManualClock(START_MS)
        self.model = {number: {} for number in range(SERIES)}
        self.appended_ms = {}  # newest appended sample, which imports do not move
        self.newest_ms = 0
        self.restarted = False
        self._open()

    def _open(self):
        self.store = opened(self.folder, self.clock, **self.options)
        self.groups = {key: self.store.open_group(key) if key else 0 for key in GROUPS}

    def _append(self, key, numbers, value, time_ms):
        refs = [self.store.series_ref(labels_of(number)) for number in numbers]
        values = [value + number for number in numbers] if not math.isnan(value) else [value] * len(numbers)
        result = append(self.store, refs, values, time_ms, self.groups[key])
        times = [time_ms] * len(numbers) if isinstance(time_ms, int) else time_ms.tolist()
        expected = [self._accept(*each) for each in zip(numbers, times, values, strict=True)]
        self.newest_ms = max([self.newest_ms, *(t for t, kind in zip(times, expected, strict=True) if kind == "new")])
        taken, again = sum(kind in ("new", "late") for kind in expected), expected.count("same")
        assert (result.out_of_order, result.unknown) == (expected.count("old"), 0)
        assert result.appended + result.duplicate == len(expected) - expected.count("old")
        # After a restart the value of a sealed newest sample is not known: its repetition counts as a duplicate.
        assert result.appended == taken + again or (self.restarted and taken <= result.appended <= taken + again)

    def _accept(self, number, time_ms, value):
        samples, newest = self.model[number], self.appended_ms.get(number, -1)
        bits = bits_of(value)
        if time_ms > newest:
            self.appended_ms[number] = time_ms
            samples[time_ms] = bits
            return "new"
        if time_ms == newest:
            return "same" if samples.get(time_ms) == bits else "dup"
        if (
            self.options["out_of_order_window_ms"]
            and time_ms >= self.newest_ms - self.options["out_of_order_window_ms"]
        ):
            samples.setdefault(time_ms, bits)
            return "late"
        return "old"

    @rule(
        key=st.sampled_from(GROUPS),
        numbers=st.sets(st.integers(0, SERIES - 1), min_size=1).map(sorted),
        value=st.integers(0, 1000).map(float) | st.just(float("nan")) | st.just(STALE),
        scrapes=st.integers(1, 140),
    )
    def scrape(self, key, numbers, value, scrapes):
        for turn in range(scrapes):
            self.clock.advance(INTERVAL_MS)
            self._append(key, numbers, value if math.isnan(value) else value + turn, self.clock.now_ms())

    @rule(
        key=st.sampled_from(GROUPS),
        number=st.integers(0, SERIES - 1),
        ages_ms=st.lists(st.integers(-1000, 700_000), min_size=1, max_size=4),
    )
    def push_with_own_times(self, key, number, ages_ms):
        for age_ms in ages_ms:
            times = np.array([self.clock.now_ms() - age_ms], np.int64)
            self._append(key, [number], float(age_ms), times)

    @rule(key=st.sampled_from(GROUPS), numbers=st.sets(st.integers(0, SERIES - 1), min_size=1).map(sorted))
    def end(self, key, numbers):
        self.clock.advance(1)
        self._append(key, numbers, STALE, self.clock.now_ms())

    @rule(key=st.sampled_from(GROUPS[:2]))
    def close_group(self, key):
        self.store.close_group(self.groups[key])
        self.groups[key] = self.store.open_group(key)

    @rule(minutes=st.sampled_from([1, 30, 121, 300, 1500]))
    def pass_time(self, minutes):
        self.clock.advance(minutes * 60_000)
        self.store.tick(self.clock.now_ms())

    @rule(number=st.integers(0, SERIES - 1), start=st.integers(-200, 200), count=st.integers(1, 300))
    def import_old(self, number, start, count):
        times = START_MS + (start + np.arange(count, dtype=np.int64)) * INTERVAL_MS
        values = np.arange(count) / 2
        self.store.import_samples([(labels_of(number), times, values), (labels_of(number), times[:1], values[:1] + 9)])
        for time_ms, value in zip(times.tolist(), values.tolist(), strict=True):
            self.imported.setdefault(number, {}).setdefault(time_ms, bits_of(value))

    @initialize()
    def no_imports(self):
        self.imported = {}

    @rule()
    def restart(self):
        self.store.close()
        self._reopen(self.folder)

    @rule()
    def crash(self):
        """Go on from a copy of the files as they are, as after kill -9."""
        self.store.flush()
        copy = tempfile.mkdtemp()
        with self.store._core.writer._lock:
            shutil.copytree(self.folder, copy, dirs_exist_ok=True)
        self.store.close()
        shutil.rmtree(self.folder)
        self.folder = copy
        self._reopen(copy)

    def _reopen(self, folder):
        self._open()
        assert self.store.damage == []
        self.restarted = True
        # Nor is it known whether a series had a gap at the end of its newest block: then that block's end counts.
        for number, samples in self.model.items():
            slot = int(
                self.store._core.head.slots.find(np.array([self.store.series_ref(labels_of(number))], np.uint32))[0]
            )
            if slot >= 0 and samples:
                assert self.store._core.head.slots.last_ms[slot] >= self.appended_ms[number]
                self.appended_ms[number] = int(self.store._core.head.slots.last_ms[slot])

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def same_samples(self):
        expected = {}
        for number in range(SERIES):
            samples = self.imported.get(number, {}) | self.model[number]
            if samples:
                expected[labels_of(number)] = sorted(samples.items())
        assert contents(self.store.select(any_series(), *FOREVER)) == expected
        assert self.store.damage == []
        middle = START_MS + 900_000
        inside = {row: kept for row, all_ in expected.items() if (kept := [s for s in all_ if s[0] >= middle])}
        assert contents(self.store.select(any_series(), middle, FOREVER[1])) == inside

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.folder)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
