"""The three mappings: what a method of one's own may do with them, from threads, and with any number of keys."""

from __future__ import annotations

import math
import subprocess
import sys
import threading

import pytest

from watchglass.sdk.dinoair.histogram import BoundedHistogram
from watchglass.sdk.dinoair.state import declared_metrics
from watchglass.sdk.dinoair.tables import Tables


@pytest.fixture
def tables():
    return Tables(declared_metrics())


def exposed(tables: Tables) -> dict[str, float]:
    return {
        f"{sample.name}{dict(sample.labels) or ''}": sample.value
        for family in tables.families()
        for sample in family.samples
    }


def test_a_missing_key_counts_from_zero(tables):
    tables.counters["hits_total"] += 1
    tables.counters["hits_total"] += 2.5
    tables.gauges["level"] -= 4

    assert tables.counters["hits_total"] == 3.5
    assert exposed(tables) == {"dinoair_custom_hits_total": 3.5, "dinoair_custom_level": -4.0}


def test_reading_makes_no_key(tables):
    assert tables.counters["never_total"] == 0
    assert tables.counters.get("never_total", 7) == 7
    assert tables.counters.get("nor_this_total") is None
    assert "never_total" not in tables.counters
    assert (list(tables.counters), len(tables.counters), exposed(tables)) == ([], 0, {})


def test_values_are_numbers_like_any_other(tables):
    tables.counters["a_total"] += 6
    value = tables.counters["a_total"]
    value += 10

    assert value == 16
    assert tables.counters["a_total"] == 6, "a sum that nobody writes back is none"
    tables.gauges["share"] = tables.counters["a_total"] / 4
    tables.gauges["same"] = tables.gauges["share"]
    assert dict(tables.gauges) == {"share": 1.5, "same": 1.5}


def test_a_sum_that_is_built_up_is_written_back_whole(tables):
    value = tables.counters["a_total"]
    value += 1
    tables.counters["a_total"] += 5
    value += 1
    tables.counters["a_total"] = value

    assert tables.counters["a_total"] == 7, "what came between is not lost"


def test_a_counter_only_grows(tables):
    tables.counters["a_total"] = 3
    with pytest.raises(ValueError, match='"a_total" is a counter, which only grows; got -1'):
        tables.counters["a_total"] -= 1
    assert tables.counters["a_total"] == 3


def test_threads_lose_nothing(tables):
    def count():
        for number in range(5000):
            tables.counters["hits_total"] += 1
            tables.gauges["level"] += 1
            if "times" not in tables.histograms:
                tables.histograms["times"] = []
            tables.histograms["times"].append(number / 5000)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tables.counters["hits_total"] == tables.gauges["level"] == 40_000
    assert tables.histograms["times"].total == 40_000


def test_a_histogram_is_a_list_of_the_last_values(tables):
    tables.histograms["times"] = [0.5, 0.25]
    tables.histograms["times"] += [3]
    values = tables.histograms["times"]
    values.extend(range(200))

    assert (len(values), values[-1], values[-2:], max(values)) == (100, 199.0, [198.0, 199.0], 199.0)
    assert (values.total, values.sum) == (203, 0.5 + 0.25 + 3 + sum(range(200)))
    assert exposed(tables)["dinoair_custom_times_bucket{'le': '0.5'}"] == 3  # 0.25, 0.5 and 0


def test_an_empty_list_takes_nothing_from_a_histogram(tables):
    tables.histograms["times"] = []
    assert "times" in tables.histograms
    tables.histograms["times"].append(1)
    tables.histograms["times"] = []
    assert list(tables.histograms["times"]) == [1.0]


def test_what_is_no_number_does_not_spoil_a_sum():
    histogram = BoundedHistogram((1, 2))
    histogram.extend([1, math.nan, math.inf, 2.5])

    assert (histogram.total, histogram.sum, list(histogram)) == (2, 3.5, [1.0, 2.5])
    assert list(histogram.cumulative()) == [(1, 1), (2, 1), (math.inf, 2)]


def test_keys_may_have_labels(tables):
    tables.counters['runs_total{kind="a \\"b\\"", at="x"}'] += 1
    tables.counters['runs_total{at="x",kind="a \\"b\\""}'] += 1

    assert list(tables.counters) == ['runs_total{at="x",kind="a \\"b\\""}']
    assert exposed(tables) == {"dinoair_custom_runs_total{'at': 'x', 'kind': 'a \"b\"'}": 2.0}
    with pytest.raises(ValueError, match="in braces"):
        tables.counters["runs_total{kind=a}"] += 1


def test_characters_that_no_name_has_become_underscores(tables):
    tables.counters["cache_my op-1_total"] += 1
    assert "cache_my op-1_total" in tables.counters
    assert exposed(tables) == {"dinoair_custom_cache_my_op_1_total": 1.0}


def test_a_name_has_one_type(tables):
    tables.histograms["times"] = [1]
    with pytest.raises(ValueError, match='"times" is a histogram, no gauge'):
        tables.gauges["times"] = 1
    with pytest.raises(ValueError, match='"times_sum"'):
        tables.counters["times_sum"] += 1
    with pytest.raises(ValueError, match='"api_requests_total" is a counter, no gauge'):
        tables.gauges["api_requests_total"] = 1


def test_series_and_names_beyond_the_limits_share_one():
    tables = Tables(most_series=2, most_names=2)
    for number in range(5):
        tables.counters[f'a_total{{n="{number}"}}'] += 1
        tables.gauges[f"level_{number}"] += 1

    assert dict(tables.counters) == {'a_total{n="0"}': 1, 'a_total{n="1"}': 1, 'a_total{n="other"}': 3}
    assert dict(tables.gauges) == {"level_0": 1, "overflow_gauge": 4}


MILLION = """
import gc, os
from watchglass.sdk.dinoair.custom_metrics import CustomMetricsRegistry
from watchglass.sdk.dinoair.state import State

registry = CustomMetricsRegistry(State())

def record(first, last):
    for number in range(first, last):
        user, kind = f"user-{number}", number % 5
        if kind == 0:
            registry.record_api_request(user, f"/users/{number}", 0.1, 500 if number % 7 else 200, "POST")
        elif kind == 1:
            registry.record_model_generation(user, 1.5, number % 3 == 0, number % 900, 20)
        elif kind == 2:
            registry.record_error(user, "m" * 2000, user)
        elif kind == 3:
            registry.start_user_session(user, "Mozilla/5.0")
        else:
            registry.counters[f"{user}_total"] += 1
            registry.histograms["times"].append(number)
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

empty = record(0, 0)
print(record(0, 125_000) - empty, record(125_000, 1_000_000) - empty)
print(len(registry.state.recent_errors), registry.state.sessions.count(0), len(registry.histograms["times"]))
"""


@pytest.mark.slow
def test_a_million_events_each_with_a_name_of_its_own_keep_memory_bounded():
    """An eighth of them is measured first: what grows with events would grow eightfold."""
    ran = subprocess.run([sys.executable, "-c", MILLION], capture_output=True, text=True, check=True)
    first, last, errors, sessions, kept = map(int, ran.stdout.split())

    assert last < first + 8_000_000
    assert last < 64_000_000
    assert (errors, sessions, kept) == (100, 10_000, 100)
