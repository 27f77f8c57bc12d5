"""Who may try a source that is gone, and how often."""

import pytest

from watchglass.sources.availability import PAUSE_S, Availability


class Time:
    """Seconds that pass when a test says so."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def availability(time):
    return Availability(lambda: 0, monotonic=time)


def test_all_may_while_nothing_is_wrong(availability):
    assert [availability.may_try() for _ in range(3)] == [True] * 3
    availability.answered()
    assert [availability.may_try() for _ in range(3)] == [True] * 3


@pytest.mark.parametrize("pause_s", [PAUSE_S, 5.0])
def test_one_may_after_each_pause_while_it_is_gone(availability, time, pause_s):
    availability.failed("no", pause_s=pause_s)
    seen = [availability.may_try()]
    for _ in range(2):
        time.now_s += pause_s
        seen += [availability.may_try(), availability.may_try()]

    assert seen == [False, True, False, True, False]


def test_each_failure_begins_the_pause_anew(availability, time):
    availability.failed("no", pause_s=5)
    time.now_s += 4
    availability.failed("no", pause_s=5)
    time.now_s += 4

    assert not availability.may_try()


def test_all_may_at_once_when_it_answers_again(availability):
    availability.failed("no", pause_s=5)
    availability.answered()

    assert [availability.may_try() for _ in range(2)] == [True, True]
