"""Prometheus's JSON answers as results of our own: what the API's renderer writes, read back into arrays.

The samples of a matrix are nine tenths of an answer. They are cut out of the text and read as flat lists of numbers, a
series at a time, so that no object is made for a sample; what is left is small and read as JSON. The memory for each step
is asked for before it is taken.
Source of the format: prometheus/prometheus, web/api/v1/api.go and docs/querying/api.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from watchglass.columns import LabelTable, SeriesSet, Times, Values, encode
from watchglass.errors import QueryLimitError
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import CELL_BYTES
from watchglass.promql.value import RangeVector, Scalar, Text, Value, Vector, empty_vector
from watchglass.sources.weight import COPIES, Account, labels_bytes, number_counts, points_bytes, text_bytes, tree_bytes

HISTOGRAMS = "native histograms of the source are left out"
PARTIAL = "the source says that its answer is partial"
PIECE_BYTES = 1 << 18

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
        account: what it takes of the memory of its query.
    """

    data: Any
    points: Sequence[bytes] = ()
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    kind: str = ""
    error: str = ""
    account: Account = field(default_factory=Account, compare=False)


def open_envelope(body: bytes, check: Callable[[], None] = lambda: None) -> Envelope:
    """Read an answer; `check` is called while it waits for memory.

    Raises:
        AnswerError: it is no JSON, or not in the envelope.
        QueryError: there is no memory for it; or what `check` raises.
    """
    account = Account(check)
    account.take(text_bytes(body))
    skeleton, points = _cut(body)
    account.take(tree_bytes(skeleton))
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
    account.drop((COPIES - 1) * len(body))
    warnings = _texts(answer.get("warnings")) + ((PARTIAL,) if answer.get("isPartial") is True else ())
    return Envelope(answer["data"], points, warnings, _texts(answer.get("infos")), account=account)


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
        QueryLimitError: it holds more than `max_samples`, or more than there is memory for.
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
        return _instant([row for row in found if "value" in row], envelope.account, max_samples), histograms
    if any(row.get("values", 0) not in ([], 0) and type(row["values"]) is not int for row in found):
        raise AnswerError("its answer has samples that are no numbers")
    rows = [row for row in found if type(row.get("values")) is int]
    if [row["values"] for row in rows] != list(range(len(envelope.points))):  # a number that the source has put there
        raise AnswerError("its answer has samples that are no numbers")
    labels = label_table([row["metric"] for row in rows], envelope.account)
    points = _read_all(envelope.points, envelope.account, max_samples)
    if is_range:
        return _on_grid(labels, points, grid, envelope.account, max_samples), histograms
    return _ragged(labels, points), histograms


def _instant(rows: Sequence[Mapping[str, Any]], account: Account, max_samples: int) -> Vector:
    _check_samples(len(rows), max_samples)
    account.take(CELL_BYTES * len(rows))
    values = np.fromiter((float(row["value"][1]) for row in rows), np.float64, len(rows))[:, None]
    return Vector(label_table([row["metric"] for row in rows], account), values, np.ones(values.shape, bool))


def _check_samples(count: int, max_samples: int) -> None:
    if count > max_samples:
        raise QueryLimitError(f"the source's answer would be more than {max_samples:,} samples in memory")


def _read_all(texts: Sequence[bytes], account: Account, max_samples: int) -> list[Points]:
    counts = number_counts(texts)
    _check_samples(sum(counts) // 2, max_samples)
    account.take(points_bytes(texts, counts))
    return [read_points(text) for text in texts]


def read_points(text: bytes) -> Points:
    """The samples of one series: `[seconds,"value"],[…` as numbers.

    Raises:
        AnswerError: something else stands there.
    """
    flat = text.translate(None, _NOT_NUMBERS)
    numbers = np.concatenate([_read_numbers(piece) for piece in _pieces(flat)])
    if len(numbers) % 2:
        raise AnswerError("its answer has a sample without time or value")
    return numbers.reshape(-1, 2)


def _pieces(flat: bytes) -> Iterator[bytes]:
    """Some numbers at a time: as objects they are many times as large."""
    start = 0
    while (end := flat.find(b",", start + PIECE_BYTES)) >= 0:
        yield flat[start:end]
        start = end + 1
    yield flat[start:]


def _read_numbers(flat: bytes) -> NDArray[np.float64]:
    try:
        # Five times as fast, but it knows neither NaN nor infinity, takes `null` for a number, and -0 for 0.
        plain = b"l" not in flat and b"u" not in flat and b"-0" not in flat
        numbers = np.array(orjson.loads(b"[%b]" % flat) if plain else _numbers(flat), np.float64)
    except (ValueError, TypeError, OverflowError):
        numbers = np.array(_numbers(flat))
    if numbers.ndim != 1:
        raise AnswerError("its answer has samples that are no numbers")
    return numbers


def _numbers(flat: bytes) -> list[float]:
    try:
        return list(map(float, flat.split(b",")))
    except ValueError:
        raise AnswerError("its answer has samples that are no numbers") from None


def label_table(metrics: Sequence[Mapping[str, str]], account: Account) -> LabelTable:
    """The labels of series, each a JSON object.

    Raises:
        AnswerError: one is none.
        QueryError: there is no memory for them.
    """
    if not all(type(metric) is dict for metric in metrics):
        raise AnswerError("its answer has series without labels")
    names = sorted({name for metric in metrics for name in metric})
    account.take(labels_bytes(len(metrics), len(names)))
    columns = {name: encode([metric.get(name, "") for metric in metrics]) for name in names}
    if not all(type(value) is str for column in columns.values() for value in column.values):
        raise AnswerError("its answer has a label that is no text")
    return LabelTable(len(metrics), columns)


def _times(points: Sequence[Points]) -> Times:
    seconds = np.concatenate([each[:, 0] for each in points])
    if not (np.abs(seconds) < 2**43).all():  # NaN is not, either
        raise AnswerError("its answer has a sample at no time")
    seconds *= 1000
    times: Times = np.rint(seconds, out=seconds).astype(np.int64)
    return times


def _on_grid(
    labels: LabelTable, points: Sequence[Points], grid: Grid, account: Account, max_samples: int
) -> tuple[Grid, Vector]:
    """Each sample at its step."""
    if not points:
        return grid, empty_vector(grid.count)
    times = _times(points)
    grid = _answered_grid(times, grid)
    _check_samples(labels.size * grid.count, max_samples)
    account.take(CELL_BYTES * labels.size * grid.count)
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


def _ragged(labels: LabelTable, points: Sequence[Points]) -> RangeVector:
    """Each series with times of its own."""
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in points], dtype=np.int64)])
    times: Times = _times(points) if points else np.zeros(0, np.int64)
    values: Values = np.concatenate([each[:, 1] for each in points]) if points else np.zeros(0)
    return RangeVector(SeriesSet(labels, offsets, times, values))
