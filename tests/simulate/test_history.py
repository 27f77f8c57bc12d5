"""The written past: the same whatever stretch is asked for, with what a scraper leaves behind at a restart."""

import itertools

import numpy as np
import pytest

from watchglass.model.sample import is_stale
from watchglass.simulate.history import FINE_STEP_MS, STEP_MS, Stretch, reads_of
from watchglass.simulate.rhythm import DAY_MS, HOUR_MS
from watchglass.simulate.run import Fault, runs_between
from watchglass.simulate.systems import SYSTEMS

NOW_MS = 1_795_600_000_000
DAYS = Stretch.before(NOW_MS, 3 * DAY_MS)


def written(system, stretch, seed=1, faults=()):
    """Every series' samples as pairs of time and value, oldest first."""
    found = {}
    for run in reversed(list(runs_between(system, stretch.start_ms, stretch.end_ms, seed, faults))):
        for read in reads_of(system, run, stretch):
            for labels, times, values in read.columns():
                found.setdefault(labels, []).extend(zip(times.tolist(), values.tolist(), strict=True))
    return found


@pytest.fixture(scope="module", params=SYSTEMS.values(), ids=SYSTEMS)
def system(request):
    return request.param


def test_runs_follow_one_another_without_gap_and_cover_the_stretch(system):
    runs = list(runs_between(system, DAYS.start_ms, DAYS.end_ms, 1))
    assert [newer.start_ms == older.end_ms for newer, older in itertools.pairwise(runs)] == [True] * (len(runs) - 1)
    assert runs[0].start_ms <= NOW_MS < runs[0].end_ms
    assert runs[-1].start_ms <= DAYS.start_ms
    assert all(run.start_ms < run.up_ms < run.start_ms + 80_000 for run in runs)


def test_times_rise_and_are_fine_in_the_last_hours(system):
    for job in system.effects:
        times = DAYS.times(job, 0, NOW_MS)
        steps = np.diff(times)
        assert set(steps[times[1:] > NOW_MS - 5 * HOUR_MS].tolist()) == {FINE_STEP_MS}
        assert set(steps[times[1:] < NOW_MS - 7 * HOUR_MS].tolist()) == {STEP_MS}
        assert (steps > 0).all()
        assert DAYS.start_ms <= times[0] < times[-1] < NOW_MS


def test_the_same_seed_gives_the_same_samples_for_any_stretch(system):
    run = next(iter(runs_between(system, DAYS.start_ms, DAYS.end_ms, 1)))
    whole = {labels: values for read in reads_of(system, run, DAYS) for labels, _, values in read.columns()}
    part = Stretch.before(NOW_MS, 2 * HOUR_MS)
    compared = 0
    for read in reads_of(system, run, part):
        for labels, times, values in read.columns():
            if len(times) == len(part.times(labels.get("job"), 0, NOW_MS)):
                assert values.tolist() == pytest.approx(whole[labels][-len(values) :].tolist(), nan_ok=True)
                compared += 1
    assert compared > 10


def test_another_seed_gives_other_samples(system):
    two_hours = Stretch.before(NOW_MS, 2 * HOUR_MS)
    assert written(system, two_hours, 1) != written(system, two_hours, 2)


def test_counters_fall_only_at_a_restart_and_series_end_with_a_marker():
    system = SYSTEMS["sidepanel"]
    samples = written(system, DAYS)
    starts = [run.start_ms for run in runs_between(system, DAYS.start_ms, DAYS.end_ms, 1)]
    assert any(DAYS.start_ms < start < NOW_MS for start in starts)
    falls = 0
    for labels, pairs in samples.items():
        if labels.name.endswith(("_total", "_count", "_bucket")) and "rate_limit" not in labels.name:
            kept = [(at, value) for at, value in pairs if not is_stale(value)]
            for (before, high), (after, low) in itertools.pairwise(kept):
                if low < high:
                    falls += 1
                    assert any(before < start <= after for start in starts)
    assert falls > 10
    up = samples[next(labels for labels in samples if labels.name == "up")]
    down = [at for at, value in up if value == 0]
    for labels, pairs in samples.items():
        if labels.name != "up":
            marked = [at for at, value in pairs if is_stale(value)]
            assert set(marked) <= set(down)


def test_an_outage_is_told_by_up_and_leaves_no_samples():
    system = SYSTEMS["hybrid_ai_stack"]
    outage = Fault("ollama-down", NOW_MS - HOUR_MS, NOW_MS - HOUR_MS + 600_000)
    samples = written(system, Stretch.before(NOW_MS, 2 * HOUR_MS), faults=[outage])
    by_name = {labels.name: pairs for labels, pairs in samples.items() if labels.get("job") == "ollama"}
    down = [at for at, value in by_name["up"] if value == 0]
    assert [at for at, _ in by_name["up"] if outage.start_ms <= at < outage.end_ms] == down
    loaded = [(at, value) for at, value in by_name["ollama_models_loaded"] if at in set(down)]
    assert len(loaded) == 1
    assert is_stale(loaded[0][1])
