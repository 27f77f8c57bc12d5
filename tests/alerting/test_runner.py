"""The runner on a loop whose time is virtual: receivers that hang, refuse, answer garbage or are away for an hour."""

from __future__ import annotations

import asyncio

import pytest
from alerting_support import START_MS, alert_of, config_of

from watchglass.alerting.manager import AlertManager, Trying
from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.runner import AlertRunner
from watchglass.model.alert import TEST_MARK

CONFIG = """
route:
  receiver: steady
  group_by: [job]
  group_wait: 10s
  group_interval: 5m
  repeat_interval: 4h
  routes: [{matchers: [job=x], receiver: shaky, continue: true}, {matchers: [job=~".*"], receiver: steady}]
receivers:
  - {name: steady, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}
  - {name: shaky, webhook_configs: [{url: 'http://127.0.0.1:8/'}, {url: 'http://127.0.0.1:7/'}]}
"""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that never waits: where nothing is ready, it is later."""

    def __init__(self):
        super().__init__()
        self._now_s = 0.0

    def time(self):
        return self._now_s

    def _run_once(self):
        if not self._ready and self._scheduled:
            self._now_s = max(self._now_s, self._scheduled[0]._when)
        super()._run_once()


class World:
    """A manager and a runner on virtual time; `receivers` say what becomes of a notice."""

    def __init__(self, **receivers):
        self.loop, self.receivers = VirtualLoop(), receivers
        self.ahead_ms = self.stalls = 0
        self.attempts: list[tuple[float, str, int, str]] = []
        self.taken: list[tuple[float, str]] = []
        self.manager = AlertManager(config_of(CONFIG), None, self)
        self.runner = _Inline(self.manager, self._notifier_of, self, self.loop.time)

    def now_ms(self):
        if self.stalls:
            self.stalls -= 1
            self.loop._now_s += 3
        return START_MS + self.ahead_ms + round(self.loop.time() * 1000)

    def _notifier_of(self, integration):
        return _Recorder(self, integration)

    def run(self, seconds, *events):
        """Go on for so long; `events` are pairs of a second and what happens then."""

        async def main():
            self.runner.start()
            for at_s, event in events:
                self.loop.call_at(at_s, event)
            await asyncio.sleep(seconds)
            await self.runner.stop()

        self.loop.run_until_complete(main())
        self.loop.close()

    def fire(self, text="A job=x", **times):
        return lambda: self.manager.accept([alert_of(text, self.now_ms(), **times)])


class _Inline(AlertRunner):
    async def _decide(self, operation):
        return operation()


class _Recorder:
    sends_resolved = True

    def __init__(self, world, integration):
        self._world, self._name = world, f"{integration.receiver}/{integration.place}"

    async def notify(self, notice):
        world = self._world
        world.attempts.append((world.loop.time(), self._name, notice.attempt, notice.group_key))
        await world.receivers.get(self._name.replace("/", "_"), _takes)(world, notice)
        world.taken.append((world.loop.time(), self._name))


async def _takes(_world, _notice):
    """Take it at once."""


def refuses(**how):
    """Refuse until a time."""
    until_s = how.pop("until_s", float("inf"))

    async def answer(world, _notice):
        if world.loop.time() < until_s:
            raise NotifyError("refused", **how)

    return answer


async def _hangs(world, _notice):
    if world.loop.time() < 1000:
        await asyncio.sleep(1_000_000)


async def _garbage(_world, _notice):
    raise ValueError("not JSON")


def rounded(world):
    return sorted((round(at_s), name) for at_s, name in world.taken)


def test_a_receiver_that_hangs_delays_no_other_and_is_tried_again_at_the_next_turn():
    world = World(shaky_0=_hangs)
    world.run(1300, (0, world.fire()), (1, world.fire("B job=y")))

    assert rounded(world) == [
        (10, "shaky/1"),
        (10, "steady/0"),
        (11, "steady/0"),
        (1210, "shaky/0"),
    ]
    assert [round(at_s) for at_s, name, *_ in world.attempts if name == "shaky/0"] == [10, 310, 610, 910, 1210]
    assert [(key[-1], number) for key, number in world.runner.counts.failed.items()] == [("contextDeadlineExceeded", 4)]


def test_one_that_is_away_for_an_hour_is_tried_again_with_growing_pauses_and_told_once():
    world = World(shaky_0=refuses(retryable=True, until_s=3600))
    world.run(4000, (0, world.fire(ends="2h")))
    pauses = [two[0] - one[0] for one, two in zip(world.attempts, world.attempts[1:], strict=False) if one[1] == two[1]]
    told = [each for each in rounded(world) if each[1] == "shaky/0"]

    assert len(told) == 1
    assert 3600 <= told[0][0] < 3700
    assert max(pauses) <= 90
    assert 100 < len(world.attempts) < 400
    assert {key for _, _, _, key in world.attempts if key.startswith('{}/{job="x"}')} == {'{}/{job="x"}:{job="x"}'}
    assert (10, "steady/0") in rounded(world)


def test_one_that_asks_to_wait_is_left_alone_for_so_long():
    world = World(shaky_0=refuses(retryable=True, reason="rateLimited", after_ms=90_000, until_s=150))
    under_way = []
    world.run(200, (0, world.fire()), (50, lambda: under_way.extend(world.manager.trying.values())))

    assert [round(at_s) for at_s, name, *_ in world.attempts if name == "shaky/0"] == [10, 100, 190]
    assert under_way == [Trying(1, "refused", START_MS + 100_000)]
    assert world.manager.trying == {}
    assert (190, "shaky/0") in rounded(world)


@pytest.mark.parametrize("receiver", [refuses(retryable=False, reason="clientError"), _garbage])
def test_one_that_refuses_for_good_or_answers_garbage_is_asked_once_a_turn(receiver):
    world = World(shaky_0=receiver)
    world.run(700, (0, world.fire()))

    assert [(round(at_s), number) for at_s, name, number, _ in world.attempts if name == "shaky/0"] == [
        (10, 1),
        (310, 1),
        (610, 1),
    ]
    assert len([each for each in world.taken if each[1] == "shaky/1"]) == 1


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_set_changes_neither_waiting_nor_what_fires(hours):
    world = World()

    def jump():
        world.ahead_ms = hours * 3_600_000

    world.run(700, (0, world.fire(ends="10m")), (5, jump), (20, world.fire("B job=x", ends="1h")))

    assert [each for each in rounded(world) if each[1] == "steady/0"] == [
        (10, "steady/0"),
        (310, "steady/0"),
        (610, "steady/0"),
    ]
    assert world.manager.counts.jumps == 1


def test_a_machine_that_stalls_between_two_looks_at_its_clocks_has_not_set_them():
    world = World()

    def stall():
        world.stalls = 2

    world.run(400, (0, world.fire()), (100, stall), (200, stall))

    assert world.manager.counts.jumps == 0
    assert [each for each in rounded(world) if each[1] == "steady/0"] == [(10, "steady/0")]


def test_a_reload_while_something_is_under_way_sends_it_once():
    async def slow(_world, _notice):
        await asyncio.sleep(30)

    world = World(steady_0=slow, shaky_0=slow, shaky_1=slow)
    world.run(600, (0, world.fire()), (20, lambda: world.manager.reload(config_of(CONFIG))))

    assert sorted(rounded(world)) == [(40, "shaky/0"), (40, "shaky/1"), (40, "steady/0")]


@pytest.mark.parametrize(("ends", "told"), [("0s", 0), ("1h", 1)])
def test_after_a_reload_took_its_group_away_nobody_is_told_late_of_an_alert_that_has_ended(ends, told):
    elsewhere = config_of(CONFIG.replace("group_by: [job]", "group_by: [alertname]"))
    late = refuses(retryable=True, until_s=100)
    world = World(shaky_0=late, shaky_1=refuses(retryable=False))
    world.run(200, (0, world.fire()), (15, world.fire(ends=ends)), (20, lambda: world.manager.reload(elsewhere)))
    old = [at_s for at_s, name, _, key in world.attempts if name == "shaky/0" and "job" in key.split(":")[1]]

    assert (max(old) > 100) == bool(told)


def test_rules_put_alerts_without_waiting():
    world = World()
    world.run(60, (0, lambda: world.manager.put([alert_of("A job=z", world.now_ms())])))

    assert rounded(world) == [(10, "steady/0")]


def test_what_is_under_way_at_the_end_is_given_a_moment():
    async def slow(_world, _notice):
        await asyncio.sleep(1)

    world = World(steady_0=slow)
    world.run(10.5, (0, world.fire("A job=z")))

    assert rounded(world) == [(11, "steady/0")]
    assert len(world.manager.dispatcher.state.log) == 1


@pytest.mark.parametrize(
    ("answer", "fails_s", "last"),
    [
        (refuses(retryable=False, until_s=400), (10, 610), "refused"),
        (refuses(retryable=True, until_s=250), (12, 310), "refused"),
        (_hangs, (310, 1210), "context deadline exceeded"),
    ],
    ids=["refused for good", "tried again", "hangs"],
)
def test_an_integration_fails_from_a_lost_notification_or_the_third_attempt_until_one_succeeds(answer, fails_s, last):
    world, seen = World(steady_0=answer), []

    def look():
        failing = world.runner.counts.failing.get(("steady", "webhook[0]"))
        seen.append((round(world.loop.time()), failing.why if failing else ""))

    world.run(2000, (0, world.fire("A job=y", ends="2h")), *((at_s, look) for at_s in range(5, 2000, 5)))

    since_s, until_s = fails_s
    assert {why for at_s, why in seen if since_s + 5 <= at_s < until_s - 60} == {last}
    assert {why for at_s, why in seen if at_s < since_s or at_s >= until_s + 60} == {""}


def test_test_alerts_are_counted_for_themselves_and_what_real_ones_lose_for_these():
    world = World(steady_0=refuses(retryable=False))
    world.run(60, (0, world.fire(f"WatchglassTest job=t {TEST_MARK}=1")))
    counts = world.runner.counts
    assert counts.tests == {("steady", "webhook", "failed"): 1}
    assert (counts.failed, counts.attempts, counts.failed_attempts, counts.seconds) == ({}, {}, {}, {})
    assert counts.failing.keys() == {("steady", "webhook[0]")}

    world = World(steady_0=refuses(retryable=False))
    world.run(60, (0, world.fire(f"WatchglassTest job=y {TEST_MARK}=1")), (0, world.fire("A job=y")))
    counts = world.runner.counts
    assert counts.failed == {("steady", "webhook", "other"): 1}, "one group has a real alert, too"
    assert counts.attempts == counts.failed_attempts == {("steady", "webhook"): 1}
    assert not counts.tests


@pytest.mark.parametrize(("mark", "told"), [(f" {TEST_MARK}=1", 0), ("", 2)])
def test_a_test_alert_that_was_withdrawn_is_told_to_nobody_who_has_not_heard_of_it(mark, told):
    """Any other one is told when its receiver is back, as in Alertmanager, and then that it has ended."""
    alert = f"A job=y{mark}"
    world = World(steady_0=refuses(retryable=True, until_s=35))
    world.run(700, (0, world.fire(alert)), (25, world.fire(alert, ends="0s")))

    assert [name for _, name in world.taken] == ["steady/0"] * told
