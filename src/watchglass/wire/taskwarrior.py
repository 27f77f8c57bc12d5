"""What `task export` prints, as counts of tasks: a JSON array, or one object after another.

Source: GothenburgBitFactory/taskwarrior, the "Taskwarrior JSON Format" document, and `task export` of 2.6.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from watchglass.errors import ExpositionError
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample

NONE = "(none)"
"""Stands for no project and for no priority, as Taskwarrior's own reports have it."""

OTHER = "(other)"
"""Stands for the projects beyond the limit."""

STATUSES = ("pending", "waiting", "completed", "deleted", "recurring")
_ALWAYS = STATUSES[:4]
_DECODER = json.JSONDecoder(strict=False)  # descriptions may hold control characters


class _Task(NamedTuple):
    status: str
    project: str
    priority: str
    overdue: bool
    active: bool


def task_families(text: bytes, now_ms: int, *, max_projects: int = 1_000) -> list[Family]:
    """Counts of the tasks by status, project and priority, with `now_ms` as their time.

    A pending task whose `wait` is yet to come is waiting, as Taskwarrior sees it. Of every project that has a task the
    counts are there, 0 included, so that they fall when tasks are done.

    Args:
        text: what `task export` printed.
        now_ms: tells what is waiting and what is overdue.
        max_projects: so many have series of their own.

    Raises:
        ExpositionError: it is no such text, or holds something that is no task; names the line.
    """
    tasks = [_task(value, line, now_ms) for line, value in _objects(_decoded(text))]
    tasks = _bounded(tasks, max_projects)
    pending = [task for task in tasks if task.status == "pending"]
    projects = {task.project for task in tasks}
    by_status = Counter((task.status, task.project) for task in tasks)
    by_status.update({(status, project): 0 for status in _ALWAYS for project in projects})
    by_priority = Counter((task.priority,) for task in pending)
    return [
        _family("taskwarrior_tasks", "Tasks by status and project.", ("status", "project"), by_status, now_ms),
        _family("taskwarrior_pending_tasks", "Pending tasks by priority.", ("priority",), by_priority, now_ms),
        _by_project("overdue", "past their due date", pending, projects, now_ms),
        _by_project("active", "that somebody has started", pending, projects, now_ms),
    ]


def _by_project(which: str, words: str, pending: Iterable[_Task], projects: Iterable[str], now_ms: int) -> Family:
    counts = Counter((task.project,) for task in pending if getattr(task, which))
    counts.update({(project,): 0 for project in projects})
    return _family(f"taskwarrior_{which}_tasks", f"Pending tasks {words}, by project.", ("project",), counts, now_ms)


def _family(name: str, text: str, labels: tuple[str, ...], counts: Mapping[Any, int], now_ms: int) -> Family:
    family = Family(name, MetricType.GAUGE, text)
    for values, count in sorted(counts.items()):
        pairs = tuple(sorted(zip(labels, values, strict=True)))
        family.samples.append(Sample(name, pairs, float(count), now_ms))
    return family


def _bounded(tasks: list[_Task], most: int) -> list[_Task]:
    """The tasks; the projects with the fewest of them are one where there are too many."""
    projects = Counter(task.project for task in tasks)
    if len(projects) <= most:
        return tasks
    kept = {project for project, _ in projects.most_common(most - 1)}
    return [task if task.project in kept else task._replace(project=OTHER) for task in tasks]


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExpositionError("it is not UTF-8 text", line=text.count(b"\n", 0, error.start) + 1) from None


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    """Every value, and the line on which it begins."""
    place = _Place(text)
    in_array = place.take("[")
    while place.here() not in ("", "]"):
        line = place.line
        yield line, place.value()
        separated = place.take(",")
        if in_array and not separated and place.here() not in ("]", ""):
            raise place.fault("expected , or ] after a task")
    if in_array and not place.take("]"):
        raise place.fault("the array has no end: ] is missing")
    if place.here():
        raise place.fault("there is something after the end")


class _Place:
    """Where in a text the reading is; blanks are skipped."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self.line = text, 0, 1
        self._move(0)

    def here(self) -> str:
        """The next character; empty at the end."""
        return self._text[self._at : self._at + 1]

    def take(self, character: str) -> bool:
        """Go past this character where it is the next one."""
        if self.here() != character:
            return False
        self._move(self._at + 1)
        return True

    def value(self) -> Any:
        """Go past the next value, and give it."""
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise ExpositionError(f"it is no JSON: {error.msg}", line=error.lineno) from None
        except RecursionError:
            raise self.fault("it is nested too deeply") from None
        except ValueError as error:
            raise self.fault(f"it is no JSON that can be read: {error}") from None
        self._move(end)
        return value

    def fault(self, message: str) -> ExpositionError:
        """An error of this line."""
        return ExpositionError(message, line=self.line)

    def _move(self, to: int) -> None:
        while self._text[to : to + 1].isspace():
            to += 1
        self.line += self._text.count("\n", self._at, to)
        self._at = to


def _task(value: Any, line: int, now_ms: int) -> _Task:
    if not isinstance(value, dict):
        raise ExpositionError("expected a task, an object with a status", line=line)
    status = _text(value, "status", line)
    if status not in STATUSES:
        raise ExpositionError(
            f'expected the status {", ".join(STATUSES[:-1])} or {STATUSES[-1]}, got "{status}"', line=line
        )
    if status == "pending" and (_time_ms(value, "wait", line) or 0) > now_ms:
        status = "waiting"
    due_ms = _time_ms(value, "due", line)
    return _Task(
        status,
        project=_text(value, "project", line) or NONE,
        priority=_text(value, "priority", line) or NONE,
        overdue=due_ms is not None and due_ms < now_ms,
        active="start" in value,
    )


def _text(task: dict[str, Any], key: str, line: int) -> str:
    text = task.get(key, "")
    if not isinstance(text, str):
        raise ExpositionError(f"{key} is no text", line=line)
    return text.encode(errors="replace").decode()  # half of a surrogate pair is no character


def _time_ms(task: dict[str, Any], key: str, line: int) -> int | None:
    """A time such as 20261121T000000Z, in milliseconds since 1970; None where there is none."""
    text = _text(task, key, line)
    if not text:
        return None
    try:
        return int(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError:
        raise ExpositionError(f'{key}: expected a time such as 20261121T000000Z, got "{text}"', line=line) from None
