"""What `task export` prints, counted; of Debian's Taskwarrior, too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time

import pytest

from watchglass.errors import ExpositionError
from watchglass.wire.taskwarrior import task_families

NOW_MS = 1_795_305_600_000  # 2026-11-22T00:00:00Z


def counts(text: bytes | str, now_ms: int = NOW_MS, **limits: int) -> dict[str, dict[tuple[str, ...], float]]:
    """Values of each metric by the values of its labels, in the order of their names, less those that are 0."""
    families = task_families(text.encode() if isinstance(text, str) else text, now_ms, **limits)
    assert all(sample.timestamp_ms == now_ms for family in families for sample in family.samples)
    return {
        family.name.removeprefix("taskwarrior_"): {
            tuple(value for _, value in sample.labels): sample.value for sample in family.samples if sample.value
        }
        for family in families
    }


TASKS = [
    {"status": "pending", "project": "home", "priority": "H", "due": "20261121T235959Z", "start": "20261121T000000Z"},
    {"status": "pending", "project": "work.api", "due": "20261122T000001Z"},
    {"status": "pending", "project": "work.api", "wait": "20261123T000000Z", "due": "20261101T000000Z"},
    {"status": "pending", "wait": "20261121T000000Z", "priority": "L"},
    {"status": "waiting", "project": "home"},
    {"status": "completed", "project": "home", "due": "20261101T000000Z"},
    {"status": "deleted"},
    {"status": "recurring", "project": "home", "recur": "weekly", "due": "20261101T000000Z"},
]
COUNTED = {
    "tasks": {
        ("(none)", "deleted"): 1,
        ("(none)", "pending"): 1,
        ("home", "completed"): 1,
        ("home", "pending"): 1,
        ("home", "recurring"): 1,
        ("home", "waiting"): 1,
        ("work.api", "pending"): 1,
        ("work.api", "waiting"): 1,
    },
    "pending_tasks": {("(none)",): 1, ("H",): 1, ("L",): 1},
    "overdue_tasks": {("home",): 1},
    "active_tasks": {("home",): 1},
}
LINES = [json.dumps(task) for task in TASKS]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TASKS),
        json.dumps(TASKS, indent=2),
        "[\n" + ",\n".join(LINES) + "\n]\n",
        "\n".join(LINES),
        ",\n".join(LINES) + ",\n",
        "\ufeff" + json.dumps(TASKS),
    ],
    ids=["array", "indented", "as printed", "a line each", "with commas", "with a mark"],
)
def test_every_form_is_counted_alike(text):
    assert counts(text) == COUNTED


def test_projects_keep_their_zeros():
    families = {family.name: family for family in task_families(b'[{"status": "completed", "project": "p"}]', NOW_MS)}
    tasks = {dict(sample.labels)["status"]: sample.value for sample in families["taskwarrior_tasks"].samples}

    assert tasks == {"pending": 0, "waiting": 0, "completed": 1, "deleted": 0}
    assert [sample.value for sample in families["taskwarrior_overdue_tasks"].samples] == [0]


@pytest.mark.parametrize("text", ["", "[]", "[\n]\n", " \n"])
def test_no_task_is_no_sample(text):
    assert set(map(len, counts(text).values())) == {0}


def test_what_people_write_does_not_matter():
    text = json.dumps([{"status": "pending", "project": 'a"b\\n,]', "description": "x\ny] ,[{"}]).replace("y", "y\t")
    assert counts(text)["tasks"] == {('a"b\\n,]', "pending"): 1}


def test_projects_beyond_the_limit_are_one():
    tasks = [{"status": "pending", "project": f"p{number}"} for number in range(10)] + [
        {"status": "pending", "project": "p7"}
    ]
    found = counts(json.dumps(tasks), max_projects=3)["tasks"]

    assert len(found) == 3
    assert found["p7", "pending"] == 2
    assert sum(found.values()) == 11


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[\n{"status":"pending"},\n{"status":"pend', 3, "it is no JSON"),
        ('[\n{"status":"pending"}\n', 3, "] is missing"),
        ('[\n{"status":"pending"}\n{"status":"pending"}]', 3, "expected , or ]"),
        ('[{"status":"pending"}]\n[', 2, "something after the end"),
        ('{"status":"pending"}\n7', 2, "expected a task"),
        ("[\n[]]", 2, "expected a task"),
        ('[\n\n{"project":"x"}]', 3, 'got ""'),
        ('{"status":"pending"}\n{"status":"done"}', 2, 'recurring, got "done"'),
        pytest.param(
            '{"status":"pending"}\n{"n":' + "9" * 5000 + "}", 2, "no JSON that can be read", id="a number without end"
        ),
        ('{"status":"pending",\n"project":7}', 1, "project is no text"),
        ('\n{"status":"pending","due":"tomorrow"}', 2, 'due: expected a time such as 20261121T000000Z, got "tomorrow"'),
        ('\n{"status":"pending","wait":"20261341T000000Z"}', 2, "wait: expected a time"),
        (b"\n\xff", 2, "not UTF-8"),
        ("[" * 100_000, 1, "deep"),
        ("error: no such filter", 1, "it is no JSON"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(text, line, says):
    with pytest.raises(ExpositionError) as refused:
        counts(text)
    assert (refused.value.line, says in str(refused.value)) == (line, True), refused.value


@pytest.mark.real
@pytest.mark.parametrize("as_array", ["on", "off"])
def test_what_taskwarrior_itself_exports(tmp_path, as_array):
    if not shutil.which("task"):
        pytest.skip("Taskwarrior is not installed: apt-get install taskwarrior")
    (tmp_path / "rc").write_text(f"data.location={tmp_path}\nconfirmation=off\njson.array={as_array}\n")

    def task(*words: str) -> bytes:
        environ = os.environ | {"TASKRC": f"{tmp_path}/rc", "HOME": str(tmp_path)}
        return subprocess.run(
            ["task", "rc.verbose=nothing", *words], env=environ, check=True, capture_output=True
        ).stdout

    task("add", "one", "project:home", "priority:H", "due:yesterday")
    task("add", "two", "project:work.api", "due:tomorrow")
    task("add", "three", "wait:tomorrow")
    task("add", "four")
    task("4", "done")
    task("1", "start")

    assert counts(task("export"), int(time.time() * 1000)) == {
        "tasks": {
            ("home", "pending"): 1, ("work.api", "pending"): 1, ("(none)", "waiting"): 1, ("(none)", "completed"): 1,
        },
        "pending_tasks": {("H",): 1, ("(none)",): 1},
        "overdue_tasks": {("home",): 1},
        "active_tasks": {("home",): 1},
    }  # fmt: skip


def test_half_of_a_pair_of_surrogates_is_no_character():
    family, *_ = task_families(b'[{"status":"pending","project":"\\ud83d"}]', NOW_MS)
    assert {dict(sample.labels)["project"] for sample in family.samples} == {"?"}
