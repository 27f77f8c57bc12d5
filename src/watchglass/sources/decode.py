"""Prometheus's JSON answers as results of our own: what the API's renderer writes, read back into arrays.

The samples of a matrix are nine tenths of an answer. They are cut out of the text and read as flat lists of numbers, a
series at a time, so that no object is made for a sample; what is left is small and read as JSON.
Source of the format: prometheus/prometheus, web/api/v1/api.go and docs/querying/api.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from watchglass.columns import LabelTable, SeriesSet, Times, Values, encode
from watchglass.errors import QueryLimitError
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import CELL_BYTES, current_share
from watchglass.promql.value import RangeVector, Scalar, Text, Value, Vector, empty_vector

HISTOGRAMS = "native histograms of the source are left out"
PARTIAL = "the source says that its answer is partial"

_VALUES = re.compile(rb'"values"\s*:\s*\[')  # a quote within a label is escaped: this never stands in one
_END = re.compile(rb"\]\s*\]")
_NOT_NUMBERS = b'[]" \t\r\n'

Points = NDArray[np.float64]  # [n, 2]: seconds, value


class AnswerError(ValueError):
    """An answer is not what the API's contract says; the text says how."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer, taken out of its envelope.

    Attributes:
        data: what was asked for; None where an error came.
        points: the samples of a matrix's series, cut out of `data`, where their numbers stand.
        kind: `errorType`; empty where there is no error.
        error: its text.
    """

    data: Any
    points: Sequence[bytes] = ()
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    kind: str = ""
    error: str = ""


def open_envelope(body: bytes) -> Envelope:
    """Read an answer.

    Raises:
        AnswerError: it is no JSON, or not in the envelope.
    """
    skeleton, points = _cut(body)
    try:
        answer = orjson.loads(skeleton)
    except orjson.JSONDecodeError as error:
        raise AnswerError(f"its answer is not JSON: {error.msg}") from None
    if not isinstance(answer, dict):
        raise AnswerError("its answer is not in Prometheus's envelope")
    if answer.get("status") == "error":
        return Envelope(None, (), kind=str(answer.get("errorType") or ""), error=str(answer.get("error") or ""))
    if answer.get("status") != "success" or "data" not in answer:
        raise AnswerError("its answer is not in Prometheus's envelope")
    warnings = _texts(answer.get("warnings")) + ((PARTIAL,) if answer.get("isPartial") is True else ())
    return Envelope(answer["data"], points, warnings, _texts(answer.get("infos")))


def _cut(body: bytes) -> tuple[bytes, list[bytes]]:
    """The text with a number in the place of each list of samples, and the lists."""
    kept: list[bytes] = []
    cut: list[bytes] = []
    at = 0
    for found in _VALUES.finditer(body):
        if found.start() < at:
            raise AnswerError("its answer has samples within samples")
        start = found.end()
        if not body[start : start + 32].lstrip().startswith(b"["):
            continue  # an empty list, or no list of samples at all
        end = _END.search(body, start)
        if end is None:
            raise AnswerError("its answer ends in the middle")
        kept += [body[at : start - 1], str(len(cut)).encode()]
        cut.append(body[start : end.end() - 1])
        at = end.end()
    kept.append(body[at:])
    return b"".join(kept), cut


def _texts(notes: Any) -> tuple[str, ...]:
    return tuple(map(str, notes)) if isinstance(notes, list) else ()


def result_of(envelope: Envelope, grid: Grid, *, is_range: bool, max_samples: int) -> QueryResult:
    """The answer to a query over `grid`.

    A range result's own grid differs where the source has moved the steps, as some do to answer from a cache.

    Raises:
        AnswerError: it is not what was asked for.
        QueryLimitError: it holds more than `max_samples`.
    """
    try:
        type_, found = ValueType(envelope.data["resultType"]), envelope.data["result"]
        value, histograms = _value(type_, found, envelope, grid, is_range=is_range, max_samples=max_samples)
    except AnswerError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise AnswerError("its answer is not a result as Prometheus writes it") from error
    if isinstance(value, tuple):
        grid, value = value
    warnings = (*envelope.warnings, HISTOGRAMS) if histograms else envelope.warnings
    return QueryResult(type_, value, grid, warnings, envelope.infos)


def _value(
    type_: ValueType, found: Any, envelope: Envelope, grid: Grid, *, is_range: bool, max_samples: int
) -> tuple[Value | tuple[Grid, Vector], bool]:
    """The result's data, with the grid of a range; and whether native histograms were left out."""
    if is_range and type_ is not ValueType.MATRIX:
        raise AnswerError(f"its answer to a range query is a {type_.documented}")
    if type_ is ValueType.SCALAR:
        return Scalar(np.array([float(found[1])])), False
    if type_ is ValueType.STRING:
        return Text(str(found[1])), False
    histograms = any("histogram" in row or "histograms" in row for row in found)
    if type_ is ValueType.VECTOR:
        return _instant([row for row in found if "value" in row]), histograms
    if any(row.get("values", 0) not in ([], 0) and type(row["values"]) is not int for row in found):
        raise AnswerError("its answer has samples that are no numbers")
    rows = [row for row in found if type(row.get("values")) is int]
    points = [read_points(envelope.points[row["values"]]) for row in rows]
    labels = label_table([row["metric"] for row in rows])
    return (_on_grid if is_range else _ragged)(labels, points, grid, max_samples), histograms


def _instant(rows: Sequence[Mapping[str, Any]]) -> Vector:
    values = np.array([float(row["value"][1]) for row in rows])[:, None]
    return Vector(label_table([row["metric"] for row in rows]), values, np.ones(values.shape, bool))


def read_points(text: bytes) -> Points:
    """The samples of one series: `[seconds,"value"],[…` as numbers.

    Raises:
        AnswerError: something else stands there.
    """
    flat = text.translate(None, _NOT_NUMBERS)
    try:
        # Five times as fast, but it knows neither NaN nor infinity, takes `null` for a number, and -0 for 0.
        plain = b"l" not in flat and b"u" not in flat and b"-0" not in flat
        numbers = np.array(orjson.loads(b"[%b]" % flat) if plain else _numbers(flat), np.float64)
    except (ValueError, TypeError, OverflowError):
        numbers = np.array(_numbers(flat))
    if numbers.ndim != 1 or len(numbers) % 2:
        raise AnswerError("its answer has a sample without time or value")
    return numbers.reshape(-1, 2)


def _numbers(flat: bytes) -> list[float]:
    try:
        return list(map(float, flat.split(b",")))
    except ValueError:
        raise AnswerError("its answer has samples that are no numbers") from None


def label_table(metrics: Sequence[Mapping[str, str]]) -> LabelTable:
    """The labels of series, each a JSON object.

    Raises:
        AnswerError: one is none.
    """
    if not all(type(metric) is dict for metric in metrics):
        raise AnswerError("its answer has series without labels")
    names = sorted({name for metric in metrics for name in metric})
    columns = {name: encode([metric.get(name, "") for metric in metrics]) for name in names}
    if not all(type(value) is str for column in columns.values() for value in column.values):
        raise AnswerError("its answer has a label that is no text")
    return LabelTable(len(metrics), columns)


def _times(points: Sequence[Points]) -> Times:
    seconds = np.concatenate([each[:, 0] for each in points])
    if not (np.abs(seconds) < 2**43).all():  # NaN is not, either
        raise AnswerError("its answer has a sample at no time")
    times: Times = np.rint(seconds * 1000).astype(np.int64)
    return times


def _on_grid(labels: LabelTable, points: Sequence[Points], grid: Grid, max_samples: int) -> tuple[Grid, Vector]:
    """Each sample at its step."""
    if not points:
        return grid, empty_vector(grid.count)
    times = _times(points)
    grid = _answered_grid(times, grid)
    if labels.size * grid.count > max_samples:
        raise QueryLimitError(f"the source's answer would be more than {max_samples:,} samples in memory")
    current_share().need(CELL_BYTES * labels.size * grid.count, lambda: None)
    rows = np.repeat(np.arange(labels.size), [len(each) for each in points])
    steps = (times - grid.start_ms) // grid.step_ms
    values, present = np.full((labels.size, grid.count), np.nan), np.zeros((labels.size, grid.count), bool)
    values[rows, steps] = np.concatenate([each[:, 1] for each in points])
    present[rows, steps] = True
    return grid, Vector(labels, values, present)


def _answered_grid(times: Times, grid: Grid) -> Grid:
    """The steps at which the samples stand: those asked for, or as many that the source has moved together."""
    first, last = int(times.min()), int(times.max())
    phase = (first - grid.start_ms) % grid.step_ms
    if ((times - first) % grid.step_ms).any():
        raise AnswerError("its answer has samples between the steps asked for")
    if not phase and first >= grid.start_ms and last <= grid.end_ms:
        return grid
    moved = Grid(first, grid.step_ms, (last - first) // grid.step_ms + 1)
    if moved.count > grid.count + 1:
        raise AnswerError("its answer has samples beyond the range asked for")
    return moved


def _ragged(labels: LabelTable, points: Sequence[Points], _grid: Grid, max_samples: int) -> RangeVector:
    """Each series with times of its own."""
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in points], dtype=np.int64)])
    if offsets[-1] > max_samples:
        raise QueryLimitError(f"the source's answer would be more than {max_samples:,} samples in memory")
    times: Times = _times(points) if points else np.zeros(0, np.int64)
    values: Values = np.concatenate([each[:, 1] for each in points]) if points else np.zeros(0)
    return RangeVector(SeriesSet(labels, offsets, times, values))
