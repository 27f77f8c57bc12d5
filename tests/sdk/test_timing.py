"""Timed functions, sessions and a late event loop."""

from __future__ import annotations

import asyncio
import time

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from watchglass.sdk.timing import Sessions, timed, watch_loop


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def seconds(registry):
    return Histogram("work_seconds", "Work", registry=registry, buckets=(0.005, 10))


def observed(registry) -> tuple[float, float]:
    """How many calls there were, and how many took less than 5 ms."""
    count = registry.get_sample_value("work_seconds_count")
    return count, registry.get_sample_value("work_seconds_bucket", {"le": "0.005"})


def test_a_function_keeps_its_name_its_value_and_its_faults(registry, seconds):
    @timed(seconds)
    def half(number):
        """Halves."""
        return 1 / number

    assert (half(2), half.__name__, half.__doc__) == (0.5, "half", "Halves.")
    with pytest.raises(ZeroDivisionError):
        half(0)
    assert observed(registry) == (2, 2)


def test_a_coroutine_is_timed_until_it_ends(registry, seconds):
    @timed(seconds)
    async def rest(value):
        await asyncio.sleep(0.02)
        return value

    assert asyncio.iscoroutinefunction(rest)
    assert asyncio.run(rest(3)) == 3
    assert observed(registry) == (1, 0)


def test_a_generator_is_timed_until_it_ends(registry, seconds):
    @timed(seconds)
    def count():
        yield 1
        time.sleep(0.02)
        return 2

    def last():
        return (yield from count())

    values = last()
    assert next(values) == 1
    with pytest.raises(StopIteration) as end:
        next(values)
    assert end.value.value == 2
    assert observed(registry) == (1, 0)


def test_an_async_generator_is_timed_until_it_ends(registry, seconds):
    @timed(seconds)
    async def count():
        yield 1
        await asyncio.sleep(0.02)
        yield 2

    async def all_of_it():
        return [number async for number in count()]

    assert asyncio.run(all_of_it()) == [1, 2]
    assert observed(registry) == (1, 0)


def test_an_async_generator_is_driven_as_without_being_timed(registry, seconds):
    seen = []

    @timed(seconds)
    async def echo():
        try:
            while True:
                try:
                    seen.append((yield len(seen)))
                except KeyError:
                    seen.append("thrown")
        finally:
            seen.append("closed")

    async def drive():
        echoes = echo()
        answers = [await echoes.__anext__(), await echoes.asend("sent"), await echoes.athrow(KeyError())]
        await echoes.aclose()
        return answers, list(seen)

    assert asyncio.run(drive()) == ([0, 1, 2], ["sent", "thrown", "closed"])
    assert observed(registry)[0] == 1


def test_a_session_is_open_as_long_as_its_block_also_when_that_fails(registry, seconds):
    active = Gauge("sessions_active", "Open", registry=registry)
    sessions = Sessions(active, Counter("sessions_total", "Opened", registry=registry), seconds)
    with pytest.raises(KeyError), sessions.open(), sessions.open():
        assert registry.get_sample_value("sessions_active") == 2
        raise KeyError

    assert registry.get_sample_value("sessions_active") == 0
    assert registry.get_sample_value("sessions_total") == 2
    assert observed(registry)[0] == 2


def test_a_loop_that_is_held_is_late(registry):
    lag = Gauge("lag_seconds", "Lag", registry=registry)

    async def hold():
        task = asyncio.create_task(watch_loop(lag, every_s=0.01))
        await asyncio.sleep(0)
        time.sleep(0.1)  # noqa: ASYNC251 - this is what holds it
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(hold())
    assert registry.get_sample_value("lag_seconds") >= 0.08
