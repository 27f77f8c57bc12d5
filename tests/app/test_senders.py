"""Senders over several configurations: what is under way keeps its own, and none is left open."""

from __future__ import annotations

import asyncio

from watchglass.alerting.configuration import parse_alertmanager_config
from watchglass.app import senders as module
from watchglass.app.senders import Senders

CONFIG = """
route: {receiver: team}
receivers: [{name: team, webhook_configs: [{url: 'http://127.0.0.1:9/%s'}]}]
"""


def configured(path):
    config = parse_alertmanager_config(CONFIG % path)
    return config, config.receivers["team"].integrations[0]


async def after_a_reload(steps):
    first, old = configured("one")
    second, new = configured("two")
    senders = Senders(first, "http://here")
    begun = senders.of(old)
    await senders.follow(second)
    found = [senders.of(old), senders.of(old), senders.of(new)]
    await steps()
    late = senders.of(old)
    again = senders.of(old)
    await senders.close()
    return begun, found, late, again


def test_what_is_under_way_keeps_its_sender_after_a_reload():
    begun, (one, two, new), late, _ = asyncio.run(after_a_reload(lambda: asyncio.sleep(0)))

    assert begun is one is two is late
    assert new is not one


def test_a_sender_of_before_is_closed_after_a_while_and_a_late_attempt_has_one_for_itself(monkeypatch):
    monkeypatch.setattr(module, "LINGER_S", 0.01)
    closed = []
    monkeypatch.setattr("watchglass.alerting.notify.http_notifier.HttpNotifier.close", lambda self: note(closed, self))
    begun, _, late, again = asyncio.run(after_a_reload(lambda: asyncio.sleep(0.1)))

    assert late is again is not begun
    assert closed[0] is begun
    assert len(closed) == 3


async def note(closed, notifier):
    closed.append(notifier)
