"""FluxAI's pages that need only its own metrics say what its log says."""

import numpy as np
import pytest
from world import MONDAY_MS, NOW_MS, Span, World, is_wrong, lazy, panels_of

from watchglass.simulate.rhythm import DAY_MS, HOUR_MS
from watchglass.simulate.systems import SYSTEMS
from watchglass.simulate.systems.fluxai import MODELS, STATUSES

PACK, JOB = "fluxai", "fluxai"
REQUESTS, CALLS, HITS, MISSES = (
    ("requests", "done_ms"),
    ("calls", "done_ms"),
    ("hits", "done_ms"),
    ("misses", "done_ms"),
)
PROBES = ("probes", "at_ms")
LATENCY = "fluxai_request_duration_seconds"
TIMES = [NOW_MS, NOW_MS - 3 * HOUR_MS, MONDAY_MS]


@pytest.fixture(scope="module")
def world(worlds):
    return worlds(PACK, 4)


def failed(events):
    return events["status"] == STATUSES.index("error")


def increase(told, **how):
    return lambda w, t: {(): w.increase(*told, t, DAY_MS, **how)}


def rate(told, **how):
    return lambda w, t: {(): w.rate(*told, t, **how)}


def each(told, column, **how):
    """What came together over a day, by the words of a column."""
    return lambda w, t: dict(w.by((column,), lambda where: w.increase(*told, t, DAY_MS, where=where, **how), told[0]))


def each_model(tell):
    def expected(world, at_ms):
        return {
            (model,): tell(world, at_ms, lambda e, code=code: e["model"] == code) for code, model in enumerate(MODELS)
        }

    return expected


def mean_cost(world, at_ms):
    return {(): world.ratio(CALLS, REQUESTS, at_ms, DAY_MS, value="usd")}


def error_share(world, at_ms, where=None):
    bad = (lambda e: where(e) & failed(e)) if where else failed
    return world.ratio(REQUESTS, REQUESTS, at_ms, where=bad, of=where)


def hit_rate(world, at_ms, where=None):
    """Each request is a hit or a miss."""
    return world.ratio(HITS, REQUESTS, at_ms, where=where, of=where)


def accumulated(told, value):
    return lambda w, t: {(): w.accumulated(told, t, value=value)}


def tokens(world, at_ms):
    return {(kind,): world.rate(*CALLS, at_ms, value=kind) for kind in ("completion", "prompt")}


def buckets(world, at_ms):
    spans = world.bucketed(LATENCY, at_ms, DAY_MS)
    return {(le,): span for le, span in zip(world.les(LATENCY), spans, strict=True)}


def quantile(q):
    return lambda w, t: {(): w.quantile(q, LATENCY, t)}


def model_quantile(q):
    return each_model(lambda w, t, where: w.quantile(q, LATENCY, t, where=where))


def availability(world, at_ms, where):
    """The mean over an hour of probes as scrapes saw them: a scrape sees the last probe before it."""
    times = world.stretch.times(JOB, at_ms - HOUR_MS + 1, at_ms + 1)
    log = world.log_at(int(times[0]))
    probes = log["probes"]
    chosen = probes.where(where(probes)).sorted_by("at_ms")
    regions = np.unique(chosen["region"])
    seen = []
    for region in regions:
        own = chosen.where(chosen["region"] == region)
        seen.append(own["up"][np.searchsorted(own["at_ms"], times, side="right") - 1].mean())
    return Span.about(float(np.mean(seen)), 1e-9)


def forecast(days):
    return lambda w, t: {(): w.rate(*CALLS, t, DAY_MS, value="usd") * (86_400 * days)}


def status(world, at_ms, where):
    """2 is healthy, 1 degraded, 0 unhealthy, by the documented rule."""
    up = availability(world, at_ms, where)
    errors, slow = error_share(world, at_ms, where), world.quantile(0.95, LATENCY, at_ms, where=where)
    worst = 2 - max(up.low < 0.99, errors.high > 0.05, slow.high > 10) - max(up.low < 0.95, errors.high > 0.1)
    best = 2 - max(up.high < 0.99, errors.low > 0.05, slow.low > 10) - max(up.high < 0.95, errors.low > 0.1)
    return Span(worst, best)


OVERVIEW = {
    ("Total requests", "A"): increase(REQUESTS),
    ("Throughput", "A"): rate(REQUESTS),
    ("Total cost", "A"): increase(CALLS, value="usd"),
    ("Cost per request", "A"): mean_cost,
    ("Error rate", "A"): lambda w, t: {(): error_share(w, t)},
    ("Cache hit rate", "A"): lambda w, t: {(): hit_rate(w, t)},
    ("Average latency with P50, P95, P99", "A"): lambda w, t: {(): w.ratio(REQUESTS, REQUESTS, t, value="took_s")},
    ("Average latency with P50, P95, P99", "B"): quantile(0.50),
    ("Average latency with P50, P95, P99", "C"): quantile(0.95),
    ("Average latency with P50, P95, P99", "D"): quantile(0.99),
    ("Request rate", "A"): rate(REQUESTS),
    ("Latency distribution", "A"): buckets,
    ("Latency over time", "A"): quantile(0.50),
    ("Latency over time", "B"): quantile(0.95),
    ("Latency over time", "C"): quantile(0.99),
    ("Token usage trends", "A"): tokens,
}
COST = {
    ("Total cost", "A"): increase(CALLS, value="usd"),
    ("Cost per request", "A"): mean_cost,
    ("Cache savings", "A"): increase(HITS, value="usd"),
    ("Cost forecast", "A"): forecast(1),
    ("Cost forecast", "B"): forecast(30),
    ("Cost distribution by model", "A"): each(CALLS, "model", value="usd"),
    ("Cumulative cost over time", "A"): accumulated(CALLS, "usd"),
    ("Cost by model over time", "A"): lambda w, t: dict(
        w.by(("model",), lambda where: w.increase(*CALLS, t, HOUR_MS, where=where, value="usd"), "calls")
    ),
    ("Cost by account", "A"): each(CALLS, "account", value="usd"),
}
CACHE = {
    ("Cache hit rate", "A"): lambda w, t: {(): hit_rate(w, t)},
    ("Total hits", "A"): increase(HITS),
    ("Cost saved", "A"): increase(HITS, value="usd"),
    ("Tokens saved", "A"): increase(HITS, value="tokens"),
    ("Hit rate timeline", "A"): lambda w, t: {(): hit_rate(w, t)},
    ("Cache type distribution", "A"): each(HITS, "type"),
    ("Cumulative savings", "A"): accumulated(HITS, "usd"),
    ("Cache performance by model", "A"): each_model(hit_rate),
}
HEALTH = {
    ("Model status cards", "A"): each_model(status),
    ("Availability", "A"): each_model(availability),
    ("Error rates", "A"): each_model(error_share),
    ("Latency comparison (P50/P95/P99)", "A"): model_quantile(0.50),
    ("Latency comparison (P50/P95/P99)", "B"): model_quantile(0.95),
    ("Latency comparison (P50/P95/P99)", "C"): model_quantile(0.99),
    ("Model usage over time", "A"): each_model(lambda w, t, where: w.rate(*REQUESTS, t, where=where)),
    ("Detailed health metrics", "A"): each(REQUESTS, "model"),
    ("Detailed health metrics", "B"): each_model(availability),
    ("Detailed health metrics", "C"): each_model(error_share),
    ("Detailed health metrics", "D"): model_quantile(0.50),
    ("Detailed health metrics", "E"): model_quantile(0.95),
    ("Detailed health metrics", "F"): model_quantile(0.99),
    ("Detailed health metrics", "G"): each(CALLS, "model", value="usd"),
}
PAGES = {"fluxai-overview": OVERVIEW, "fluxai-cost": COST, "fluxai-cache": CACHE, "fluxai-model-health": HEALTH}
CASES = [(uid, title, ref) for uid, page in PAGES.items() for title, ref in page]


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("uid", "title", "ref"), CASES)
def test_panels(world, uid, title, ref, at_ms):
    answer = world.ask(panels_of(PACK, uid)[title][ref], at_ms)
    assert not is_wrong(answer, expected := PAGES[uid][title, ref](world, at_ms)), (answer, expected)


@pytest.mark.parametrize("uid", PAGES)
def test_every_panel_is_held_against_the_log(uid):
    assert set(PAGES[uid]) == {(title, ref) for title, exprs in panels_of(PACK, uid).items() for ref in exprs}


@pytest.mark.parametrize(("without", "share_of_hits"), [("hits", 0.0), ("misses", 1.0)])
def test_the_hit_rate_as_written_is_empty_while_one_of_the_counters_has_no_series(tmp_path, without, share_of_hits):
    world = World(tmp_path, lazy(SYSTEMS[PACK], without), 0.1)
    written = panels_of(PACK, "fluxai-cache", as_written=True)["Cache hit rate"]["A"]
    assert world.ask(written, NOW_MS) == {}
    ours = panels_of(PACK, "fluxai-cache")["Cache hit rate"]["A"]
    assert world.ask(ours, NOW_MS) == {(): share_of_hits}
    world.close()
