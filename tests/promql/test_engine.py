"""The engine's frame: kinds of query, limits, cancelling, metrics, and what it asks of a store."""

import threading
import time

import numpy as np
import pytest
from memory import MemoryQueryable
from prometheus_client import CollectorRegistry

from watchglass.errors import QueryError, QueryLimitError, QuerySyntaxError, QueryTimeoutError
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import BadQueryError, Engine, EngineOptions
from watchglass.promql.limits import QueryCanceledError
from watchglass.promql.value import RangeVector, Scalar, Text, Vector

SERIES = {
    (("__name__", "m_total"), ("i", str(i))): [(15_000 * t, float(t * (i + 1))) for t in range(80)] for i in range(3)
}


class Asked(MemoryQueryable):
    """Remembers the ranges that were asked for."""

    def __init__(self):
        super().__init__(SERIES)
        self.ranges = []

    def select(self, matchers, start_ms, end_ms, *, max_samples=None, loading=None):
        self.ranges.append((start_ms, end_ms))
        return super().select(matchers, start_ms, end_ms, max_samples=max_samples, loading=loading)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def engine(asked):
    return Engine(asked)


@pytest.mark.parametrize(
    ("query", "kind", "data"),
    [
        ("1", ValueType.SCALAR, Scalar),
        ('"s"', ValueType.STRING, Text),
        ("m_total", ValueType.VECTOR, Vector),
        ("m_total[1m]", ValueType.MATRIX, RangeVector),
        ("m_total[5m:1m]", ValueType.MATRIX, RangeVector),
    ],
)
def test_an_instant_query_gives_what_the_expression_is(engine, query, kind, data):
    result = engine.instant(query, 600_000)

    assert result.type is kind
    assert isinstance(result.data, data)


@pytest.mark.parametrize("query", ["1", "m_total", "sum(m_total)"])
def test_a_range_query_gives_a_matrix(engine, query):
    result = engine.range(query, 0, 600_000, 60_000)

    assert result.type is ValueType.MATRIX
    assert isinstance(result.data, Vector)
    assert result.data.values.shape[1] == result.grid.count == 11


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("m_total[5m]", 'invalid expression type "range vector" for range query, must be Scalar or instant Vector'),
        ('"s"', 'invalid expression type "string" for range query, must be Scalar or instant Vector'),
    ],
)
def test_a_range_query_of_something_else_is_refused(engine, query, message):
    with pytest.raises(BadQueryError) as refused:
        engine.range(query, 0, 1_000, 1_000)
    assert str(refused.value) == message
    assert refused.value.kind == "bad_data"


def test_a_range_that_makes_no_sense_is_refused(engine):
    with pytest.raises(BadQueryError, match="zero or negative query resolution step widths are not accepted"):
        engine.range("1", 0, 1_000, 0)
    with pytest.raises(BadQueryError, match="end timestamp must not be before start time"):
        engine.range("1", 1_000, 0, 1_000)
    with pytest.raises(BadQueryError, match="exceeded maximum resolution of 11,000 points per timeseries"):
        engine.range("1", 0, 11_000, 1)


def test_text_that_is_no_query(engine):
    with pytest.raises(QuerySyntaxError):
        engine.instant("sum(", 0)


@pytest.mark.parametrize(
    ("query", "ranges"),
    [
        ("m_total", [(300_001, 600_000)]),
        ("rate(m_total[1m])", [(540_001, 600_000)]),
        ("m_total offset 1m", [(240_001, 540_000)]),
        ("m_total @ 100", [(-199_999, 100_000)]),
        ("sum_over_time(m_total[2m:1m])", [(240_001, 600_000)]),
        ("m_total + 1", [(300_001, 600_000)]),
    ],
)
def test_only_samples_that_can_count_are_asked_for(engine, asked, query, ranges):
    engine.instant(query, 600_000)
    assert asked.ranges == ranges


def test_what_is_the_same_at_every_step_is_evaluated_once_and_shown_at_each(engine, asked):
    result = engine.range("sum(rate(m_total[5m] @ end()))", 0, 600_000, 1_000)

    assert asked.ranges == [(300_001, 600_000)]
    assert result.data.values.shape == (1, 601)
    assert len(set(result.data.values[0].tolist())) == 1


def test_the_lookback_may_be_given(engine):
    assert engine.instant("m_total", 1_250_000).data.size == 3
    assert engine.instant("m_total", 1_250_000, lookback_ms=10_000).data.size == 0


def test_results_of_a_range_query_are_sorted_and_never_empty():
    series = {(("__name__", "m"), ("i", i)): [(time_ms, 1.0)] for i, time_ms in (("b", 0), ("a", 0), ("c", 5_000_000))}
    result = Engine(MemoryQueryable(series)).range("m", 0, 60_000, 60_000)

    assert [labels.get("i") for labels in result.data.labels.rows()] == ["a", "b"]


def test_samples_beyond_the_limit_are_refused():
    engine = Engine(MemoryQueryable(SERIES), EngineOptions(max_samples=50))

    engine.instant("m_total", 600_000, lookback_ms=60_000)
    with pytest.raises(QueryLimitError, match="too many samples"):
        engine.instant("m_total[20m]", 1_200_000)
    with pytest.raises(QueryLimitError, match="too many samples"):
        engine.range("m_total @ 600", 0, 200_000, 1_000)
    with pytest.raises(QueryLimitError, match="too many samples"):
        engine.instant("sum_over_time(vector(1)[1000d:1s])", 600_000)


def test_samples_that_wait_for_others_count():
    engine = Engine(MemoryQueryable(SERIES), EngineOptions(max_samples=700))
    nested = "m_total + (m_total + (m_total + (m_total + m_total)))"
    assert engine.range("m_total + m_total + m_total + m_total + m_total", 0, 1_185_000, 15_000).data.size == 3
    with pytest.raises(QueryLimitError, match="too many samples"):
        engine.range(nested, 0, 1_185_000, 15_000)


@pytest.mark.parametrize(
    "query",
    [
        "label_replace(" * 9 + "m_total" + ', "i", "$1$1$1$1$1$1$1$1", "i", "(.*)")' * 9,
        "label_join(" * 14 + "m_total" + ', "i", "", "i", "i", "i", "i")' * 14,
        'm_total * on() group_left(x) label_replace(vector(1), "x", "' + "y" * 400 + '", "", "")',
    ],
)
def test_labels_that_grow_beyond_the_limit_are_refused(query):
    engine = Engine(MemoryQueryable(SERIES), EngineOptions(max_label_chars=1_000))
    with pytest.raises(QueryLimitError, match="characters of label values"):
        engine.instant(query, 1_000_000)


def test_time_beyond_the_limit_is_refused():
    class Slow(MemoryQueryable):
        def select(self, *args, **kwargs):
            time.sleep(0.02)
            return super().select(*args, **kwargs)

    with pytest.raises(QueryTimeoutError, match="query timed out"):
        Engine(Slow(SERIES)).instant("m_total + m_total", 600_000, timeout_ms=10)


def test_a_query_may_not_ask_for_more_time_than_the_engine_gives():
    assert Engine(MemoryQueryable(), EngineOptions(timeout_ms=5))._with(None, 60_000).timeout_ms == 5


def test_a_query_stops_when_nobody_waits(engine):
    cancel = threading.Event()
    cancel.set()

    with pytest.raises(QueryCanceledError):
        engine.instant("m_total", 600_000, cancel=cancel)


def test_a_chain_of_thousands_of_terms_is_evaluated(engine):
    result = engine.instant(" + ".join(["m_total"] * 2_000), 15_000)
    assert sorted(result.data.values[:, 0].tolist()) == [2_000.0, 4_000.0, 6_000.0]


def test_deep_nesting_is_evaluated(engine):
    result = engine.instant("abs(" * 400 + "m_total" + ")" * 400, 15_000)
    assert sorted(result.data.values[:, 0].tolist()) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("query", ["start_timestamp(m_total)"])
def test_what_is_not_supported_yet_says_so(engine, query):
    with pytest.raises(QueryError, match="not supported yet"):
        engine.instant(query, 600_000)


def test_queries_are_counted():
    registry = CollectorRegistry()
    engine = Engine(MemoryQueryable(SERIES), registry=registry)

    engine.instant("m_total", 0)
    engine.range("m_total", 0, 1_000, 1_000)
    with pytest.raises(QueryError):
        engine.instant("m_total + on () m_total", 0)

    counted = {
        (kind, outcome): registry.get_sample_value(
            "watchglass_promql_queries_total", {"kind": kind, "outcome": outcome}
        )
        for kind in ("instant", "range")
        for outcome in ("ok", "error")
    }
    assert counted == {("instant", "ok"): 1, ("instant", "error"): 1, ("range", "ok"): 1, ("range", "error"): None}
    assert registry.get_sample_value("watchglass_promql_query_duration_seconds_count", {"kind": "instant"}) == 2


def test_several_threads_may_ask_at_once(engine):
    wanted = engine.range("sum(rate(m_total[5m]))", 0, 1_200_000, 15_000).data.values
    results = []

    def ask():
        results.append(engine.range("sum(rate(m_total[5m]))", 0, 1_200_000, 15_000).data.values)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    assert all(np.array_equal(result, wanted) for result in results)
