"""Answers as results: what the engine would have given, and what nobody should have sent."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.columns import LabelTable
from watchglass.errors import QueryLimitError
from watchglass.model.labels import Labels
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.render import render_json
from watchglass.promql.value import RangeVector, Scalar, Text, Vector
from watchglass.sources.decode import HISTOGRAMS, PARTIAL, AnswerError, open_envelope, result_of

GRID = Grid(1_000, 500, 4)


def decode(data, grid=GRID, *, is_range=True, max_samples=1_000_000, **more):
    body = json.dumps({"status": "success", "data": data, **more}).encode()
    return result_of(open_envelope(body), grid, is_range=is_range, max_samples=max_samples)


def matrix(*series):
    return {"resultType": "matrix", "result": [{"metric": labels, "values": values} for labels, values in series]}


def test_a_matrix_stands_on_the_grid_with_its_gaps():
    result = decode(matrix(({"a": "1"}, [[1, "1"], [2.5, "NaN"]]), ({"b": "2"}, [[1.5, "+Inf"], [2, "-Inf"]])))

    assert result.grid == GRID
    assert result.data.labels.rows() == [Labels([("a", "1")]), Labels([("b", "2")])]
    assert result.data.present.tolist() == [[True, False, False, True], [False, True, True, False]]
    assert result.data.values[1, 1:3].tolist() == [math.inf, -math.inf]
    assert math.isnan(result.data.values[0, 3])


def test_steps_that_the_source_has_moved_are_told_by_the_grid():
    result = decode(matrix(({}, [[0.9, "1"], [1.4, "2"], [2.4, "3"]])))

    assert result.grid == Grid(900, 500, 4)
    assert result.data.present.tolist() == [[True, True, False, True]]


@pytest.mark.parametrize(
    ("times", "text"),
    [
        ([1, 1.7], "between the steps"),
        ([1, 90], "beyond the range"),
        ([1, 1e300], "at no time"),
        ([float("inf")], None),
    ],
)
def test_samples_elsewhere_are_refused(times, text):
    with pytest.raises(AnswerError, match=text):
        decode(matrix(({}, [[time, "1"] for time in times])))


@pytest.mark.parametrize(
    "values",
    [
        [[1]], [["x", "1"]], [[1, "one"]], [[1, None]], [[1, "1", 2]], [[[1, "1"]], [2]], [{"a": 1}], ["a"],
    ],
)  # fmt: skip
def test_samples_that_are_none_are_refused(values):
    with pytest.raises(AnswerError):
        decode(matrix(({}, values)))


@pytest.mark.parametrize(
    "data",
    [
        None, 1, "x", [], {}, {"resultType": "matrix"}, {"resultType": "tensor", "result": []},
        {"resultType": "matrix", "result": {}}, {"resultType": "matrix", "result": [{"values": [[1, "1"]]}]},
        {"resultType": "matrix", "result": [{"metric": [], "values": [[1, "1"]]}]},
        {"resultType": "matrix", "result": [{"metric": {"a": 1}, "values": [[1, "1"]]}]},
        {"resultType": "vector", "result": []},
        {"resultType": "matrix", "result": [1]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": 7}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "1"]]}, {"metric": {}, "values": 0}]},
    ],
)  # fmt: skip
def test_data_that_is_none_is_refused(data):
    if data == {"resultType": "matrix", "result": {}}:
        assert decode(data).data.size == 0
        return
    with pytest.raises(AnswerError):
        decode(data)


@pytest.mark.parametrize("cut", range(20, 90, 7))
def test_an_answer_that_ends_in_the_middle_is_refused(cut):
    body = json.dumps({"status": "success", "data": matrix(({"a": "1"}, [[1, "1"], [2, "2"]]))}).encode()
    with pytest.raises(AnswerError):
        open_envelope(body[:-cut])


def test_labels_that_look_like_samples_are_labels():
    labels = {"values": "[", "x": '"values":[[1,"1"]]', "y": "]]", "é\n": "\\"}

    result = decode(matrix((labels, [[1, "1"]])))

    assert dict(result.data.labels.row(0)) == labels
    assert result.data.values[0, 0] == 1


def test_spaces_do_not_matter():
    body = b'{ "status" : "success" , "data" : { "resultType":"matrix", "result":[ {"metric":{} , "values" : [ [ 1 , "2" ] , [ 1.5,"3" ] ] } ] } }'
    result = result_of(open_envelope(body), GRID, is_range=True, max_samples=100)

    assert result.data.values[0, :2].tolist() == [2, 3]


def test_series_without_samples_are_left_out():
    assert decode(matrix(({"a": "1"}, []), ({"a": "2"}, [[1, "1"]]))).data.labels.rows() == [Labels([("a", "2")])]


def test_native_histograms_are_left_out_with_a_warning():
    row = {"metric": {}, "histograms": [[1, {"count": "1", "sum": "2", "buckets": [[0, "1", "2", "1"]]}]]}
    result = decode({"resultType": "matrix", "result": [row]})

    assert (result.data.size, result.warnings) == (0, (HISTOGRAMS,))
    row = {"metric": {}, "histogram": row["histograms"][0]}
    assert decode({"resultType": "vector", "result": [row]}, is_range=False).warnings == (HISTOGRAMS,)


def test_warnings_are_passed_on():
    result = decode(matrix(), warnings=["w"], infos=["i"], isPartial=True)
    assert (result.warnings, result.infos) == (("w", PARTIAL), ("i",))


def test_an_error_is_told_from_an_answer():
    envelope = open_envelope(b'{"status":"error","errorType":"bad_data","error":"no"}')
    assert (envelope.data, envelope.kind, envelope.error) == (None, "bad_data", "no")


def test_more_samples_than_allowed_are_refused_before_they_are_made():
    series = [({"i": str(i)}, [[1, "1"]]) for i in range(30)]
    with pytest.raises(QueryLimitError, match="more than 100 samples"):
        decode(matrix(*series), max_samples=100)
    with pytest.raises(QueryLimitError):
        decode(matrix(({}, [[i, "1"] for i in range(200)])), is_range=False, max_samples=100)


@pytest.mark.parametrize("type_", ["vector", "matrix"])
def test_samples_are_counted_before_they_are_read(type_, monkeypatch):
    monkeypatch.setattr("watchglass.sources.decode.read_points", lambda _: pytest.fail("read"))
    monkeypatch.setattr(
        "watchglass.sources.decode.label_table", lambda metrics, _account: LabelTable.of([Labels()] * len(metrics))
    )
    rows = (
        [{"metric": {}, "value": [1, "1"]}] * 200 if type_ == "vector" else [{"metric": {}, "values": [[1, "1"]] * 200}]
    )
    with pytest.raises(QueryLimitError, match="more than 100 samples"):
        decode({"resultType": type_, "result": rows}, is_range=False, max_samples=100)


@pytest.mark.parametrize(
    "values",
    [
        [[1]], [[1], [1, "1", 2]], [[1, "one"]], [[1, None]], [0], [[1, "1"], 0], [[[1, "1"]]], [{"a": 1}], ["1"], [[1, "1,2"]],
    ],
)  # fmt: skip
def test_samples_of_a_vector_that_are_none_are_refused(values):
    rows = [{"metric": {}, "value": value} for value in values]
    with pytest.raises(AnswerError):
        decode({"resultType": "vector", "result": rows}, is_range=False)


def test_a_vector_keeps_its_order_beside_histograms_and_labels_like_samples():
    rows = [
        {"metric": {"value": '"value":[1,"9"]', "a": "["}, "value": [1.5, "1"]},
        {"metric": {}, "histogram": [1, {"count": "1", "sum": "2"}]},
        {"value": [1.5, "-0"], "metric": {"value": "x"}},
        {"metric": {"é": "\U0001f600"}, "value": [1.5, "NaN"]},
        {"metric": {}, "value": [1.5, "-Inf"]},
    ]

    result = decode({"resultType": "vector", "result": rows}, is_range=False)

    assert [str(value) for value in result.data.values[:, 0]] == ["1.0", "-0.0", "nan", "-inf"]
    assert result.data.present.all()
    assert dict(result.data.labels.row(0)) == rows[0]["metric"]
    assert result.warnings == (HISTOGRAMS,)


def test_long_series_are_read_in_pieces(monkeypatch):
    values = [[i / 8, str(-i)] for i in range(1000)]
    whole = decode(matrix(({}, values)), is_range=False)
    for size in (1, 2, 7, 100, 1 << 20):
        monkeypatch.setattr("watchglass.sources.decode.PIECE_BYTES", size)
        pieces = decode(matrix(({}, values)), is_range=False)
        assert (
            pieces.data.series.values.tolist() == whole.data.series.values.tolist() == [-float(i) for i in range(1000)]
        )
        assert pieces.data.series.times.tolist() == [125 * i for i in range(1000)]


VALUES = st.floats(allow_nan=True, allow_infinity=True)
LABELS = st.dictionaries(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=8), max_size=3)


def table(rows):
    return LabelTable.of([Labels(sorted(row.items())) for row in rows])


@given(st.lists(st.tuples(LABELS, st.lists(st.none() | VALUES, min_size=4, max_size=4)), max_size=5))
def test_what_we_render_is_what_we_read(series):
    present = np.array([[value is not None for value in values] for _, values in series], bool).reshape(-1, 4)
    values = np.array([[value or 0.0 for value in values] for _, values in series], float).reshape(-1, 4)
    vector = Vector(table([labels for labels, _ in series]), values, present).without_empty()
    result = QueryResult(ValueType.MATRIX, vector, GRID)

    body = b'{"status":"success","data":' + render_json(result) + b"}"
    again = result_of(open_envelope(body), GRID, is_range=True, max_samples=1000)

    assert render_json(again) == render_json(result)


@pytest.mark.parametrize(
    "result",
    [
        QueryResult(ValueType.SCALAR, Scalar(np.array([1.5])), Grid(1000, 1, 1)),
        QueryResult(ValueType.STRING, Text('a"b'), Grid(1000, 1, 1)),
        QueryResult(ValueType.VECTOR, Vector(table([{"a": "b"}]), np.array([[np.nan]]), np.ones((1, 1), bool)), Grid(1000, 1, 1)),
    ],
)  # fmt: skip
def test_so_are_answers_at_one_time(result):
    body = b'{"status":"success","data":' + render_json(result) + b"}"
    again = result_of(open_envelope(body), result.grid, is_range=False, max_samples=1000)

    assert render_json(again) == render_json(result)
    assert again.type is result.type


def test_a_range_vector_keeps_its_own_times():
    result = decode(matrix(({"a": "1"}, [[1.234, "1"], [7, "2"]]), ({}, [[3, "3"]])), is_range=False)

    assert isinstance(result.data, RangeVector)
    assert result.data.series.times.tolist() == [1234, 7000, 3000]
    assert result.data.series.offsets.tolist() == [0, 2, 3]
