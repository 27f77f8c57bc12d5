"""Lists of a server elsewhere as they were a moment ago."""

import threading
import time

import pytest

from watchglass.sources.errors import SourceGoneError, SourceTimeoutError
from watchglass.sources.recent import RecentCatalogue


class Counting:
    def __init__(self):
        self.asked, self.gone = 0, False
        self.answer = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def label_values(self, name, selectors, start_ms, end_ms):
        self.asked += 1
        self.may_answer.wait(10)
        if self.gone:
            raise SourceGoneError("gone")
        return [name, str(self.asked)] if self.answer is None else self.answer


@pytest.fixture
def parts():
    time_s = [0.0]
    counting = Counting()
    recent = RecentCatalogue(counting, fresh_s=30, kept=2, list_wait_s=0.2, monotonic=lambda: time_s[0])
    yield counting, recent, time_s
    recent.close()


def test_the_same_question_a_moment_later_is_not_asked_again(parts):
    counting, recent, time_s = parts
    counting.answer = ["a"]
    for time_s[0] in (0, 400):
        recent.label_values("job", [], 0, 100)
    assert counting.asked == 2

    time_s[0] = 429
    assert recent.label_values("job", [], 29_000, 29_100) == ["a"]
    assert counting.asked == 2
    time_s[0] = 431
    recent.label_values("job", [], 31_000, 31_100)
    assert counting.asked == 3


def test_what_has_just_changed_is_asked_for_again_soon(parts):
    counting, recent, time_s = parts
    counting.answer = []
    for time_s[0] in (0, 1, 10, 12):
        assert recent.label_values("job", [], 0, 100) == []
    assert counting.asked == 2

    counting.answer, time_s[0] = ["a"], 13
    assert recent.label_values("job", [], 0, 100) == ["a"]
    counting.answer, time_s[0] = ["a", "b"], 15.5
    assert recent.label_values("job", [], 0, 100) == ["a", "b"]
    time_s[0] = 17
    recent.label_values("job", [], 0, 100)
    assert counting.asked == 4


def test_what_was_known_stays_while_the_server_is_gone(parts):
    counting, recent, time_s = parts
    first = recent.label_values("job", [], 0, 100)
    counting.gone, time_s[0] = True, 5000

    assert recent.label_values("job", [], 0, 100) == first
    with pytest.raises(SourceGoneError):
        recent.label_values("other", [], 0, 100)


def test_only_so_much_is_kept(parts):
    counting, recent, _ = parts
    for name in ("a", "b", "c", "a"):
        recent.label_values(name, [], 0, 100)
    assert counting.asked == 4


def test_a_slow_answer_keeps_nobody_waiting_and_is_there_the_next_time(parts):
    counting, recent, _ = parts
    counting.may_answer.clear()

    for _ in range(2):
        with pytest.raises(SourceTimeoutError):
            recent.label_values("job", [], 0, 100)
    counting.may_answer.set()
    deadline = time.monotonic() + 5
    while recent._pending and time.monotonic() < deadline:
        time.sleep(0.01)

    assert recent.label_values("job", [], 0, 100) == ["job", "1"]
    assert counting.asked == 1
