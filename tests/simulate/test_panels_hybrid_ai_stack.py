"""Hybrid AI Stack's panels say what its log says, where those of the guide's text are wrong or empty."""

import itertools

import pytest
from world import MONDAY_MS, NOW_MS, is_wrong, panels_of

from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.systems.hybrid_ai_stack import BACKENDS, MODELS, STATUSES

GATEWAY = "api-gateway"
REQUESTS = ("requests", "done_ms")
LATENCY = "api_gateway_request_duration_seconds"
TIMES = [NOW_MS, NOW_MS - 3 * HOUR_MS, MONDAY_MS]
PACK = "hybrid_ai_stack"


@pytest.fixture(scope="module")
def world(worlds):
    return worlds(PACK, 33)


def increase(world, at_ms, window_ms=DAY_MS, **how):
    return world.increase(*REQUESTS, at_ms, window_ms, **how)


def mean(world, at_ms, value, window_ms=5 * MINUTE_MS, told=REQUESTS):
    return world.ratio(told, told, at_ms, window_ms, value=value)


def by(world, *columns):
    """Sums by labels; PromQL gives labels in the order of their names, and so do these."""
    return lambda tell: dict(world.by(tuple(sorted(columns)), tell, "requests"))


def is_word(column, words, word):
    return lambda events: events[column] == words.index(word)


def failed(events):
    return events["status"] == STATUSES.index("error")


def cost_by_model(world, at_ms):
    return by(world, "model")(lambda where: accumulated(world, at_ms, where=where))


def accumulated(world, at_ms, **how):
    return world.accumulated(REQUESTS, at_ms, value="usd", **how)


def routes(world, tell):
    """Every combination of labels that the gateway knows, those without a request included."""
    return dict(world.by(("backend", "complexity", "model"), tell, "requests"))


def shares(world, at_ms):
    return routes(world, lambda where: world.ratio(REQUESTS, REQUESTS, at_ms, DAY_MS, where=where))


def latency_buckets(world, at_ms):
    spans = world.bucketed(LATENCY, at_ms, 5 * MINUTE_MS)
    return {(le,): span / 300 for le, span in zip(world.les(LATENCY), spans, strict=True)}


def quantiles(share):
    return lambda w, t: by(w, "model")(lambda where: w.quantile(share, LATENCY, t, where=where))


def backend_share(backend):
    of_backend = is_word("backend", BACKENDS, backend)
    return lambda w, t: {(): w.ratio(REQUESTS, REQUESTS, t, DAY_MS, where=of_backend)}


def backend_rates(world, at_ms):
    return by(world, "backend")(lambda where: world.ratio(REQUESTS, REQUESTS, at_ms, where=where))


def mean_cost(world, at_ms):
    return {
        (model,): world.last(GATEWAY, REQUESTS, "mean_usd", at_ms, is_word("model", MODELS, model)) for model in MODELS
    }


MAIN = {
    ("Total Requests (24h)", "A"): lambda w, t: {(): increase(w, t)},
    ("Local vs Cloud Requests", "A"): lambda w, t: by(w, "backend")(lambda where: increase(w, t, where=where)),
    ("Total API Costs (30d)", "A"): lambda w, t: {(): increase(w, t, 30 * DAY_MS, value="usd")},
    ("Average Latency", "A"): lambda w, t: {(): mean(w, t, "took_s")},
    ("Requests by Model Over Time", "A"): lambda w, t: by(w, "model")(lambda where: w.rate(*REQUESTS, t, where=where)),
    ("Cost Accumulation", "A"): cost_by_model,
    ("Response Latency by Model", "A"): quantiles(0.50),
    ("Response Latency by Model", "B"): quantiles(0.95),
    ("Response Latency by Model", "C"): quantiles(0.99),
}
GUIDE = {
    ("Request Distribution by Model", "A"): lambda w, t: by(w, "model")(lambda where: increase(w, t, where=where)),
    ("API Costs Over Time", "A"): lambda w, t: {(): accumulated(w, t)},
    ("Response Latency Distribution", "A"): latency_buckets,
    ("Local share", "A"): backend_share("local"),
    ("Cloud share", "A"): backend_share("cloud"),
    ("Local and cloud over time", "A"): backend_rates,
    ("By complexity and backend", "A"): lambda w, t: by(w, "complexity", "backend")(
        lambda where: increase(w, t, where=where)
    ),
    ("Routing split", "A"): lambda w, t: routes(w, lambda where: increase(w, t, where=where)),
    ("Routing split", "B"): shares,
    ("Gateway", "A"): lambda w, t: {(): w.last(GATEWAY, ("readings", "at_ms"), "health", t)},
    ("Models loaded", "A"): lambda w, t: {(): w.last("ollama", ("readings", "at_ms"), "loaded", t)},
    ("In progress", "A"): lambda w, t: {(): w.level(GATEWAY, "requests", ("arrived_ms", "done_ms"), t)},
    ("Model latency", "A"): lambda w, t: {(): mean(w, t, "inferred_s")},
    ("Routing latency", "A"): lambda w, t: {(): mean(w, t, "routed_s", told=("requests", "begun_ms"))},
    ("Cost per request", "A"): lambda w, t: {(): mean(w, t, "usd", DAY_MS)},
    ("Cost per request by model", "A"): mean_cost,
    ("Errors", "A"): lambda w, t: by(w, "model")(
        lambda where: w.rate(*REQUESTS, t, where=lambda e: where(e) & failed(e))
    ),
}
OF_HOST = {"CPU usage", "Memory usage", "Disk usage", "Network throughput"}
"""Panels of the machine, which is not simulated; tests/packs hold them against the machine's own tools."""


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("title", "ref"), MAIN)
def test_panels_of_the_main_dashboard(world, title, ref, at_ms):
    answer = world.ask(panels_of(PACK, "hybrid-main")[title][ref], at_ms)
    assert not is_wrong(answer, expected := MAIN[title, ref](world, at_ms)), (answer, expected)


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("title", "ref"), GUIDE)
def test_panels_of_the_guides_section_and_of_routing(world, title, ref, at_ms):
    answer = world.ask(panels_of(PACK, "hybrid-guide")[title][ref], at_ms)
    assert not is_wrong(answer, expected := GUIDE[title, ref](world, at_ms)), (answer, expected)


def test_every_panel_is_held_against_the_log():
    main = {(title, ref) for title, exprs in panels_of(PACK, "hybrid-main").items() for ref in exprs}
    guide = {(title, ref) for title, exprs in panels_of(PACK, "hybrid-guide").items() for ref in exprs}
    assert set(MAIN) == main
    assert set(GUIDE) == {(title, ref) for title, ref in guide if title not in OF_HOST}


@pytest.mark.parametrize(
    ("uid", "title"),
    [
        ("hybrid-main", "Total API Costs (30d)"),
        ("hybrid-main", "Average Latency"),
        ("hybrid-guide", "Response Latency Distribution"),
    ],
)
def test_what_the_guide_wrote_is_wrong_or_empty(world, uid, title):
    written = panels_of(PACK, uid, as_written=True)[title]["A"]
    expected = (MAIN if uid == "hybrid-main" else GUIDE)[title, "A"](world, NOW_MS)
    assert is_wrong(world.ask(written, NOW_MS), expected)


@pytest.mark.parametrize("title", ["Cost Accumulation", "API Costs Over Time"])
def test_accumulated_costs_never_fall_over_a_restart_where_the_guides_do(world, title):
    uid = "hybrid-main" if title == "Cost Accumulation" else "hybrid-guide"
    restart = world.runs[0][0].start_ms
    times = range(restart - HOUR_MS, restart + HOUR_MS, 5 * MINUTE_MS)
    started = restart - 2 * HOUR_MS
    for as_written, falls in ((False, False), (True, True)):
        expr = panels_of(PACK, uid, as_written=as_written)[title]["A"]
        sums = [sum(world.ask(expr, at_ms, at_ms - started).values()) for at_ms in times]
        assert any(later < earlier - 1e-9 for earlier, later in itertools.pairwise(sums)) == falls
