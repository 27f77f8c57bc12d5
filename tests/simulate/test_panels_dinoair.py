"""DinoAir's six widgets say what its log says."""

import numpy as np
import pytest
from world import MONDAY_MS, NOW_MS, Span, is_wrong, panels_of

from watchglass.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS
from watchglass.simulate.systems.dinoair import MODELS, SERVICES, SUCCESS

PACK, JOB = "dinoair", "dinoair"
REQUESTS, FAILURES, ERRORS = ("requests", "done_ms"), ("failures", "done_ms"), ("errors", "at_ms")
GENERATIONS, SESSIONS, READINGS = ("generations", "done_ms"), ("sessions", "ended_ms"), ("readings", "at_ms")
TIME, LENGTH = "dinoair_custom_api_response_time_seconds", "dinoair_custom_session_durations"
PROMPT, OUTPUT = "dinoair_custom_model_prompt_length", "dinoair_custom_model_output_length"
TIMES = [NOW_MS, NOW_MS - 3 * HOUR_MS, MONDAY_MS]


@pytest.fixture(scope="module")
def world(worlds):
    return worlds(PACK, 4)


def read(column):
    return lambda w, t: {(): w.last(JOB, READINGS, column, t)}


def read_of_gpu(column):
    return lambda w, t: {("0",): w.last(JOB, READINGS, column, t)}


def over_scrapes(column, tell):
    """What the scrapes of a day found in a reading, put together."""

    def expected(world, at_ms):
        found = []
        for run, log in world.runs:
            times = world.stretch.times(JOB, max(run.up_ms, at_ms - DAY_MS + 1), min(run.end_ms, at_ms + 1))
            readings = log["readings"]
            found.append(readings[column][np.searchsorted(readings["at_ms"], times, side="right") - 1])
        return {(): Span.about(float(tell(np.concatenate(found))))}

    return expected


def by_service(told):
    return lambda w, t: {
        (service,): w.rate(*told, t, where=lambda e, code=code: e["service"] == code)
        for code, service in enumerate(SERVICES)
    }


def broken(events):
    return events["code"] >= 400


def error_shares(world, at_ms):
    found = {}
    for code, service in enumerate(SERVICES):

        def own(events, code=code):
            return events["service"] == code

        found[service,] = world.ratio(FAILURES, REQUESTS, at_ms, where=own, of=own)
    return found


def each_model(tell):
    return lambda w, t: {
        (model,): tell(w, t, lambda e, code=code: e["model"] == code) for code, model in enumerate(MODELS)
    }


def succeeded(world, at_ms, where):
    return world.ratio(
        GENERATIONS,
        GENERATIONS,
        at_ms,
        DAY_MS,
        where=lambda e: where(e) & (e["success"] == SUCCESS.index("true")),
        of=where,
    )


def mean_of_models(value, window_ms):
    return each_model(
        lambda w, t, where: w.ratio(GENERATIONS, GENERATIONS, t, window_ms, where=where, of=where, value=value)
    )


def quantile_of_models(metric):
    return each_model(lambda w, t, where: w.quantile(0.95, metric, t, 15 * MINUTE_MS, where))


KINDS = ("error_type", "service", "severity")
"""Labels of errors; PromQL gives them in the order of their names."""


def errors_by(*columns, window_ms=DAY_MS, least=-1.0):
    """Errors of each combination of words: a series is there from its first error on, each with what it knows."""

    def expected(world, at_ms):
        found = {}
        for words, where in world.groups("errors", *KINDS).items():
            if (span := world.born(*ERRORS, at_ms, window_ms, where)) is not None:
                key = tuple(word for name, word in sorted(zip(KINDS, words, strict=True)) if name in columns)
                found[key] = found[key] + span if key in found else span
        return {key: span for key, span in found.items() if span.high > least}

    return expected


def failures_by_service(world, at_ms):
    found = world.by(("service",), lambda where: world.increase(*FAILURES, at_ms, DAY_MS, where=where), "failures")
    return {key: span for key, span in found.items() if span.high > 0}


def buckets(metric, window_ms, per_s=1.0):
    return lambda w, t: {
        (le,): span * per_s for le, span in zip(w.les(metric), w.bucketed(metric, t, window_ms), strict=True)
    }


def queue(world, at_ms):
    return {
        (model,): world.level(
            JOB, "generations", ("arrived_ms", "begun_ms"), at_ms, lambda e, code=code: e["model"] == code
        )
        for code, model in enumerate(MODELS)
    }


def mean_times(world, at_ms):
    return {
        (service,): world.last(JOB, REQUESTS, "mean_s", at_ms, lambda e, code=code: e["service"] == code)
        for code, service in enumerate(SERVICES)
    }


def active(world, at_ms):
    return {(): world.level(JOB, "sessions", ("started_ms", "ended_ms"), at_ms)}


PANELS = {
    ("Status", "A"): read("health"),
    ("Health score", "A"): read("health"),
    ("Active services", "A"): read("services"),
    ("CPU", "A"): read("cpu"),
    ("Memory", "A"): read("memory"),
    ("Disk", "A"): read("disk"),
    ("Active sessions", "A"): active,
    ("Total requests", "A"): lambda w, t: {(): w.increase(*REQUESTS, t, DAY_MS)},
    ("Services", "A"): error_shares,
    ("CPU, memory and disk", "A"): read("cpu"),
    ("CPU, memory and disk", "B"): read("memory"),
    ("CPU, memory and disk", "C"): read("disk"),
    ("Average", "A"): over_scrapes("cpu", np.mean),
    ("Average", "B"): over_scrapes("memory", np.mean),
    ("Average", "C"): over_scrapes("disk", np.mean),
    ("Peak", "A"): over_scrapes("cpu", np.max),
    ("Peak", "B"): over_scrapes("memory", np.max),
    ("Peak", "C"): over_scrapes("disk", np.max),
    ("Network", "A"): read("network"),
    ("GPU", "A"): read_of_gpu("gpu_usage"),
    ("GPU", "B"): read_of_gpu("gpu_memory"),
    ("Requests by service", "A"): by_service(REQUESTS),
    ("Errors by service", "A"): by_service(FAILURES),
    ("Response time distribution", "A"): buckets(TIME, 5 * MINUTE_MS, 1 / 300),
    ("Response time percentiles", "A"): lambda w, t: {(): w.quantile(0.50, TIME, t)},
    ("Response time percentiles", "B"): lambda w, t: {(): w.quantile(0.95, TIME, t)},
    ("Response time percentiles", "C"): lambda w, t: {(): w.quantile(0.99, TIME, t)},
    ("Mean response time", "A"): mean_times,
    ("Generations by model", "A"): each_model(lambda w, t, where: w.increase(*GENERATIONS, t, DAY_MS, where=where)),
    ("Success rate", "A"): each_model(succeeded),
    ("Mean generation time", "A"): mean_of_models("took_s", DAY_MS),
    ("Queue size", "A"): queue,
    ("Prompt length", "A"): mean_of_models("prompt", 15 * MINUTE_MS),
    ("Prompt length", "B"): quantile_of_models(PROMPT),
    ("Output length", "A"): mean_of_models("output", 15 * MINUTE_MS),
    ("Output length", "B"): quantile_of_models(OUTPUT),
    ("Errors by type", "A"): errors_by("error_type", least=0.0),
    ("Error Tracking > Errors by service", "A"): failures_by_service,
    ("Errors by severity", "A"): errors_by("severity", least=0.0),
    ("Error rate", "A"): read("error_rate"),
    ("Recent errors", "A"): errors_by(*KINDS, least=0.5),
    ("Recent errors", "B"): errors_by(*KINDS, window_ms=15 * MINUTE_MS),
    ("User Activity > Active sessions", "A"): active,
    ("Sessions that ended", "A"): lambda w, t: {(): w.increase(*SESSIONS, t, 5 * MINUTE_MS)},
    ("Session length", "A"): lambda w, t: {(): w.ratio(SESSIONS, SESSIONS, t, DAY_MS, value="duration_s")},
    ("Session length", "B"): lambda w, t: {(): w.quantile(0.50, LENGTH, t, DAY_MS)},
    ("Session length", "C"): lambda w, t: {(): w.quantile(0.95, LENGTH, t, DAY_MS)},
    ("Session lengths", "A"): buckets(LENGTH, DAY_MS),
}


@pytest.mark.parametrize("at_ms", TIMES)
@pytest.mark.parametrize(("title", "ref"), PANELS)
def test_panels(world, title, ref, at_ms):
    answer = world.ask(panels_of(PACK, "dinoair-monitoring")[title][ref], at_ms)
    assert not is_wrong(answer, expected := PANELS[title, ref](world, at_ms)), (answer, expected)


def test_every_panel_is_held_against_the_log():
    exprs = panels_of(PACK, "dinoair-monitoring")
    assert set(PANELS) == {(title, ref) for title, of_panel in exprs.items() for ref in of_panel}
