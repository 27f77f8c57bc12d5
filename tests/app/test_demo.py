"""What of the past is written, and what is missing."""

import asyncio
import contextlib
import json

import pytest

from watchglass.app.demo import NOTE_S, NOTED, Past, joined, missing
from watchglass.clock import ManualClock
from watchglass.errors import WatchglassError
from watchglass.simulate.past import Worker


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], [(10, 100)]),
        ([(0, 200)], []),
        ([(20, 100)], [(10, 20)]),
        ([(20, 30), (50, 60)], [(10, 20), (30, 50), (60, 100)]),
        ([(0, 5)], [(10, 100)]),
        ([(0, 15), (90, 300)], [(15, 90)]),
        ([(200, 300)], [(10, 100)]),
    ],
)
def test_what_the_spans_leave_out_is_missing(spans, left):
    assert missing(spans, 10, 100) == left


@pytest.mark.parametrize(
    ("spans", "more", "together"),
    [
        ([], (1, 2), [(1, 2)]),
        ([(1, 2)], (2, 3), [(1, 3)]),
        ([(1, 2), (5, 6)], (2, 5), [(1, 6)]),
        ([(1, 9)], (3, 4), [(1, 9)]),
        ([(5, 6)], (1, 2), [(1, 2), (5, 6)]),
    ],
)
def test_spans_that_touch_become_one(spans, more, together):
    assert joined(spans, more) == together


@pytest.mark.parametrize(
    "noted",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"seed": 1, "written": 3}',
        '{"seed": 1, "written": {"sidepanel": [[1]]}}',
        '{"seed": 1, "written": {"sidepanel": [["a", "b"]]}}',
        '{"seed": 1, "written": {"sidepanel": [[0, Infinity]]}}',
    ],
)
def test_beside_a_damaged_note_nothing_is_written_among_what_is_there(noted, tmp_path):
    (tmp_path / NOTED).write_text(noted)
    with pytest.raises(WatchglassError, match=r"demo\.json is damaged; --fresh forgets"):
        Past(tmp_path, ["sidepanel"], 86_400_000, 1)


def test_the_past_of_two_seeds_is_never_mixed(tmp_path):
    (tmp_path / NOTED).write_text('{"seed": 2, "written": {}}')
    with pytest.raises(WatchglassError, match="holds the past of --seed 2; --fresh forgets it"):
        Past(tmp_path, ["sidepanel"], 86_400_000, 1)


def test_a_demo_that_is_killed_leaves_no_samples_after_what_is_noted(tmp_path):
    """Else a later one would write its counters, which begin at zero, between the samples of this one."""

    async def killed_before_the_next_note():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(Past(tmp_path, ["sidepanel"], 86_400_000, 1).follow(clock, clock.now_ms()), 0.1)

    clock = ManualClock(1_795_600_000_000)
    asyncio.run(killed_before_the_next_note())
    clock.advance(int(NOTE_S * 1000))
    assert not list(Past(tmp_path, ["sidepanel"], int(NOTE_S * 1000), 1)._tasks(clock.now_ms()))


def test_what_is_noted_is_not_written_again(tmp_path):
    now_ms = 1_795_600_000_000
    (tmp_path / NOTED).write_text(json.dumps({"seed": 1, "written": {"sidepanel": [[0, now_ms]]}}))
    tasks = list(Past(tmp_path, ["sidepanel", "fluxai"], 86_400_000, 1)._tasks(now_ms))
    assert {task.system for task in tasks} == {"fluxai"}


def test_after_an_earlier_demo_the_systems_start_anew(tmp_path):
    """The demo before told its own processes, which counted from zero; a counter that went on would seem to leap."""
    now_ms, ended_ms = 1_795_600_000_000, 1_795_600_000_000 - 3_600_000
    (tmp_path / NOTED).write_text(json.dumps({"seed": 1, "written": {"sidepanel": [[0, ended_ms]]}}))
    (task,) = Past(tmp_path, ["sidepanel"], 86_400_000, 1)._tasks(now_ms)
    with Worker() as worker:
        worker.ask(task)
        reads = worker.answer()
    requests = [
        values[0] for read in reads for labels, _, values in read.columns() if labels.name == "sidepanel_requests_total"
    ]
    assert requests
    assert max(requests) < 200
