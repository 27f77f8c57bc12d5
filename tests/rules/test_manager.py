"""Running groups: at their slots, none held up by another, through reloads, slow ones and clocks that jump."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from rules_support import Bench

from watchglass.clock import SystemClock
from watchglass.rules import manager as manager_module
from watchglass.rules.manager import RuleManager
from watchglass.rules.outgoing import Outgoing, Relabelled
from watchglass.rules.read import read_rule_file


class Wall:
    """The system's clock, which a test can set."""

    def __init__(self):
        self.ahead_ms = 0

    def now_ms(self):
        return SystemClock().now_ms() + self.ahead_ms


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.wall = Wall()
    made.around = replace(made.around, clock=made.wall)
    return made


def definitions(folder, text, interval_ms=50):
    path = folder / "rules.yml"
    path.write_text(text)
    return [replace(group, interval_ms=group.interval_ms or interval_ms) for group in read_rule_file(path)]


def simple(*names, expr="1"):
    return "groups:\n" + "".join(
        f"- {{name: {name}, rules: [{{record: r_{name}, expr: '{expr}'}}]}}\n" for name in names
    )


async def eventually(holds):
    for _ in range(3000):
        if found := holds():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")


def sample(registry, name, group):
    names = {"rule_group": next(key for key in keys(registry) if key.endswith(f";{group}"))}
    return registry.get_sample_value(f"watchglass_rule_{name}", names)


def keys(registry):
    return {
        each.labels["rule_group"]
        for family in registry.collect()
        for each in family.samples
        if "rule_group" in each.labels
    }


def test_groups_are_evaluated_at_their_slots(bench, tmp_path):
    registry = CollectorRegistry()

    async def run():
        manager = RuleManager(bench.around, registry=registry)
        manager.apply(definitions(tmp_path, simple("a", "b")))
        await eventually(lambda: all(sample(registry, "evaluations_total", name) >= 5 for name in "ab"))
        [first, second] = manager.groups()
        await manager.stop()
        return first, second

    first, second = asyncio.run(run())
    assert (first.definition.name, second.definition.name) == ("a", "b")
    labels = bench.store.select([], 0, 2**60)
    times = {str(labels.labels.row(at)): labels.times[labels.offsets[at] : labels.offsets[at + 1]] for at in range(2)}
    for group in (first, second):
        own = times[f"r_{group.definition.name}{{}}"]
        assert set((own - group.schedule.offset_ms) % 50) == {0}
        assert len(set(own)) == len(own)
    assert sample(registry, "group_rules", "a") == 1
    assert sample(registry, "group_iterations_total", "a") >= 5


def test_groups_that_hang_hold_up_no_other(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(manager_module, "LONG_S", 0.1)
    release = threading.Event()
    asked = bench.around.query

    def query(expr, time_ms):
        if "hang" in expr:
            release.wait(20)
        return asked(expr, time_ms)

    bench.around = replace(bench.around, query=query)
    registry = CollectorRegistry()

    async def run():
        manager = RuleManager(bench.around, threads=1, registry=registry)
        text = simple("h1", "h2", "h3", expr="hang") + simple("fine").removeprefix("groups:\n")
        manager.apply(definitions(tmp_path, text))
        await eventually(lambda: sample(registry, "evaluations_total", "fine") >= 3)
        assert [sample(registry, "evaluations_total", name) for name in ("h1", "h2", "h3")] == [0, 0, 0]
        release.set()
        await eventually(lambda: sample(registry, "group_iterations_missed_total", "h1") > 0)
        await manager.stop()

    asyncio.run(run())


def test_a_clock_that_jumps_is_followed(bench, tmp_path):
    registry = CollectorRegistry()

    async def run():
        manager = RuleManager(bench.around, registry=registry)
        manager.apply(definitions(tmp_path, simple("a")))
        await eventually(lambda: sample(registry, "evaluations_total", "a") >= 2)
        bench.wall.ahead_ms = 3_600_000
        before = sample(registry, "evaluations_total", "a")
        await eventually(lambda: sample(registry, "evaluations_total", "a") >= before + 3)
        assert sample(registry, "group_iterations_missed_total", "a") >= 3_600_000 // 50 - 2
        [rule] = manager.groups()[0].rules
        assert rule.health == "ok"
        bench.wall.ahead_ms = 0
        await eventually(lambda: rule.error.startswith("out of order"))
        before = sample(registry, "evaluations_total", "a")
        await eventually(lambda: sample(registry, "evaluations_total", "a") >= before + 3)
        bench.wall.ahead_ms = 3_700_000
        await eventually(lambda: rule.health == "ok")
        await manager.stop()

    asyncio.run(run())


def test_a_reload_keeps_what_is_unchanged_and_takes_over_the_rest(bench, tmp_path):
    registry = CollectorRegistry()

    async def run():
        manager = RuleManager(bench.around, registry=registry)
        manager.apply(definitions(tmp_path, simple("same", "changed", "gone")))
        same = manager.groups()[2]
        await eventually(lambda: all(group.evaluated_ms for group in manager.groups()))
        manager.apply(definitions(tmp_path, simple("same") + simple("changed", expr="2").removeprefix("groups:\n")))
        assert [group.definition.name for group in manager.groups()] == ["changed", "same"]
        assert manager.groups()[1] is same
        assert not any(key.endswith(";gone") for key in keys(registry))
        changed = manager.groups()[0]
        now = bench.wall.now_ms
        await eventually(lambda: bench.ask("r_changed", now()) == {"r_changed{}": 2.0})
        await eventually(lambda: not bench.ask("r_gone", now()))
        assert bench.ask("r_same", now())
        assert changed.rules[0].health == "ok"
        await manager.stop()

    asyncio.run(run())


def test_a_group_that_comes_back_keeps_its_place_in_the_store(bench, tmp_path, monkeypatch):
    closed = []
    monkeypatch.setattr(type(bench.store), "close_group", lambda _store, group: closed.append(group), raising=False)

    async def scenario():
        manager = RuleManager(bench.around)
        both = definitions(tmp_path, simple("stays", "leaves"))
        manager.apply(both)
        await eventually(lambda: all(group.rules[0].evaluated_ms for group in manager.groups()))
        manager.apply(both[:1])
        manager.apply(both)
        await eventually(lambda: not manager._ending)
        back = list(closed)
        manager.apply(both[:1])
        await eventually(lambda: not manager._ending)
        await manager.stop()
        return back

    assert asyncio.run(scenario()) == []
    assert len(closed) == 1


def test_reloads_while_a_group_hangs_wait_for_it_and_lose_nothing(bench, tmp_path):
    release, entered = threading.Event(), threading.Event()
    asked = bench.around.query

    def query(expr, time_ms):
        if "hang" in expr:
            entered.set()
            release.wait(20)
        return asked("vector(1)", time_ms)

    bench.around = replace(bench.around, query=query)

    async def run():
        manager = RuleManager(bench.around)
        rules = "groups: [{{name: g, rules: [{{alert: A, expr: {}}}, {{alert: B, expr: x}}]}}]"
        manager.apply(definitions(tmp_path, rules.format("x")))
        [first] = manager.groups()
        await eventually(lambda: first.alerting[0].alerts)
        since = next(iter(first.alerting[0].alerts.values())).active_ms
        manager.apply(definitions(tmp_path, rules.format("hang")))
        await asyncio.to_thread(entered.wait, 10)
        manager.apply(definitions(tmp_path, rules.format("y")))
        manager.apply(definitions(tmp_path, rules.format("z")))
        release.set()
        [last] = manager.groups()
        await eventually(lambda: last.evaluated_ms and last.alerting[0].alerts)
        await manager.stop()
        return since, next(iter(last.alerting[0].alerts.values())).active_ms

    since, kept = asyncio.run(run())
    assert since == kept


def test_a_stop_does_not_wait_for_what_hangs(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(manager_module, "_STOP_S", 0.1)
    release, entered = threading.Event(), threading.Event()

    def query(expr, time_ms):
        entered.set()
        release.wait(20)

    bench.around = replace(bench.around, query=query)

    async def run():
        manager = RuleManager(bench.around)
        manager.apply(definitions(tmp_path, simple("a")))
        await asyncio.to_thread(entered.wait, 10)
        await asyncio.wait_for(manager.stop(), 15)

    asyncio.run(run())
    release.set()


class Sink:
    def __init__(self, *, broken=False):
        self.names, self.threads, self.broken = [], set(), broken

    def put(self, alerts):
        if self.broken:
            raise RuntimeError("broken")
        self.names += [alert.name for alert in alerts]
        self.threads.add(threading.get_ident())


def test_every_sink_hears_of_alerts_on_the_loops_thread_whatever_others_do(bench, tmp_path):
    sinks = [Sink(broken=True), Sink()]
    outgoing, changed_in = Outgoing(sinks), set()

    class Noted(Relabelled):
        def of(self, alerts):
            changed_in.add(threading.get_ident())
            return super().of(alerts)

    outgoing.relabelled = Noted()
    bench.around = replace(bench.around, emit=outgoing.emit)

    async def run():
        outgoing.begin()
        manager = RuleManager(bench.around)
        manager.apply(definitions(tmp_path, "groups: [{name: g, rules: [{alert: A, expr: vector(1)}]}]"))
        await eventually(lambda: sinks[1].names)
        await manager.stop()

    asyncio.run(run())
    assert (sinks[1].names[0], sinks[1].threads) == ("A", {threading.get_ident()})
    assert changed_in
    assert threading.get_ident() not in changed_in
