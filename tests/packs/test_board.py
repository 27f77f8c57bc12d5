"""The health board: limits belong to the grade that names them, and a row without data has no grade."""

from __future__ import annotations

import math

import pytest
from pack_support import write_pack

from watchglass.errors import ConfigError, QueryError
from watchglass.packs.board import Band, grade_board, read_board
from watchglass.packs.pack import read_pack

AWARENESS = read_board(read_pack("awareness_network"))
ROWS = {row.id: row for row in AWARENESS.rows}


def answers(values):
    """Asks of a table: expression to number; an expression that is not in it has no answer."""

    def ask(expression):
        value = values.get(expression)
        if isinstance(value, Exception):
            raise value
        return [] if value is None else [({}, value)]

    return ask


def grade_of(row, values):
    return next(graded for graded in grade_board(AWARENESS, answers(values)) if graded.row is row)


def test_the_board_is_that_of_the_contract(seeds):
    written = seeds["awareness_network"]["health_thresholds"]["rows"]
    assert [(row.id, row.priority, row.metric, row.alert) for row in AWARENESS.rows] == [
        (row["id"], row["priority"], row["metric"], row.get("related_alert", "")) for row in written
    ]
    for row in written:
        own = {
            grade: {name: getattr(band, name) for name in band.__slots__ if getattr(band, name) is not None}
            for grade, band in ROWS[row["id"]].bands.items()
        }
        assert own == {grade: band for grade, band in (row["bands"] or {}).items() if band}
        assert bool(ROWS[row["id"]].rule) == row.get("qualitative", False)


LIMITS = {
    "error_rate_5xx": [(0, "h"), (0.00099, "h"), (0.001, "i"), (0.01, "i"), (0.0100001, "c"), (1, "c")],
    "redis_connected": [(1, "h"), (0, "c")],
    "p95_latency": [(0.499, "h"), (0.5, "i"), (2, "i"), (2.001, "c")],
    "db_pool_waiting": [(0, "h"), (0.5, "i"), (1, "i"), (5, "i"), (5.5, "c"), (6, "c")],
    "event_loop_lag": [(0.0999, "h"), (0.1, "i"), (0.5, "i"), (0.51, "c")],
    "cache_hit_rate": [(0.91, "h"), (0.9, "i"), (0.8, "i"), (0.7999, "c")],
    "memory_usage": [(0.99, "h"), (1, "i"), (1.5, "i"), (1.51, "c")],
}
GRADES = {"h": "healthy", "i": "investigate", "c": "critical"}


@pytest.mark.parametrize(("row", "value", "grade"), [(r, v, g) for r, each in LIMITS.items() for v, g in each])
def test_limits_belong_to_the_grade_that_names_them(row, value, grade):
    graded = grade_of(ROWS[row], {ROWS[row].expr: value})
    assert (graded.value, graded.grade) == (value, GRADES[grade])
    assert graded.why


def test_a_ratio_that_is_not_exact_in_its_last_digits_is_on_its_limit():
    assert Band(gte=0.001, lte=0.01).holds(0.010000000000000002)
    assert not Band(gt=0.01).holds(0.010000000000000002)


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_without_a_number_there_is_no_grade(value):
    row = ROWS["error_rate_5xx"]
    graded = grade_of(row, {row.expr: value})
    assert (graded.value, graded.grade, graded.why) == (None, "", "no data")


def test_a_row_that_cannot_be_asked_says_why_and_stops_no_other():
    row, other = ROWS["error_rate_5xx"], ROWS["redis_connected"]
    values = {row.expr: QueryError("query timed out"), other.expr: 1}
    assert grade_of(row, values).why == "it could not be asked: query timed out"
    assert grade_of(other, values).grade == "healthy"


@pytest.mark.parametrize(
    ("row", "held", "grade"),
    [
        ("active_ws_connections", [], "healthy"),
        ("active_ws_connections", [1], "investigate"),
        ("active_ws_connections", [0], "critical"),
        ("collaboration_sessions", [1], "investigate"),
        ("collaboration_sessions", [0, 1], "critical"),
    ],
)
def test_qualitative_rows_go_by_their_rules_the_worst_first(row, held, grade):
    row = ROWS[row]
    values = {row.expr: 5.0, row.baseline[1]: 4.0} | {row.rule[at].when: 5.0 for at in held}
    graded = grade_of(row, values)
    assert (graded.grade, graded.baseline) == (grade, 4.0)
    assert graded.why == (row.rule[held[0]].text if held else row.otherwise)


ROW = "rows: [{id: a, priority: P0, metric: A, expr: a, %s}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("grades: {}\n", "rows is missing"),
        ("rows: [{id: a}]\n", "rows[0]: priority is missing"),
        (ROW % "unit: s", "rows[0]: a row has either bands or a rule"),
        (ROW % "bands: {good: {lt: 1}}", 'rows[0].bands: unknown key "good"'),
        (ROW % "bands: {healthy: {below: 1}}", 'rows[0].bands.healthy: unknown key "below"'),
        (ROW % "bands: {healthy: {lt: one}}", 'rows[0].bands.healthy.lt: expected a number, got "one"'),
        (ROW % "rule: [{grade: good, when: a, text: b}]", "rows[0].rule[0].grade: expected one of healthy"),
        (ROW % "rule: [{grade: healthy, when: a}]", "rows[0].rule[0]: text is missing"),
        (ROW.replace("P0", "P9") % "bands: {}", "rows[0].priority: expected P0, P1, P2 or P3"),
        (ROW % "bands: {}, baseline: {name: x}", "rows[0].baseline: expr is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    folder = write_pack(tmp_path / "x")
    (folder / "board.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_board(read_pack(folder))
    assert said in str(refused.value)
    assert "board.yaml:" in str(refused.value)


def test_a_pack_may_have_no_board(tmp_path):
    assert read_board(read_pack(write_pack(tmp_path / "x"))) is None


def test_rows_come_by_priority_and_levels_have_the_packs_words(tmp_path):
    folder = write_pack(tmp_path / "x")
    row = "- {id: %s, priority: %s, metric: A, expr: a, bands: {fine: {lt: 1}}}\n"
    (folder / "board.yaml").write_text("grades: {healthy: fine}\nrows:\n" + row % ("a", "P2") + row % ("b", "P0"))
    board = read_board(read_pack(folder))
    assert [row.id for row in board.rows] == ["b", "a"]
    assert board.grades == ("fine", "degraded", "unhealthy")
