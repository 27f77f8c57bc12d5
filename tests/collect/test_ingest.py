"""From readings to batches: one shared timestamp, staleness, limits."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from collect_support import Memory
from hypothesis import given
from hypothesis import strategies as st

from watchglass.collect.errors import ScrapeError
from watchglass.collect.ingest import REPORT_METRICS, TargetIngest
from watchglass.collect.job import RelabelAction, RelabelRule, ScrapeJob, ScrapeLimits
from watchglass.errors import ExpositionError
from watchglass.interfaces import LOOSE
from watchglass.model.labels import Labels
from watchglass.model.sample import is_stale
from watchglass.wire.content_type import Format
from watchglass.wire.exposition import ExpositionParser

LABELS = Labels.of(job="app", instance="h:1")
NOW = 1_700_000_000_000


class Scraped:
    """A target's parser and ingest over a store in memory."""

    def __init__(self, **options):
        self.store = Memory()
        self.ingest = TargetIngest(ScrapeJob("app", **options), LABELS, self.store, 1)
        self.parser = ExpositionParser(self.ingest)

    def scrape(self, body: bytes, now_ms: int = NOW):
        outcome = self.ingest.accept(self.parser.parse(body, Format.TEXT), now_ms, 0.25)
        for batch in outcome.batches:
            self.store.append(batch)
        return outcome

    def fail(self, now_ms: int = NOW):
        outcome = self.ingest.fail(ScrapeError("x", result="x"), now_ms, 0.5)
        for batch in outcome.batches:
            self.store.append(batch)

    def end(self, now_ms: int = NOW):
        for batch in self.ingest.end(now_ms):
            self.store.append(batch)

    def values(self, name: str) -> list:
        return ["stale" if is_stale(value) else value for value in self.store.values(name)]


def test_a_steady_target_makes_one_batch_with_the_same_refs():
    target = Scraped()
    first = target.scrape(b"a 1\nb 2\n").batches
    second = target.scrape(b"a 3\nb 2\n", NOW + 5).batches
    assert (len(first), len(second)) == (1, 1)
    assert second[0].refs is first[0].refs
    assert second[0].refs.dtype == np.uint32
    assert (first[0].timestamps_ms, second[0].timestamps_ms, second[0].group) == (NOW, NOW + 5, 1)
    assert first[0].values.tolist() == [1, 2, 1, 0.25, 2, 2, 2], "values of a handed batch must not change"
    assert second[0].values.tolist() == [3, 2, 1, 0.25, 2, 2, 0]


def test_the_report_tells_of_itself():
    target = Scraped(metric_relabel=(RelabelRule(RelabelAction.DROP, ("__name__",), regex="gone"),))
    target.scrape(b"a 1\ngone 1\n")
    assert [target.values(metric) for metric in REPORT_METRICS] == [[1], [0.25], [2], [1], [1]]
    target.fail()
    assert [target.values(metric)[-1] for metric in REPORT_METRICS] == [0, 0.5, 0, 0, 0]


def test_vanished_series_end():
    target = Scraped()
    target.scrape(b"a 1\nb 2\n")
    target.scrape(b"b 3\nc 4\n")
    target.scrape(b"b 3\nc 4\na 5\n")
    assert target.values("a") == [1, "stale", 5]
    assert target.values("b") == [2, 3, 3]


def test_a_failed_scrape_ends_all_series_once():
    target = Scraped()
    target.scrape(b"a 1\n")
    target.fail()
    target.fail()
    target.scrape(b"a 2\n")
    target.scrape(b"a 3\n")
    assert target.values("a") == [1, "stale", 2, 3]
    assert target.values("up") == [1, 0, 0, 1, 1]


def test_an_ended_target_ends_its_report_too():
    target = Scraped()
    target.scrape(b"a 1\n")
    target.end()
    assert {name: target.values(name)[-1] for name in ("a", *REPORT_METRICS)} == dict.fromkeys(
        ("a", *REPORT_METRICS), "stale"
    )


def test_a_nan_is_not_stale():
    target = Scraped()
    target.scrape(b"a NaN\n")
    (value,) = target.values("a")
    assert struct.pack("<d", value).hex() == "010000000000f87f"


def test_the_first_of_equal_series_counts():
    target = Scraped()
    counts = target.scrape(b'a{x="1",y="2"} 1\na{y="2",x="1"} 2\na{x="1",y="2"} 3\nb 1\n').counts
    assert (counts.scraped, counts.kept, counts.duplicate) == (4, 4, 2)
    assert target.values("a") == [1]


def test_a_target_cannot_report_for_us():
    target = Scraped(honor_labels=True)
    counts = target.scrape(b"up 7\na 1\n").counts
    assert target.values("up") == [1]
    assert counts.duplicate == 1


def test_an_empty_label_is_honored():
    target = Scraped(honor_labels=True)
    target.scrape(b'pushed{instance="",job="batch"} 1\npushed{job="batch"} 2\n')
    named = {labels for labels in target.store.refs if labels.name == "pushed"}
    assert Labels.of(__name__="pushed", job="batch") in named
    assert len(named) == 2, "without the empty label it is the target's instance"


def test_samples_with_their_own_time():
    target = Scraped()
    body = f"a 1 {NOW - 5}\nb 2\nc 3 {NOW + 600_001}\nd 4 {NOW - 3_600_001}\n".encode()
    outcome = target.scrape(body)
    shared, own = outcome.batches
    assert (own.group, own.timestamps_ms.tolist()) == (LOOSE, [NOW - 5])
    assert target.values("a") == [1]
    assert target.values("b") == [2]
    assert (outcome.counts.future, outcome.counts.too_old, outcome.counts.kept) == (1, 1, 4)
    target.fail()
    assert target.values("a") == [1], "a series with its own time gets no stale marker"
    assert target.values("b") == [2, "stale"]
    assert len(shared.refs) == 1 + len(REPORT_METRICS)


def test_staleness_of_own_times_can_be_asked_for():
    target = Scraped(track_timestamps_staleness=True)
    target.scrape(f"a 1 {NOW - 5}\n".encode())
    target.scrape(b"b 1\n", NOW + 1)
    assert target.values("a") == [1, "stale"]


def test_timestamps_can_be_ignored():
    target = Scraped(honor_timestamps=False)
    (batch,) = target.scrape(b"a 1 5\n").batches
    assert batch.timestamps_ms == NOW
    assert target.values("a") == [1]


def test_many_times_of_one_series_become_as_many_batches():
    target = Scraped()
    body = "".join(f"a {i} {NOW - 1000 + i}\nb {i} {NOW - 1000 - i}\n" for i in range(5)).encode()
    assert len(target.scrape(body).batches) == 6
    assert target.values("a") == [0, 1, 2, 3, 4]
    assert [at for _, at, _ in target.store.samples("b")] == [NOW - 1000 - i for i in range(5)]


def test_the_sample_limit_fails_the_scrape_and_bounds_new_series():
    target = Scraped(limits=ScrapeLimits(samples=3))
    target.scrape(b"a 1\n")
    for turn in range(3):
        outcome = target.scrape(b"".join(b"s%d %d\n" % (i, turn) for i in range(100)))
        assert str(outcome.error) == "sample_limit exceeded: 100 samples, the limit is 3"
        assert (outcome.counts.scraped, outcome.counts.kept) == (100, 100)
    assert target.values("a") == [1, "stale"]
    assert target.values("up") == [1, 0, 0, 0]
    assert target.values("scrape_samples_scraped") == [1, 100, 100, 100]
    assert not target.values("s0")
    assert len(target.store.refs) == 1 + len(REPORT_METRICS)
    assert target.scrape(b"x 1\ny 1\nz 1\n").error is None


@pytest.mark.parametrize("fault", [b"bad line here{", b"no_value", b'long{l="xxxxxxxxxx"} 1', b"a 1 2 3"])
def test_a_body_with_a_fault_creates_no_series(fault):
    target = Scraped(limits=ScrapeLimits(label_value_bytes=9))
    target.scrape(b"a 1\n")
    known = dict(target.store.refs)
    for turn in range(3):
        with pytest.raises(ExpositionError, match=r"^line 101: "):
            target.scrape(b"".join(b'new{n="%d_%d"} 1\n' % (turn, i) for i in range(100)) + fault + b"\n")
    assert target.store.refs == known
    target.scrape(b"a 2\nb 1\n")
    assert len(target.store.refs) == len(known) + 1


def test_known_series_count_for_the_limit_that_keeps_new_ones_from_being_created():
    target = Scraped(limits=ScrapeLimits(samples=3))
    target.scrape(b"a 1\nb 1\n")
    known = dict(target.store.refs)
    outcome = target.scrape(b"a 1\nb 1\nc 1\nd 1\n")
    assert str(outcome.error) == "sample_limit exceeded: 4 samples, the limit is 3"
    assert target.store.refs == known
    assert target.scrape(b"a 1\nb 1\nc 1\n").error is None


def test_the_limit_counts_what_relabelling_keeps():
    drop = RelabelRule(RelabelAction.DROP, ("__name__",), regex="d.*")
    target = Scraped(limits=ScrapeLimits(samples=1), metric_relabel=(drop,))
    assert target.scrape(b"d1 1\nd2 1\na 1\n").error is None


def test_forgotten_refs_are_asked_for_again():
    target = Scraped()
    target.scrape(b"a 1\n")
    target.store.refs.clear()
    target.parser.forget()
    target.ingest.forget_refs()
    target.scrape(b"a 2\n")
    assert Labels.of(LABELS, __name__="a") in target.store.refs


@given(st.lists(st.none() | st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=8), max_size=8))
def test_every_series_has_a_sample_or_ends_whatever_comes(scrapes):
    """Against a model: dictionaries of what each scrape said."""
    target = Scraped()
    live: dict = {}
    expected: dict = {}
    for turn, lines in enumerate(scrapes):
        now = dict(reversed(lines)) if lines is not None else {}
        if lines is None:
            target.fail(NOW + turn)
        else:
            target.scrape(b"".join(b"%s %d\n" % (name.encode(), value) for name, value in lines), NOW + turn)
        for name in live.keys() | now.keys():
            expected.setdefault(name, []).append((NOW + turn, now.get(name, "stale")))
        live = now
    for name in "abcdef":
        found = [(at, "stale" if is_stale(value) else value) for _, at, value in target.store.samples(name)]
        assert found == expected.get(name, [])
    assert not any(math.isnan(value) for value in target.store.values("up"))
