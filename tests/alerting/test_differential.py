"""Sixty alert histories beside Debian's Alertmanager, in real time; `differential.py` runs thousands."""

from __future__ import annotations

import asyncio
import random
import shutil

import pytest
from differential import compare, difference
from differential_histories import EVENTS, configuration, history

from watchglass.alerting.configuration import parse_alertmanager_config

HISTORIES = 60


@pytest.mark.real
@pytest.mark.slow
def test_histories_are_told_as_alertmanager_tells_them():
    if shutil.which("prometheus-alertmanager") is None:
        pytest.skip("prometheus-alertmanager is not installed: apt-get install prometheus-alertmanager")
    outcome = asyncio.run(compare(HISTORIES, seed=7, parallel=1, batch_size=HISTORIES, scale=2))

    assert outcome.differing == []
    assert outcome.agreed >= HISTORIES - len(outcome.unsteady)
    assert outcome.agreed > 0.8 * HISTORIES
    assert outcome.notifications > 3 * HISTORIES


def test_the_same_seed_gives_the_same_histories_and_they_have_something_of_everything():
    histories = [history(random.Random(number), number) for number in range(200)]
    again = [history(random.Random(number), number) for number in range(200)]
    events = [event for each in histories for event in each]

    assert histories == again
    assert {event.kind for event in events} == {"alert", "silence", "expire"}
    assert {event.ends_s for event in events if event.kind == "alert"} >= {None, 0, 3, 6, 30}
    assert max(event.at_s for event in events) <= EVENTS + 20


def test_a_difference_is_seen():
    one = {("r0/0", "{}"): [(1.0, "a"), (4.0, "b")]}

    assert difference(one, {("r0/0", "{}"): [(1.2, "a"), (4.4, "b")]}) == ""
    assert "at 4.00 s and 4.60 s" in difference(one, {("r0/0", "{}"): [(1.0, "a"), (4.6, "b")]})
    assert difference(one, {("r0/0", "{}"): [(1.0, "a")]})
    assert difference(one, {("r1/0", "{}"): one["r0/0", "{}"]})
    assert difference(one, {})


def test_generated_configurations_are_taken():
    from datetime import UTC, datetime

    import yaml

    for seed in range(100):
        text = yaml.safe_dump(
            configuration(random.Random(seed), "http://127.0.0.1:9/x", datetime(2026, 1, 1, 23, 59, tzinfo=UTC), 2)
        )
        assert len(parse_alertmanager_config(text).receivers) == 3
