"""The health board of a pack: rows by priority, each in one of three grades, with its limits and the reason.

Limits belong to the grade that names them. Qualitative rows are graded by expressions: the first that has an answer decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchglass.errors import QueryError
from watchglass.packs.ask import Ask, number_of
from watchglass.packs.pack import Pack, matching, members
from watchglass.wire.yaml import Node, load_yaml_file

BOARD_FILE = "board.yaml"
LEVELS = ("healthy", "degraded", "unhealthy")
"""From best to worst, whatever a pack calls them."""
PRIORITIES = ("P0", "P1", "P2", "P3")

_TESTS = ("lt", "lte", "gt", "gte", "eq")
_ROW_KEYS = (
    "id", "priority", "metric", "expr", "unit", "limits", "bands", "rule", "otherwise", "baseline", "reason", "source",
    "alert", "differs",
)  # fmt: skip
_NEEDED = ("id", "priority", "metric", "expr")
_PRIORITY = re.compile("P[0-3]"), "P0, P1, P2 or P3"
_DIGITS = 12  # values are compared to so many: a ratio of rates is not exact in the last ones


@dataclass(frozen=True, slots=True)
class Band:
    """The values of a grade."""

    lt: float | None = None
    lte: float | None = None
    gt: float | None = None
    gte: float | None = None
    eq: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value is in it; limits are compared to 12 digits."""
        value = float(f"{value:.{_DIGITS}g}")
        return (
            (self.lt is None or value < self.lt)
            and (self.lte is None or value <= self.lte)
            and (self.gt is None or value > self.gt)
            and (self.gte is None or value >= self.gte)
            and (self.eq is None or value == self.eq)
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule of a qualitative row: its grade, the expression that has an answer then, and it in words."""

    grade: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row.

    Attributes:
        id: its name among the others.
        priority: P0 to P3.
        metric: what people call it.
        expr: PromQL of its value.
        unit: of the value, as panels name units.
        limits: what is written in each column, by grade.
        bands: values of each grade.
        rule: conditions of a qualitative row, the worst first.
        otherwise: what holds where none of them does.
        baseline: name and PromQL of what the value is measured by.
        reason: why it matters.
        source: where the limits are from.
        alert: the alert about the same thing.
        differs: why that alert's severity is another one.
    """

    id: str
    priority: str
    metric: str
    expr: str
    unit: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    rule: tuple[Condition, ...] = ()
    otherwise: str = ""
    baseline: tuple[str, str] | None = None
    reason: str = ""
    source: str = ""
    alert: str = ""
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The rows by priority; `grades` are the pack's words for the three levels, from best to worst."""

    rows: tuple[BoardRow, ...]
    grades: tuple[str, ...] = LEVELS
    note: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """A row at one time: its value and grade, None and empty where that is not known, and why."""

    row: BoardRow
    value: float | None
    grade: str
    why: str
    baseline: float | None = None


def read_board(pack: Pack) -> Board | None:
    """The board of a pack; None where it has none.

    Raises:
        ConfigError: it is wrong; names file, line and key.
    """
    path = pack.folder / BOARD_FILE
    if not path.is_file():
        return None
    root = load_yaml_file(path)
    given = members(root, "", ("grades", "note", "rows"))
    if "rows" not in given:
        raise root.error("rows is missing")
    grades = _grades(given["grades"]) if "grades" in given else LEVELS
    rows = [_row(node, f"rows[{at}]", grades) for at, node in enumerate(given["rows"].items("rows"))]
    note = given["note"].text("note") if "note" in given else ""
    return Board(tuple(sorted(rows, key=lambda row: row.priority)), grades, note)


def _grades(node: Node) -> tuple[str, ...]:
    given = members(node, "grades", LEVELS)
    return tuple(given[level].text(f"grades.{level}") if level in given else level for level in LEVELS)


def _row(node: Node, at: str, grades: Sequence[str]) -> BoardRow:
    given = members(node, at, _ROW_KEYS)
    for needed in _NEEDED:
        if needed not in given:
            raise node.error(f"{needed} is missing", at)
    if ("bands" in given) == ("rule" in given):
        raise node.error("a row has either bands or a rule", at)
    plain = {key: given[key].text(f"{at}.{key}") for key in given.keys() - {"limits", "bands", "rule", "baseline"}}
    matching(given["priority"], f"{at}.priority", _PRIORITY)
    return BoardRow(
        **plain,
        limits=_texts(given["limits"], f"{at}.limits", grades) if "limits" in given else {},
        bands=_bands(given["bands"], f"{at}.bands", grades) if "bands" in given else {},
        rule=_rule(given["rule"], f"{at}.rule", grades) if "rule" in given else (),
        baseline=_baseline(given["baseline"], f"{at}.baseline") if "baseline" in given else None,
    )


def _texts(node: Node, at: str, grades: Sequence[str]) -> dict[str, str]:
    return {key: value.text(f"{at}.{key}") for key, value in members(node, at, grades).items()}


def _bands(node: Node, at: str, grades: Sequence[str]) -> dict[str, Band]:
    return {
        grade: Band(**{test: _number(limit, f"{at}.{grade}.{test}") for test, limit in _tests(value, f"{at}.{grade}")})
        for grade, value in members(node, at, grades).items()
        if not value.is_null
    }


def _tests(node: Node, at: str) -> list[tuple[str, Node]]:
    return list(members(node, at, _TESTS).items())


def _number(node: Node, key: str) -> float:
    try:
        value = float(node.text(key))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise node.error(f'expected a number, got "{node.value}"', key)
    return value


def _rule(node: Node, at: str, grades: Sequence[str]) -> tuple[Condition, ...]:
    found = []
    for index, item in enumerate(node.items(at)):
        key = f"{at}[{index}]"
        given = members(item, key, ("grade", "when", "text"))
        for needed in ("grade", "when", "text"):
            if needed not in given:
                raise item.error(f"{needed} is missing", key)
        grade = given["grade"].text(f"{key}.grade")
        if grade not in grades:
            raise given["grade"].error(f'expected one of {", ".join(grades)}, got "{grade}"', f"{key}.grade")
        found.append(Condition(grade, given["when"].text(f"{key}.when"), given["text"].text(f"{key}.text")))
    return tuple(sorted(found, key=lambda each: -grades.index(each.grade)))


def _baseline(node: Node, at: str) -> tuple[str, str]:
    given = members(node, at, ("name", "expr"))
    for needed in ("name", "expr"):
        if needed not in given:
            raise node.error(f"{needed} is missing", at)
    return given["name"].text(f"{at}.name"), given["expr"].text(f"{at}.expr")


def grade_board(board: Board, ask: Ask) -> list[Graded]:
    """Every row of a board, graded; one that cannot be asked says why, and keeps no other from its grade."""
    return [_graded(row, board.grades, ask) for row in board.rows]


def _graded(row: BoardRow, grades: Sequence[str], ask: Ask) -> Graded:
    try:
        value = number_of(ask(row.expr))
        if value is None:
            return Graded(row, None, "", "no data")
        if row.bands:
            return Graded(row, value, *_by_bands(row, grades, value))
        baseline = number_of(ask(row.baseline[1])) if row.baseline else None
        held = next((condition for condition in row.rule if ask(condition.when)), None)
    except QueryError as error:
        return Graded(row, None, "", f"it could not be asked: {error}")
    if held is None:
        return Graded(row, value, grades[0], row.otherwise or row.limits.get(grades[0], ""), baseline)
    return Graded(row, value, held.grade, held.text, baseline)


def _by_bands(row: BoardRow, grades: Sequence[str], value: float) -> tuple[str, str]:
    for grade in grades:
        if grade in row.bands and row.bands[grade].holds(value):
            return grade, row.limits.get(grade, "")
    between = grades[1] if grades[1] in row.bands else grades[2]
    return between, f"between the limits of {grades[0]} and {grades[2]}"
