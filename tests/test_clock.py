"""Clocks."""

import time

from watchglass.clock import ManualClock, SystemClock


def test_the_system_clock_tells_milliseconds_since_the_epoch():
    before, now, after = time.time() * 1000, SystemClock().now_ms(), time.time() * 1000

    assert int(before) <= now <= after + 1


def test_a_manual_clock_moves_only_when_told():
    clock = ManualClock(1_000)
    clock.advance(500)

    assert (clock.now_ms(), clock.now_ms()) == (1_500, 1_500)
