"""Lists of a server elsewhere as they were a moment ago."""

import pytest

from watchglass.sources.errors import SourceGoneError
from watchglass.sources.recent import RecentCatalogue


class Counting:
    def __init__(self):
        self.asked, self.gone = 0, False

    def label_values(self, name, selectors, start_ms, end_ms):
        self.asked += 1
        if self.gone:
            raise SourceGoneError("gone")
        return [name, str(self.asked)]


@pytest.fixture
def parts():
    time_s = [0.0]
    counting = Counting()
    return counting, RecentCatalogue(counting, fresh_s=30, kept=2, monotonic=lambda: time_s[0]), time_s


def test_the_same_question_a_moment_later_is_not_asked_again(parts):
    counting, recent, time_s = parts

    first = recent.label_values("job", [], 0, 100)
    time_s[0] = 29

    assert recent.label_values("job", [], 29_000, 29_100) == first
    assert counting.asked == 1
    time_s[0] = 31
    assert recent.label_values("job", [], 31_000, 31_100) != first


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
