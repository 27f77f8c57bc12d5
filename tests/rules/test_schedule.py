"""Slots of groups: spread over their interval, the same after a restart, and sound wherever the clock jumps."""

from __future__ import annotations

from watchglass.rules.schedule import Schedule


def test_slots_are_an_interval_apart_and_the_same_after_a_restart():
    schedule = Schedule.of("/etc/rules.yml", "api", 60_000)
    slots = {schedule.slot(now_ms) for now_ms in range(1_700_000_000_000, 1_700_000_300_000, 777)}
    assert sorted(slots) == list(range(min(slots), max(slots) + 1, 60_000))
    assert schedule == Schedule.of("/etc/rules.yml", "api", 60_000)
    assert all(schedule.slot(slot) == slot for slot in slots)


def test_groups_are_spread():
    offsets = {Schedule.of("/etc/rules.yml", f"g{n}", 60_000).offset_ms // 6000 for n in range(200)}
    assert offsets == set(range(10))


def test_what_was_missed_is_counted_and_a_clock_that_went_back_misses_nothing():
    schedule = Schedule(60_000)
    assert [schedule.missed(600_000, slot) for slot in (660_000, 720_000, 4_200_000, 0)] == [0, 1, 59, 0]


def test_nobody_waits_longer_than_an_interval():
    schedule = Schedule(60_000)
    assert [schedule.wait_ms(600_000, now_ms) for now_ms in (600_001, 659_999, 700_000, 0)] == [59_999, 1, 0, 60_000]
