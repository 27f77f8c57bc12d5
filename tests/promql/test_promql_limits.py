"""A query stops when it has cost enough, or when nobody waits for it."""

import threading

import pytest

from watchglass.errors import QueryLimitError, QueryTimeoutError
from watchglass.promql.limits import Budget, QueryCanceledError


def test_the_deadline():
    now = [100.0]
    budget = Budget(10, 1_500, monotonic=lambda: now[0])

    now[0] = 101.5
    budget.check()
    now[0] = 101.6
    with pytest.raises(QueryTimeoutError, match="query timed out in expression evaluation"):
        budget.check()


def test_canceling():
    cancel = threading.Event()
    budget = Budget(10, 60_000, cancel)

    budget.check()
    cancel.set()
    with pytest.raises(QueryCanceledError) as canceled:
        budget.check()
    assert canceled.value.kind == "canceled"


def test_memory():
    Budget(10, 1_000).allow(10)
    with pytest.raises(QueryLimitError, match="query processing would load too many samples into memory"):
        Budget(10, 1_000).allow(11)


def test_what_is_held_takes_room():
    budget = Budget(10, 1_000)
    with budget.holding(4), budget.holding(4):
        budget.allow(2)
        with pytest.raises(QueryLimitError):
            budget.allow(3)
    budget.allow(10)


def test_label_text():
    budget = Budget(10, 1_000, max_label_chars=5)
    budget.allow_text(5)
    with pytest.raises(QueryLimitError, match="characters of label values"):
        budget.allow_text(1)


def test_one_label_value():
    budget = Budget(10, 1_000, max_value_chars=5)
    budget.allow_value(5)
    with pytest.raises(QueryLimitError, match=r"a label value of 6 characters, and one may have 5"):
        budget.allow_value(6)
