"""The rehearsal: each of its queries has an answer, so that what it was to load was used."""

import asyncio
import json
import logging

import pytest
from prometheus_client import CollectorRegistry

from watchglass.app import rehearsal, stack
from watchglass.app.configuration import load_configuration
from watchglass.app.rehearsal import rehearse
from watchglass.app.stack import Stack
from watchglass.clock import SystemClock
from watchglass.config.settings import Settings
from watchglass.errors import StoreError
from watchglass.serve.options import WebOptions
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions


@pytest.fixture
def store(tmp_path):
    store = MetricStore(tmp_path, StoreOptions(maintenance_thread=False))
    yield store
    store.close()


def test_every_query_of_the_rehearsal_has_an_answer(store):
    answers = [json.loads(b"".join(response._pieces)) for response in rehearse(store)]
    assert len(answers) == len(rehearsal._QUERIES)
    assert {answer["status"] for answer in answers} == {"success"}
    assert all(answer["data"]["result"] for answer in answers)
    assert not any("warnings" in answer for answer in answers)


def test_the_store_takes_part(monkeypatch, store):
    reads = []
    monkeypatch.setattr(store, "rehearse", lambda: reads.append(store))
    rehearse(store)
    assert reads == [store]


def test_a_rehearsal_that_fails_is_logged_and_keeps_nothing_from_starting(monkeypatch, tmp_path, caplog):
    def fail(_store):
        raise StoreError("a page is damaged")

    monkeypatch.setattr(stack, "rehearse", fail)
    settings = Settings(data=str(tmp_path), host_enabled=False, gpu_enabled=False, scrape_self=False)

    async def start():
        made = Stack(load_configuration(settings), WebOptions(), SystemClock(), CollectorRegistry())
        try:
            await made.start()
            return made.parts.engine
        finally:
            await made.stop_intake()
            await made.close()

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(start()) is not None
    (record,) = [record for record in caplog.records if "rehearsal" in record.message]
    assert (record.levelname, record.error) == ("WARNING", "StoreError: a page is damaged")
