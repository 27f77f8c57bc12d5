"""Limits on the series of a target: what is beyond is left out, counted, and makes no trouble for the rest."""

from __future__ import annotations

import pytest
from collect_support import Memory

from watchglass.collect.errors import ScrapeError
from watchglass.collect.ingest import TargetIngest
from watchglass.collect.job import ScrapeJob, ScrapeLimits
from watchglass.model.labels import Labels
from watchglass.wire.content_type import Format
from watchglass.wire.exposition import ExpositionParser

LABELS = Labels.of(job="app", instance="h:1")
NOW = 1_700_000_000_000


class Target:
    """A target that exposes what a test says, every 15 s."""

    def __init__(self, **limits):
        self.store = Memory()
        self.ingest = TargetIngest(ScrapeJob("app", limits=ScrapeLimits(**limits)), LABELS, self.store, 1)
        self.parser = ExpositionParser(self.ingest)
        self.now_ms = NOW

    def expose(self, *lines: str):
        body = "".join(f"{line} 1\n" for line in lines).encode()
        outcome = self.ingest.accept(self.parser.parse(body, Format.TEXT), self.now_ms, 0.1)
        for batch in outcome.batches:
            self.store.append(batch)
        self.now_ms += 15_000
        return outcome

    def has(self, name: str) -> int:
        return len(self.store.values(name))


def named(metric: str, *values: str) -> list[str]:
    return [f'{metric}{{path="{value}"}}' for value in values]


def test_series_beyond_the_limit_of_their_metric_are_left_out_and_counted():
    target = Target(series_per_metric=2)
    outcome = target.expose(*named("a", "1", "2", "3", "4"), *named("b", "1"))
    assert target.ingest.left_out == {"a": 2}
    assert outcome.error is None
    assert (outcome.counts.scraped, outcome.counts.kept) == (5, 3)
    target.expose(*named("a", "1", "2", "3", "4"), *named("b", "1"))
    assert target.ingest.left_out == {"a": 2}, "those that are known to be beyond are not counted again"
    assert target.has("b") == 2


def test_series_beyond_the_limit_of_the_target_are_left_out():
    target = Target(series=3)
    outcome = target.expose(*named("a", "1", "2"), *named("b", "1", "2", "3"))
    assert target.ingest.left_out == {"b": 2}
    assert outcome.counts.kept == 3


def test_a_series_that_is_gone_makes_room_for_a_new_one():
    target = Target(series_per_metric=2)
    target.expose(*named("a", "1", "2"))
    target.expose(*named("a", "1"))
    assert target.expose(*named("a", "1", "5")).counts.kept == 2
    assert target.ingest.left_out == {}
    assert target.expose(*named("a", "1", "5", "6")).counts.kept == 2
    assert target.ingest.left_out == {"a": 1}


def test_a_failed_scrape_changes_nothing_for_those_that_were_there():
    target = Target(series_per_metric=2)
    target.expose(*named("a", "1", "2", "3"))
    target.ingest.fail(ScrapeError("x", result="x"), target.now_ms, 0.1)
    assert target.expose(*named("a", "1", "2", "3")).counts.kept == 2
    target.ingest.fail(ScrapeError("x", result="x"), target.now_ms, 0.1)
    target.expose(*named("a", "1"))
    assert target.expose(*named("a", "1", "7")).counts.kept == 2


def test_series_with_their_own_timestamps_count_too():
    target = Target(series_per_metric=1)
    body = f'a{{path="1"}} 1 {NOW}\na{{path="2"}} 1 {NOW}\n'.encode()
    for _ in range(2):
        outcome = target.ingest.accept(target.parser.parse(body, Format.TEXT), NOW, 0.1)
        assert outcome.counts.kept == 1
    assert target.ingest.left_out == {"a": 1}


def test_without_a_limit_nothing_is_counted():
    target = Target()
    assert target.expose(*named("a", *map(str, range(50)))).counts.kept == 50
    assert target.ingest.left_out == {}


def test_after_the_store_forgot_its_refs_all_is_counted_anew():
    target = Target(series_per_metric=2)
    target.expose(*named("a", "1", "2", "3"))
    target.ingest.forget_refs()
    target.parser.forget()
    assert target.expose(*named("a", "1", "2", "3")).counts.kept == 2


@pytest.mark.parametrize("limits", [{"series": 5}, {"series_per_metric": 5}])
def test_the_report_of_a_scrape_is_never_left_out(limits):
    target = Target(**limits)
    target.expose(*named("a", *map(str, range(9))))
    assert target.store.values("up") == [1]
    assert target.store.values("scrape_samples_scraped") == [9]
    assert target.store.values("scrape_samples_post_metric_relabeling") == [5]
