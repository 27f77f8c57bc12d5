"""Results as JSON and as binary frames."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory import MemoryQueryable

from watchglass.columns import LabelTable
from watchglass.model.labels import Labels
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import Engine, QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.render import format_values, render_frame, render_json
from watchglass.promql.sample_text import format_seconds, format_value
from watchglass.promql.value import Text, Vector

QUERYABLE = MemoryQueryable(
    {
        (("__name__", "m"), ("quote", 'a"b\\c\n'), ("ü", "<&>")): [(0, 1.0), (1_500, 2.5), (3_000, math.nan)],
        (("__name__", "m"), ("x", "1")): [(3_000, -0.0)],
    }
)
ENGINE = Engine(QUERYABLE)


def instant(query, at=3_000):
    return json.loads(render_json(ENGINE.instant(query, at)))


@given(st.lists(st.floats()))
def test_numbers_are_written_one_by_one_as_in_bulk(values):
    assert [text.decode() for text in format_values(np.array(values))] == [format_value(value) for value in values]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_read_back_as_they_were(values):
    assert [float(text) for text in format_values(np.array(values))] == values


def test_scalar_string_and_vector():
    assert instant("1.5 * 2", 1_500) == {"resultType": "scalar", "result": [1.500, "3"]}
    assert instant(r'"a\n"') == {"resultType": "string", "result": [3, "a\n"]}
    assert instant('m{x="1"}') == {
        "resultType": "vector",
        "result": [{"metric": {"__name__": "m", "x": "1"}, "value": [3, "-0"]}],
    }
    assert instant("nothing") == {"resultType": "vector", "result": []}


def test_labels_are_sorted_and_escaped():
    first = instant("m")["result"][0]

    assert list(first["metric"].items()) == [("__name__", "m"), ("quote", 'a"b\\c\n'), ("ü", "<&>")]
    assert first["value"] == [3, "NaN"]


def test_bytes_that_are_no_utf_8_become_replacement_characters():
    assert instant(r'"\xff"')["result"] == [3, "\ufffd"]


def test_times_have_no_or_three_decimals():
    result = ENGINE.range('m{x=""}', 0, 3_000, 1_500)

    assert b'"values":[[0,"1"],[1.500,"2.5"],[3,"NaN"]]' in render_json(result)


def test_a_series_shows_only_the_steps_at_which_it_is():
    matrix = json.loads(render_json(ENGINE.range("m", 0, 4_000, 1_000)))

    assert matrix["result"][1] == {"metric": {"__name__": "m", "x": "1"}, "values": [[3, "-0"], [4, "-0"]]}


def test_a_range_vector_keeps_its_samples_times():
    matrix = instant("m[2s]")

    assert matrix["resultType"] == "matrix"
    assert matrix["result"][0]["values"] == [[1.5, "2.5"], [3, "NaN"]]


def test_large_results_are_written_in_blocks():
    rows, steps = 40, 3_000
    values = np.arange(rows * steps, dtype=float).reshape(rows, steps)
    vector = Vector(LabelTable.of([Labels.of(i=f"{i:02}") for i in range(rows)]), values, values % 7 != 0)

    matrix = json.loads(render_json(QueryResult(ValueType.MATRIX, vector, Grid(0, 1_000, steps))))

    for row, series in enumerate(matrix["result"]):
        assert [float(text) for _, text in series["values"]] == [v for v in values[row].tolist() if v % 7 != 0]
        assert [time for time, _ in series["values"]] == np.flatnonzero(values[row] % 7 != 0).tolist()


def unframe(frame: bytes):
    (length,) = struct.unpack_from("<I", frame)
    header = json.loads(frame[4 : 4 + length])
    assert (4 + length) % 8 == 0
    rows, steps = len(header["series"]), header["points"]
    body = np.frombuffer(frame, "<f8", steps * (rows + 1), offset=4 + length)
    rest = frame[4 + length + body.nbytes :]
    presence = np.frombuffer(rest, np.uint8).reshape(rows, steps) if header["nulls"] else None
    assert header["nulls"] or not rest
    return header, body[:steps], body[steps:].reshape(rows, steps), presence


def test_a_frame_holds_header_times_and_values():
    header, times, values, presence = unframe(render_frame(ENGINE.range('m{x="1"} * 2', 0, 4_000, 1_000)))

    assert header == {
        "resultType": "matrix",
        "series": [{"metric": {"x": "1"}}],
        "start": 0,
        "end": 4_000,
        "step": 1_000,
        "points": 5,
        "warnings": [],
        "infos": [],
        "nulls": False,
    }
    assert times.tolist() == [0, 1_000, 2_000, 3_000, 4_000]
    assert np.isnan(values[0, :3]).all()
    assert values[0, 3:].tolist() == [0, 0]
    assert presence is None


def test_a_sample_that_is_nan_is_told_from_none():
    header, _, values, presence = unframe(render_frame(ENGINE.range("m", 2_000, 3_000, 1_000)))

    assert header["nulls"]
    assert np.isnan(values).tolist() == [[False, True], [True, False]]
    assert presence.tolist() == [[1, 1], [0, 1]]


def test_instant_vectors_and_scalars_are_frames_of_one_point():
    header, times, values, _ = unframe(render_frame(ENGINE.instant('m{x="1"}', 3_000)))
    assert (header["resultType"], header["points"], times.tolist(), values.tolist()) == ("vector", 1, [3_000], [[0.0]])

    header, _, values, _ = unframe(render_frame(ENGINE.instant("2 + 2", 3_000)))
    assert (header["resultType"], header["series"], values.tolist()) == ("scalar", [{"metric": {}}], [[4.0]])


def test_what_has_no_steps_has_no_frame():
    with pytest.raises(TypeError, match="string has no frame"):
        render_frame(QueryResult(ValueType.STRING, Text("x"), Grid(0, 1, 1)))
    with pytest.raises(TypeError, match="range vector has no frame"):
        render_frame(ENGINE.instant("m[5m]", 3_000))


texts_of = st.lists(
    st.one_of(st.floats(), st.integers(-5, 5).map(float), st.sampled_from([1e-5, 1e15, 1e300, -0.0, 12345.0])),
    max_size=9,
)


@given(
    st.lists(texts_of, min_size=1, max_size=5),
    st.sampled_from([(0, 15_000), (1_500, 1_000), (9_000, 999), (-4_000, 1_000)]),
)
def test_a_matrix_is_spliced_as_if_written_point_by_point(rows, steps):
    width = max(1, *map(len, rows))
    present = np.array([[step < len(row) for step in range(width)][:: -1 if len(row) % 2 else 1] for row in rows])
    values = np.zeros(present.shape)
    values[present] = [value for row in rows for value in row]
    labels = LabelTable.of([Labels.of(i=str(i)) for i in range(len(rows))])
    shown = Vector(labels, values, present).without_empty()
    grid = Grid(steps[0], steps[1], width)

    written = render_json(QueryResult(ValueType.MATRIX, shown, grid)).decode()

    points = [
        ",".join(
            f'[{format_seconds(t)},"{format_value(v)}"]'
            for t, v, here in zip(grid.times().tolist(), row, mask, strict=True)
            if here
        )
        for row, mask in zip(shown.values.tolist(), shown.present, strict=True)
    ]
    wanted = [
        f'{{"metric":{{"i":"{label.get("i")}"}},"values":[{text}]}}'
        for label, text in zip(shown.labels.rows(), points, strict=True)
    ]
    assert written == f'{{"resultType":"matrix","result":[{",".join(wanted)}]}}'


def test_the_values_of_one_step_may_be_a_column_of_several():
    steps = np.array([[1.5, 2.0], [0.25, 4.0]])

    assert format_values(steps[:, 0]) == [b"1.5", b"0.25"]
