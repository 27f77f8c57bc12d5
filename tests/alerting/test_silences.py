"""Which silences keep an alert quiet: those that a trial of every silence finds, however many there are."""

from __future__ import annotations

import random

from watchglass.alerting import silence as module
from watchglass.alerting.matchers import Matchers, accepts_of, parse_matchers
from watchglass.alerting.silence import Silence, Silences
from watchglass.model.labels import Labels

MINUTE_MS = 60_000
TESTS = ["a=x", "a=y", "b=x", "a!=x", 'a=~"x|y"', 'b!~"x"', 'a=""', 'c=""', "c=z"]


def every_one(silences, labels, now_ms):
    """What a trial of all finds."""
    values = dict(labels)
    return {
        each.id
        for each in silences.all()
        if each.starts_ms <= now_ms < each.ends_ms and Matchers(each.matchers).matches(values)
    }


def test_the_silences_of_an_alert_are_those_that_a_trial_of_all_finds():
    choose = random.Random(7)
    silences, now_ms = Silences(), 10 * MINUTE_MS
    for _ in range(600):
        now_ms += choose.choice([0, 1000, MINUTE_MS])
        known = [each.id for each in silences.all()]
        match choose.randrange(4):
            case 0 | 1:
                text = ",".join([*choose.sample(TESTS, choose.randint(1, 3)), "d!=q"])
                starts_ms = now_ms + choose.choice([0, MINUTE_MS])
                id_ = silences.set(Silence(parse_matchers(text), starts_ms, starts_ms + 5 * MINUTE_MS), now_ms)
                if choose.random() < 0.3:
                    silences.set(Silence(parse_matchers(text), starts_ms, starts_ms + MINUTE_MS, id=id_), now_ms)
            case 2 if known:
                silences.expire(choose.choice(known), now_ms)
            case _:
                silences.forget(now_ms)
        labels = Labels.of({name: choose.choice(["", "x", "y", "z"]) for name in "abc"})
        assert set(silences.silencing(labels, now_ms)) == every_one(silences, labels, now_ms)


def test_an_alert_is_tried_on_few_of_many_silences(monkeypatch):
    tried = []

    def counted(matcher):
        accepts = accepts_of(matcher)
        return lambda value: tried.append(matcher) or accepts(value)

    monkeypatch.setattr(module, "accepts_of", counted)
    silences = Silences()
    for number in range(1000):
        matchers = parse_matchers(f'instance="i{number}",job=~"a|b"')
        id_ = silences.set(Silence(matchers, MINUTE_MS, 2 * MINUTE_MS), MINUTE_MS)
    tried.clear()

    assert silences.silencing(Labels.of(instance="i999", job="a"), MINUTE_MS) == [id_]
    assert len(tried) == 2
