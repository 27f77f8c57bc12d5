"""Work in threads that hold up nobody."""

from __future__ import annotations

import asyncio
import threading

import pytest

from watchglass.collect.daemon import SingleFlight, in_daemon_thread


def test_results_and_errors_come_back():
    async def main():
        assert await in_daemon_thread(lambda: 7) == 7
        for error, kind in ((KeyError("x"), KeyError), (StopIteration("end"), RuntimeError)):
            with pytest.raises(kind):
                await in_daemon_thread(lambda error=error: raising(error))

    asyncio.run(main())


def raising(error):
    raise error


def test_the_loop_may_end_before_the_work_does():
    released, done = threading.Event(), threading.Event()

    def work():
        released.wait(10)
        done.set()

    async def main():
        in_daemon_thread(work)

    asyncio.run(main())
    assert not done.is_set()
    released.set()
    assert done.wait(10)


def test_an_error_that_nobody_fetches_is_not_complained_of(caplog):
    async def main():
        future = in_daemon_thread(lambda: 1 / 0)
        await asyncio.wait((future,))

    asyncio.run(main())
    assert caplog.text == ""


def test_one_flight_at_a_time():
    runs, released = [], threading.Event()

    def work():
        runs.append(1)
        released.wait(10)
        return len(runs)

    async def main():
        flight = SingleFlight(work)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await flight.run()
        assert flight.running
        waiting = asyncio.gather(flight.run(), flight.run())
        await asyncio.sleep(0)
        released.set()
        assert await waiting == [1, 1]
        assert not flight.running
        assert await flight.run() == 2

    asyncio.run(main())
