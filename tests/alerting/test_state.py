"""What outlives the process: after a death at any step nothing is lost, and at most one notification comes twice."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from alerting_support import START_MS, Bench, config_of, labels_of

from watchglass.alerting.history import HistoryLimits
from watchglass.alerting.manager import AlertingOptions
from watchglass.alerting.matchers import parse_matchers
from watchglass.alerting.silence import Silence, SilenceError, SilenceLimits, UnknownSilenceError
from watchglass.errors import StoreError
from watchglass.store.meta import MetaStore


@pytest.fixture
def meta(tmp_path):
    store = MetaStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
def bench(meta):
    return Bench(tables=meta)


def silence(text="alertname=A", hours=1.0):
    return Silence(parse_matchers(text), 0, START_MS + int(hours * 3_600_000), "me", "why", annotations={"a": "b"})


def test_after_a_death_while_the_group_waits_it_is_told_when_it_would_have_been(bench):
    bench.put("A job=x")
    bench.run("0.5s".replace("0.5s", "500ms"))
    bench.restart()

    assert bench.run("10s") == ["1s team: first notification: A"]


def test_after_a_death_between_decision_and_answer_it_is_told_again_at_once_with_the_same_key(bench):
    keys = []
    bench.put("A job=x")
    bench.run("1s", answer=lambda _manager, delivery: keys.append(delivery.group.key))
    bench.restart()
    bench.run("10s", answer=lambda manager, delivery: (keys.append(delivery.group.key), manager.delivered(delivery)))

    assert bench.lines == ["1s team: first notification: A"] * 2
    assert keys == ['{}:{job="x"}'] * 2


def test_an_end_after_a_death_is_told_to_one_that_may_have_heard_of_the_alert(bench):
    bench.put("A job=x")
    bench.run("1s", answer=lambda _manager, _delivery: None)
    bench.restart()
    bench.put("A job=x", ends="0s")
    bench.run("10s")
    bench.restart()

    assert bench.lines[1:] == ["1s team: all alerts resolved: -A"]
    assert bench.run("5m") == []


def test_an_end_is_not_told_to_one_that_refused_to_hear_of_the_alert(bench):
    bench.put("A job=x")
    bench.run("1s", answer=lambda manager, delivery: manager.failed(delivery, 1, "no"))
    bench.put("A job=x", ends="0s")
    bench.restart()

    assert bench.run("1m") == []


def test_after_a_death_once_the_answer_is_logged_nothing_is_told_twice(bench):
    bench.put("A job=x")
    bench.run("1s")
    bench.restart()

    assert bench.run("50s") == []
    assert bench.run("70s") == ["63s team: repeat interval elapsed: A"]


def test_what_a_receiver_noted_of_a_group_comes_back_with_its_next_notification_until_the_group_begins_anew(bench):
    seen = []

    def answer(manager, delivery):
        seen.append(dict(delivery.remembered))
        delivery.remembered["ts"] = str(len(seen))
        manager.delivered(delivery)

    bench.put("A job=x")
    bench.run("1s", answer)
    bench.restart()
    bench.put("B job=x")
    bench.run("10s", answer)
    bench.put("A job=x", ends="0s")
    bench.put("B job=x", ends="0s")
    bench.run("20s", answer)
    bench.put("C job=x")
    bench.run("30s", answer)

    assert [line.partition(": ")[2] for line in bench.lines] == [
        "first notification: A", "new alerts added: A B", "all alerts resolved: -A -B", "first notification: C",
    ]  # fmt: skip
    assert seen == [{}, {"ts": "1"}, {"ts": "2"}, {}]


def test_an_end_that_nobody_was_told_is_told_after_a_death(bench):
    bench.put("A job=x")
    bench.run("1s")
    bench.put("A job=x", ends="0s")
    bench.restart()
    bench.run("10s")
    bench.restart()

    assert bench.lines[1:] == ["3s team: all alerts resolved: -A"]
    assert bench.run("5m") == []


def test_an_end_that_all_were_told_is_not_told_with_the_next_one(bench):
    bench.put("A job=x")
    bench.put("B job=x")
    bench.run("1s")
    bench.put("A job=x", ends="0s")
    bench.run("4s")
    bench.put("C job=x")
    bench.run("6s")
    bench.restart()
    bench.put("D job=x")

    assert bench.run("30s") == ["7s team: new alerts added: B C D"]


def test_alerts_that_could_not_be_refreshed_while_nobody_was_there_are_given_time(bench):
    bench.put("A job=x", ends="4m")
    bench.run("1s")
    bench.clock.advance(3_600_000)
    bench.restart()

    assert bench.run("61m") == ["3601s team: repeat interval elapsed: A"]
    assert bench.run("70m")[-1] == "3841s team: all alerts resolved: -A"


def test_silences_survive(bench):
    id_ = bench.manager.set_silence(silence())
    bench.restart()
    bench.put("A job=x")

    assert bench.run("1m") == []
    assert bench.manager.dispatcher.state.silences.get(id_).annotations == {"a": "b"}
    bench.manager.expire_silence(id_)
    bench.restart()
    assert bench.run("2m") == ["61s team: first notification: A"]


def test_a_silence_that_would_rewrite_history_is_ended_and_made_anew(bench):
    manager = bench.manager
    first = manager.set_silence(silence())
    bench.run("10s")
    silences = manager.dispatcher.state.silences
    known = silences.get(first)
    longer = Silence(known.matchers, known.starts_ms, known.ends_ms + 60_000, "me", "longer", first)
    other = Silence(parse_matchers("alertname=B"), known.starts_ms, known.ends_ms, "me", "other", first)

    assert manager.set_silence(longer) == first
    second = manager.set_silence(other)
    assert second != first
    assert silences.get(first).ends_ms == bench.clock.now_ms()
    assert silences.get(second).starts_ms == bench.clock.now_ms()


def test_silences_have_limits_and_are_forgotten(meta):
    options = AlertingOptions(silences=SilenceLimits(count=1, bytes=500), retention_ms=60_000)
    bench = Bench(tables=meta, options=options)
    with pytest.raises(SilenceError, match="maximum size"):
        bench.manager.set_silence(Silence(parse_matchers("a=b"), 0, START_MS + 1000, "me", "x" * 500))
    bench.manager.set_silence(silence(hours=0.001))
    with pytest.raises(SilenceError, match="maximum number of silences: 1"):
        bench.manager.set_silence(silence())
    with pytest.raises(UnknownSilenceError):
        bench.manager.expire_silence("no such")
    bench.clock.advance(10 * 60_000)
    bench.manager.step()

    assert bench.manager.dispatcher.state.silences.all() == []


def test_a_full_disk_stops_no_notification_and_is_caught_up_with(bench, meta, monkeypatch):
    @contextmanager
    def full():
        raise StoreError("no space left to write")
        yield

    room = meta.transaction
    monkeypatch.setattr(meta, "transaction", full)
    with pytest.raises(StoreError):
        bench.put("A job=x")
    bench.run("10s")
    assert bench.lines == ["1s team: first notification: A"]
    assert bench.manager.unsaved == "no space left to write"
    monkeypatch.setattr(meta, "transaction", room)
    bench.run("12s")
    bench.put("B job=y")
    bench.restart()

    assert bench.manager.unsaved == ""
    assert bench.run("40s") == ["13s team: first notification: B"]


def test_one_that_fails_is_tried_again_at_the_next_turn(bench):
    answers = iter([False, False, True])

    def answer(manager, delivery):
        if next(answers):
            manager.delivered(delivery)
        else:
            manager.failed(delivery, 3, "500")

    bench.put("A job=x")
    bench.run("1s", answer)
    bench.put("A job=x", ends="0s")
    bench.put("B job=x")
    bench.run("20s", answer)

    assert bench.lines == [
        "1s team: first notification: A",
        "3s team: first notification: -A B",
        "5s team: first notification: -A B",
    ]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_changes_no_waiting(bench, hours):
    bench.put("A job=x", ends="20s")
    bench.run("4s")
    bench.put("B job=x", ends="20s")
    delta_ms = hours * 3_600_000
    bench.clock.advance(delta_ms)
    bench.manager.clock_jumped(delta_ms)
    bench.clock.advance(-delta_ms)
    bench.manager.dispatcher.shift(-delta_ms, bench.clock.now_ms())  # and back, for the sake of the times below

    assert bench.run("1m") == [
        "5s team: new alerts added: A B",
        "21s team: some alerts resolved: -A B",
        "25s team: all alerts resolved: -B",
    ]


def test_a_jump_alone_moves_timers_with_it(bench):
    bench.put("A job=x", ends="20s")
    bench.clock.advance(3_600_000)
    bench.manager.clock_jumped(3_600_000)

    assert bench.run("2h") == ["3601s team: first notification: A", "3621s team: all alerts resolved: -A"]


def test_history_tells_who_was_told_what(bench):
    bench.put("A job=x")
    bench.run("1s", lambda manager, delivery: manager.failed(delivery, 2, "no answer"))
    bench.run("3s")
    bench.put("A job=x", ends="0s")
    bench.run("10s")
    bench.restart()
    history = bench.manager.history
    notifications = history.notifications(START_MS, START_MS + 60_000)

    assert [(each.reason, each.error, each.attempts) for each in reversed(notifications)] == [
        ("first notification", "no answer", 2),
        ("first notification", "", 1),
        ("all alerts resolved", "", 1),
    ]
    assert notifications[0].resolved == (labels_of("A job=x"),)
    (episode,) = history.episodes(START_MS, START_MS + 60_000)
    assert (episode.labels, episode.starts_ms, episode.ended_ms) == (labels_of("A job=x"), START_MS, START_MS + 3000)


def test_history_is_bounded_by_age_and_number(meta):
    bench = Bench(
        config_of("route: {receiver: a}\nreceivers: [{name: a}]"),
        meta,
        AlertingOptions(history=HistoryLimits(kept_ms=3_600_000, rows=5)),
    )
    for number in range(10):
        bench.put(f"A{number}", ends="0s")
        bench.put(f"B{number}", ends="1s")
    bench.clock.advance(120_000)
    bench.manager.step()
    assert len(bench.manager.history.episodes(0, 2 * START_MS)) == 5

    bench.clock.advance(7_200_000)
    bench.manager.step()
    assert bench.manager.history.episodes(0, 2 * START_MS) == []


def test_what_ended_long_ago_is_forgotten_on_disk_too(bench, meta):
    bench.put("A job=x", ends="5s")
    bench.run("10s")
    bench.clock.advance(6 * 24 * 3_600_000)
    bench.manager.step()

    for table in ("alert", "alert_group", "notification_log"):
        assert meta.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_more_alerts_than_the_limit_are_refused_and_counted(meta):
    bench = Bench(tables=meta, options=AlertingOptions(max_alerts=3))
    for number in range(5):
        bench.put(f"A{number} job=x")

    assert bench.run("1s") == ["1s team: first notification: A0 A1 A2"]
    assert bench.manager.dispatcher.state.alerts.refused == 2
    assert bench.manager.is_full
    bench.put("A0 job=x", ends="0s")
    bench.run("45m")
    assert not bench.manager.is_full


@pytest.mark.slow
def test_a_hundred_thousand_alerts_are_one_notification(meta):
    bench = Bench(tables=meta)
    from alerting_support import alert_of

    bench.manager.accept([alert_of(f"A job=x n={number}", START_MS) for number in range(100_000)])
    sizes = []
    bench.run("1s", lambda manager, delivery: (sizes.append(len(delivery.alerts)), manager.delivered(delivery)))

    assert sizes == [100_000]
    bench.restart()
    assert bench.run("30s") == []
