"""Sidepanel's System Overview (nine figures) and Overview (four panels) say what its log says."""

import numpy as np
import pytest
from world import MONDAY_MS, NOW_MS, Span, is_wrong, panels_of

from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.systems.sidepanel import METHODS, STATUSES

JOB = "sidepanel"
TIMES = [NOW_MS, NOW_MS - 3 * HOUR_MS, MONDAY_MS]
FAILED = STATUSES.index("error")
REQUESTS, BALANCE = ("requests", "done_ms"), ("balance", "at_ms")
LATENCY = "sidepanel_request_duration_seconds"


@pytest.fixture(scope="module")
def world(worlds):
    return worlds("sidepanel", 4)


def failed(events):
    return events["status"] == FAILED


def connections(world, at_ms):
    return {(): world.level(JOB, "connections", ("opened_ms", "closed_ms"), at_ms)}


def over_the_day(world, at_ms, tell):
    """A figure at every minute of the last day at which the bridge answered."""
    minutes = np.arange((at_ms - DAY_MS) // MINUTE_MS * MINUTE_MS + MINUTE_MS, at_ms + 1, MINUTE_MS)
    return [tell(int(minute)) for minute in minutes if world.answers(JOB, int(minute))]


def uptime(world, at_ms):
    """The share of scrapes that were answered."""
    answered = asked = 0
    for run, _ in world.runs:
        times = world.stretch.times(JOB, max(run.start_ms, at_ms - DAY_MS + 1), min(run.end_ms, at_ms + 1))
        asked += len(times)
        answered += int((times >= run.up_ms).sum())
    return Span.about(answered / asked)


def health(world, at_ms):
    """2 is healthy, 1 degraded, 0 unhealthy; undecided where a limit lies between what may be."""
    share = world.ratio(REQUESTS, REQUESTS, at_ms, where=failed)
    slow = world.quantile(0.95, LATENCY, at_ms)
    diem = world.last(JOB, BALANCE, "diem", at_ms).low
    worst = 2 - max(share.high > 0.05, slow.high > 1, diem < 10) - (diem < 5)
    best = 2 - max(share.low > 0.05, slow.low > 1, diem < 10) - (diem < 5)
    return {(): Span(worst, best)}


def requests_a_minute(world, at_ms):
    return world.rate(*REQUESTS, at_ms) * 60


def peak(spans):
    return Span(max(span.low for span in spans), max(span.high for span in spans))


def mean(spans):
    return sum(spans[1:], spans[0]) / len(spans)


def connections_of_the_day(world, at_ms):
    return over_the_day(world, at_ms, lambda minute: connections(world, minute)[()])


def requests_of_the_day(world, at_ms):
    return over_the_day(world, at_ms, lambda minute: requests_a_minute(world, minute))


FIGURES = {
    ("HEALTH", "A"): health,
    ("UPTIME", "A"): lambda w, t: {(): uptime(w, t) * 100},
    ("UPTIME", "B"): lambda w, t: {(): uptime(w, t) * 86_400},
    ("ERRORS", "A"): lambda w, t: {(): w.increase(*REQUESTS, t, DAY_MS, where=failed)},
    ("CONNECTIONS", "A"): connections,
    ("CONNECTIONS figures", "A"): connections,
    ("CONNECTIONS figures", "B"): lambda w, t: {(): peak(connections_of_the_day(w, t))},
    ("CONNECTIONS figures", "C"): lambda w, t: {(): mean(connections_of_the_day(w, t))},
    ("REQUESTS/MIN", "A"): lambda w, t: {(): requests_a_minute(w, t)},
    ("REQUESTS/MIN figures", "A"): lambda w, t: {(): requests_a_minute(w, t)},
    ("REQUESTS/MIN figures", "B"): lambda w, t: {(): peak(requests_of_the_day(w, t))},
    ("REQUESTS/MIN figures", "C"): lambda w, t: {(): w.increase(*REQUESTS, t, DAY_MS) / 1440},
}


def latency_buckets(world, at_ms):
    spans = world.bucketed(LATENCY, at_ms, 5 * MINUTE_MS)
    return {(le,): span / 300 for le, span in zip(world.les(LATENCY), spans, strict=True)}


def request_rates(world, at_ms):
    found = world.by(("method", "status"), lambda where: world.rate(*REQUESTS, at_ms, where=where), "requests")
    known = {(method, status): Span.about(0.0) for method in METHODS for status in STATUSES}
    return known | dict(found)


OVERVIEW = {
    ("Active Connections", "A"): connections,
    ("Request Rate", "A"): request_rates,
    ("Latency Distribution", "A"): latency_buckets,
    ("Venice Balance", "A"): lambda w, t: {(): w.last(JOB, BALANCE, "diem", t)},
}


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("title", "ref"), FIGURES)
def test_figures_of_the_system_overview(world, title, ref, at_ms):
    expected = FIGURES[title, ref](world, at_ms)
    answer = world.ask(panels_of("sidepanel", "sidepanel-system-overview")[title][ref], at_ms)
    assert not is_wrong(answer, expected), (answer, expected)


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("title", "ref"), OVERVIEW)
def test_panels_of_the_overview(world, title, ref, at_ms):
    expected = OVERVIEW[title, ref](world, at_ms)
    answer = world.ask(panels_of("sidepanel", "sidepanel-overview")[title][ref], at_ms)
    assert not is_wrong(answer, expected), (answer, expected)


def test_every_panel_is_held_against_the_log():
    of_overview = {
        (title, ref) for title, exprs in panels_of("sidepanel", "sidepanel-overview").items() for ref in exprs
    }
    of_view = {
        (title, ref) for title, exprs in panels_of("sidepanel", "sidepanel-system-overview").items() for ref in exprs
    }
    assert set(OVERVIEW) == of_overview
    assert set(FIGURES) == of_view


@pytest.mark.parametrize("at_ms", TIMES)
def test_the_heatmap_as_written_is_wrong(world, at_ms):
    written = panels_of("sidepanel", "sidepanel-overview", as_written=True)["Latency Distribution"]["A"]
    assert is_wrong(world.ask(written, at_ms), latency_buckets(world, at_ms))
