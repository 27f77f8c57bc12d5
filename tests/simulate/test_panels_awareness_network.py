"""Awareness Network's twenty panels say what its log says, where those of the guide are wrong or empty."""

import pytest
from world import MONDAY_MS, NOW_MS, Span, is_wrong, panels_of

from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.systems.awareness_network import ANSWERS, DB_ERRORS, QUERIED, THOUGHTS
from watchglass.simulate.systems.awareness_traffic import STATUSES

PACK, APP = "awareness_network", "awareness-network"
REQUESTS, QUERIES, READINGS = ("requests", "done_ms"), ("queries", "done_ms"), ("readings", "at_ms")
THOUGHT, COMMAND = ("thoughts", "at_ms"), ("commands", "at_ms")
LATENCY, QUERY_TIME = "http_request_duration_seconds", "db_query_duration_seconds"
LENGTH = "collab_session_duration_seconds"
RECENT = [NOW_MS, NOW_MS - 3 * HOUR_MS]
TIMES = [*RECENT, MONDAY_MS]


@pytest.fixture(scope="module")
def world(worlds):
    return worlds(PACK, 4)


def broken(events):
    return events["status"] == STATUSES.index("500")


def read(column, job=APP):
    return lambda w, t: {(): w.last(job, READINGS, column, t)}


def rates(world, told, at_ms, columns, known=()):
    """A rate for each combination of words, and zero for what is known and has not happened."""
    found = world.by(columns, lambda where: world.rate(*told, at_ms, where=where), told[0])
    return {key: Span.about(0.0) for key in known} | dict(found)


def thoughts_a_minute(world, at_ms):
    found = world.by(
        ("agent", "category"), lambda where: world.rate(*THOUGHT, at_ms, MINUTE_MS, where=where) * 60, "thoughts"
    )
    return {key: Span.about(0.0) for key in THOUGHTS} | dict(found)


def cpu(world, at_ms):
    return {(): world.rate(*READINGS, at_ms, value="user") + world.rate(*READINGS, at_ms, value="system")}


def hit_rate(world, at_ms):
    return {(): world.ratio(("hits", "at_ms"), ("commands", "at_ms"), at_ms, of=lambda e: e["command"] == 0)}


def pool(world, at_ms):
    active, idle = (world.last(APP, READINGS, column, at_ms).low for column in ("active", "idle"))
    return {(): Span.about(active / (active + idle))}


def lengths(world, at_ms):
    spans = world.bucketed(LENGTH, at_ms, DAY_MS)
    return {(le,): span for le, span in zip(world.les(LENGTH), spans, strict=True)}


def thoughts_by_agent(world, at_ms):
    return dict(world.by(("agent",), lambda where: world.increase(*THOUGHT, at_ms, DAY_MS, where=where), "thoughts"))


def db_errors(world, at_ms):
    return rates(world, ("query_errors", "done_ms"), at_ms, ("error_type", "operation"), [(e, o) for o, e in DB_ERRORS])


PANELS = {
    "Request Rate": lambda w, t: rates(w, REQUESTS, t, ("method", "path", "status"), ANSWERS),
    "Error Rate": lambda w, t: {(): w.ratio(REQUESTS, REQUESTS, t, where=broken)},
    "P95 Latency": lambda w, t: {(): w.quantile(0.95, LATENCY, t)},
    "Active Connections": lambda w, t: {(): w.level(APP, "requests", ("arrived_ms", "released_ms"), t)},
    "Active Sessions": lambda w, t: {(): w.level(APP, "sessions", ("begun_ms", "ended_ms"), t)},
    "Thoughts/min": thoughts_a_minute,
    "Session Duration": lengths,
    "Thoughts by Agent": thoughts_by_agent,
    "Query Rate": lambda w, t: rates(w, QUERIES, t, ("model", "operation"), [(m, o) for o, m in QUERIED]),
    "Query P95": lambda w, t: {(): w.quantile(0.95, QUERY_TIME, t)},
    "Connection Pool": pool,
    "DB Errors": db_errors,
    "Cache Hit Rate": hit_rate,
    "Command Rate": lambda w, t: rates(w, COMMAND, t, ("command",)),
    "Memory Usage": read("redis_memory", "redis-exporter"),
    "Connected": read("redis"),
    "CPU Usage": cpu,
    "System > Memory Usage": read("resident"),
    "Event Loop Lag": read("lag"),
    "Heap Usage": read("heap"),
}


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize("title", PANELS)
def test_panels(world, title, at_ms):
    if title == "Thoughts/min" and at_ms not in RECENT:
        at_ms = RECENT[-1] - HOUR_MS  # a window of a minute needs scrapes that are less than a minute apart
    answer = world.ask(panels_of(PACK, "awareness-main")[title]["A"], at_ms)
    assert not is_wrong(answer, expected := PANELS[title](world, at_ms)), (answer, expected)


def test_every_panel_is_held_against_the_log():
    panels = panels_of(PACK, "awareness-main")
    assert set(PANELS) == set(panels)
    assert {tuple(exprs) for exprs in panels.values()} == {("A",)}
    assert len(PANELS) == 20


@pytest.mark.parametrize(
    "title",
    [
        "Error Rate",
        "P95 Latency",
        "Session Duration",
        "Query P95",
        "Cache Hit Rate",
        "Command Rate",
        "CPU Usage",
        "System > Memory Usage",
    ],
)
def test_what_the_guide_wrote_is_wrong_or_empty(world, title):
    at_ms = world.amid("cache-cold") if title == "Cache Hit Rate" else NOW_MS
    written = panels_of(PACK, "awareness-main", as_written=True)[title]["A"]
    assert is_wrong(world.ask(written, at_ms, scoped=False), PANELS[title](world, at_ms))
    ours = panels_of(PACK, "awareness-main")[title]["A"]
    assert not is_wrong(world.ask(ours, at_ms), PANELS[title](world, at_ms))


def test_redis_exporters_counter_of_the_same_name_is_left_out(world):
    answer = world.ask("sum by (command, cmd) (rate(redis_commands_total[5m]))", NOW_MS, scoped=False)
    assert {key for key in answer if len(key) == 1} >= {("get",), ("set",)}
    both = world.ask("count by (job) (redis_commands_total)", NOW_MS, scoped=False, hidden=())
    assert {job for (job,) in both} == {APP, "redis-exporter"}
    ours = world.ask("count by (job) (redis_commands_total)", NOW_MS, hidden=())
    assert {job for (job,) in ours} == {APP}
