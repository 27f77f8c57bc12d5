"""When a target is due, and what becomes of faults of the store and of ours."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from collect_support import Memory, until
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from watchglass.clock import SystemClock
from watchglass.collect.ingest import TargetIngest
from watchglass.collect.job import ScrapeJob
from watchglass.collect.metrics import ScrapeMetrics
from watchglass.collect.scrape import Health, ScrapeLoop, Surroundings, next_slot
from watchglass.collect.target import Target
from watchglass.errors import StoreError
from watchglass.interfaces import AppendResult
from watchglass.model.labels import Labels
from watchglass.wire.content_type import Format
from watchglass.wire.exposition import ExpositionParser


@given(st.integers(0, 2**42), st.integers(1, 10**7), st.integers(0, 2**64 - 1))
def test_slots_are_a_grid_that_does_not_depend_on_when_one_asks(now_ms, interval_ms, spread):
    slot = next_slot(now_ms, interval_ms, spread)
    assert now_ms < slot <= now_ms + interval_ms
    assert slot % interval_ms == spread % interval_ms
    assert next_slot(slot - 1, interval_ms, spread) == slot
    assert next_slot(slot, interval_ms, spread) == slot + interval_ms


class Reader:
    """A target whose answers are functions."""

    def __init__(self, ingest, *answers):
        self.parser = ExpositionParser(ingest)
        self.answers = list(answers)

    async def fetch(self):
        body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(body, Exception):
            raise body
        return lambda: self.parser.parse(body() if callable(body) else body, Format.TEXT)

    def forget(self):
        self.parser.forget()


def run(store, *answers, until_true, registry=None):
    """Scrape every 20 ms until a condition on the loop holds."""

    async def main():
        target = Target("http://x", Labels.of(job="app"), Labels(), 20, 20, "key")
        ingest = TargetIngest(ScrapeJob("app"), target.labels, store, 1)
        with ThreadPoolExecutor(1) as workers:
            around = Surroundings(store, workers, SystemClock(), ScrapeMetrics(registry))
            loop = ScrapeLoop(target, Reader(ingest, *answers), ingest, around)
            task = asyncio.create_task(loop.run())
            await until(lambda: until_true(loop))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return loop

    return asyncio.run(main())


class Failing(Memory):
    """A store that fails until told otherwise, in one of two ways."""

    def __init__(self, *, late):
        super().__init__()
        self.full, self.late = True, late

    def append(self, batch):
        if not self.full:
            return super().append(batch)
        error = StoreError("no space left on device")
        if not self.late:
            raise error
        future = Future()
        future.set_exception(error)
        return future


@pytest.mark.parametrize("late", [True, False])
def test_a_full_disk_costs_scrapes_not_the_loop(late):
    registry = CollectorRegistry()
    store = Failing(late=late)

    def condition(loop):
        if loop.status.last_error == "not stored: no space left on device":
            store.full = False
        return store.values("a") and not loop.status.last_error

    run(store, b"a 1\n", until_true=condition, registry=registry)
    assert registry.get_sample_value("watchglass_scrapes_total", {"result": "store"}) >= 1


def impossible():
    raise RuntimeError("BUG: impossible")


@pytest.mark.parametrize("fault", [impossible, RuntimeError("BUG: impossible")], ids=["parsing", "fetching"])
def test_a_fault_of_ours_costs_one_scrape(caplog, fault):
    store, registry = Memory(), CollectorRegistry()
    with caplog.at_level(logging.ERROR, "watchglass.collect"):
        run(store, fault, b"a 1\n", until_true=lambda loop: len(store.values("a")) > 1, registry=registry)
    assert store.values("up")[:2] == [0, 1]
    assert registry.get_sample_value("watchglass_scrapes_total", {"result": "internal"}) == 1
    assert "scrape failed by a fault of ours" in caplog.text


def test_a_target_is_logged_when_it_goes_and_when_it_comes_back(caplog):
    store = Memory()
    with caplog.at_level(logging.INFO, "watchglass.collect"):
        run(store, b"{", b"{", b"a 1\n", until_true=lambda loop: len(store.values("a")) > 2)
    assert [record.getMessage() for record in caplog.records] == ["target is down", "target is up again"]
    assert caplog.records[0].error == "line 1: expected a label name or '}', found the end of the line"


def test_a_target_is_logged_when_it_begins_to_send_what_cannot_be_stored(caplog):
    bad, good, last = b"a 1\na 2\nb 1 1\n", b"a 1\n", b"a 1\nlast 1\n"
    store = Memory()
    with caplog.at_level(logging.WARNING, "watchglass.collect"):
        run(store, bad, bad, good, b"a 1\na 2\n", last, until_true=lambda loop: store.values("last"))
    records = [vars(record) for record in caplog.records]
    assert [record["message"] for record in records] == ["samples of a target are left out"] * 2
    assert [(record["target"], record["duplicate"], record.get("too_old")) for record in records] == [
        ("http://x", 1, 1),
        ("http://x", 1, None),
    ]


class Forgetful(Memory):
    """A store that forgets all series after the second batch, and says so."""

    def append(self, batch):
        super().append(batch)
        unknown = 0
        if len(self.batches) == 3:
            self.refs = {Labels.of(labels, again="1"): ref + 100 for labels, ref in self.refs.items()}
            unknown = len(batch.refs)
        future = Future()
        future.set_result(AppendResult(len(batch.refs) - unknown, unknown=unknown))
        return future


def test_forgotten_series_are_asked_for_again():
    store = Forgetful()
    run(store, b"a 1\n", until_true=lambda loop: len(store.batches) >= 5)
    first, second = store.batches[0].refs.tolist(), store.batches[4].refs.tolist()
    assert len(first) == len(second) == 6
    assert not set(first) & set(second)


def test_rejected_samples_are_counted():
    registry = CollectorRegistry()

    class Rejecting(Memory):
        def append(self, batch):
            future = Future()
            future.set_result(AppendResult(len(batch.refs) - 3, out_of_order=1, duplicate=2))
            return future

    def left_out(reason):
        return registry.get_sample_value("watchglass_scrape_samples_left_out_total", {"reason": reason}) or 0

    run(Rejecting(), b"a 1\n", until_true=lambda loop: left_out("duplicate") >= 4, registry=registry)
    assert left_out("out_of_order") >= 2


def test_a_scrape_waits_for_its_commit():
    class Slow(Memory):
        def __init__(self):
            super().__init__()
            self.pending = []

        def append(self, batch):
            self.batches.append(batch)
            self.pending.append(Future())
            return self.pending[-1]

    store = Slow()

    def condition(loop):
        if len(store.pending) == 1 and loop.status.health is Health.UP:
            condition.waited += 1
            if condition.waited == 11:
                store.pending[0].set_result(AppendResult(1))
        return len(store.pending) >= 2

    condition.waited = 0
    run(store, b"a 1\n", until_true=condition)
    assert condition.waited >= 11, "no second scrape while the first is not on disk"
