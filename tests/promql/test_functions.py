"""Functions: every one of PromQL's is answered or refused by name; dates agree with the standard library."""

import calendar
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory import MemoryQueryable

from watchglass.errors import QueryError
from watchglass.promql import functions
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import Engine
from watchglass.promql.functions_table import FUNCTIONS as SIGNATURES
from watchglass.promql.rollup import ROLLUPS

ENGINE = Engine(MemoryQueryable({(("__name__", "m"),): [(0, 1.0), (1_000, 2.0)]}))
BY_ENGINE = {"absent_over_time", "start", "end", "range", "step", "info"}
SAMPLE_ARGUMENTS = {
    ValueType.SCALAR: "0.5",
    ValueType.VECTOR: "m",
    ValueType.MATRIX: "m[5m]",
    ValueType.STRING: '"label"',
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_function_is_answered_or_refused_by_name(name):
    arguments = [SAMPLE_ARGUMENTS[kind] for kind in SIGNATURES[name].arg_types]
    if name == "info":
        arguments = ["m"]
    query = f"{name}({', '.join(arguments)})"

    if name in functions.FUNCTIONS or name in ROLLUPS or name in BY_ENGINE:
        ENGINE.instant(query, 1_000)
    else:
        with pytest.raises(QueryError, match=f'function "{name}" is not supported yet'):
            ENGINE.instant(query, 1_000)


def test_the_tables_have_no_function_that_promql_has_not():
    assert set(functions.FUNCTIONS) | set(ROLLUPS) <= set(SIGNATURES)


@given(st.lists(st.integers(-60_000_000_000, 200_000_000_000), min_size=1))
def test_dates_agree_with_the_standard_library(seconds):
    array = np.array(seconds, np.int64)
    dates = [datetime.fromtimestamp(second, UTC) for second in seconds]

    assert functions.year(array).tolist() == [date.year for date in dates]
    assert functions.month(array).tolist() == [date.month for date in dates]
    assert functions.day_of_month(array).tolist() == [date.day for date in dates]
    assert functions.day_of_year(array).tolist() == [date.timetuple().tm_yday for date in dates]
    assert functions.day_of_week(array).tolist() == [date.isoweekday() % 7 for date in dates]
    assert functions.days_in_month(array).tolist() == [calendar.monthrange(d.year, d.month)[1] for d in dates]
    assert functions.hour(array).tolist() == [date.hour for date in dates]
    assert functions.minute(array).tolist() == [date.minute for date in dates]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('label_replace(m, "", "x", "a", "b")', "invalid destination label name in label_"),
        (r'label_join(m, "\xff", "-", "a")', "invalid destination label name in label_join\\(\\): \ufffd"),
        (r'count_values("\xff", m)', "invalid label name"),
    ],
)
def test_a_label_that_cannot_be_is_refused(query, message):
    with pytest.raises(QueryError, match=message) as raised:
        ENGINE.instant(query, 1_000)
    str(raised.value).encode()  # it can be told to a client


@pytest.mark.parametrize(
    ("selector", "labels"),
    [
        ('nothing{job="a", job!=""}', {}),
        ('nothing{job!="", job="a"}', {"job": "a"}),
        ('nothing{z!="", a="b"}', {"a": "b"}),
    ],
)
def test_of_a_label_that_is_tested_twice_absent_takes_the_last_word(selector, labels):
    result = ENGINE.instant(f"absent({selector})", 1_000)

    assert [dict(row) for row in result.data.labels.rows()] == [labels]
