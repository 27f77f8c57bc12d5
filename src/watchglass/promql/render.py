"""Results as bytes: the `data` of Prometheus's JSON answer, and our own binary frame, both straight from arrays.

Numbers are formatted by the block in one call; then what stands between them replaces the commas, and the digits of times
are written into it. Number and time formats are Prometheus's (sample_text.py).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from watchglass.columns import Index, LabelTable
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.label_ops import distinct
from watchglass.promql.sample_text import format_seconds, format_value
from watchglass.promql.value import Mask, RangeVector, Scalar, Text, Vector, single
from watchglass.wire.quoting import printable

FRAME_MEDIA_TYPE = "application/x-watchglass-frames"

_BLOCK = 1 << 15
"""Numbers formatted at a time."""

_PIECE_BYTES = 1 << 18


def render_json(result: QueryResult) -> bytes:
    """The value of `data` in the answer of `/api/v1/query` and `/api/v1/query_range`."""
    return b"".join((*json_pieces(result), b"}"))


def json_pieces(result: QueryResult) -> Iterator[bytes]:
    """What `render_json` gives, piece by piece, without the last brace: other keys may follow.

    Pieces are of some hundred kilobytes, so that nobody has to copy, or hold twice, what may be a large answer.
    """
    is_list = result.type not in {ValueType.SCALAR, ValueType.STRING}
    held = [b'{"resultType":"%b","result":' % result.type.value.encode(), b"[" if is_list else b""]
    size, separator = 0, b""
    for part in _parts(result):
        held += (separator, part)
        separator = b","
        size += len(part)
        if size > _PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join((*held, b"]" if is_list else b""))


def render_frame(result: QueryResult, more: Mapping[str, Any] | None = None) -> bytes:
    """The result as one binary frame, which a browser can view as typed arrays without parsing a number.

    Args:
        result: what was evaluated, on steps.
        more: what the header says besides.

    Layout, little-endian: u32 length of the header; the header as JSON, padded with spaces so that what follows is
    aligned to 8 bytes; float64 times [T] in ms; float64 values [S, T], absent ones NaN; and only when the header says
    `nulls` (some sample is NaN itself) uint8 presence [S, T].
    """
    vector = _steps_only(result)
    absent = ~vector.present
    values = np.where(absent, np.nan, vector.values)
    nulls = bool((np.isnan(values) & vector.present).any())
    header = _header(result, vector, {"nulls": nulls, **(more or {})})
    pad = -(4 + len(header)) % 8
    times = result.grid.times().astype("<f8")
    body = [struct.pack("<I", len(header) + pad), header, b" " * pad, times.tobytes(), values.astype("<f8").tobytes()]
    if nulls:
        body.append(vector.present.astype(np.uint8).tobytes())
    return b"".join(body)


def metrics_json(labels: LabelTable) -> list[bytes]:
    """The label set of each series as a JSON object."""
    columns = []
    for name, column in sorted(labels.columns.items()):
        used, inverse = distinct(column.codes)
        key = _json(name)
        texts = [key + b":" + _json(column.values[code]) if code else b"" for code in used]
        columns.append([texts[i] for i in inverse.tolist()])
    if not columns:
        return [b"{}"] * labels.size
    return [b"{" + b",".join(filter(None, pairs)) + b"}" for pairs in zip(*columns, strict=True)]


def format_values(values: NDArray[np.float64]) -> list[bytes]:
    """Each number as Prometheus writes it, without quotes."""
    if not len(values):
        return []
    return _bulk_text(np.ascontiguousarray(values)).split(b",")


def _bulk_text(values: NDArray[np.float64]) -> bytes:
    """All numbers as Prometheus writes them, with commas between them."""
    size = np.abs(values)
    plain = (size < 1e15) & ((size >= 1e-4) | (values == 0))
    whole = values == np.rint(values)
    odd = whole | ~plain
    many_whole = int(np.count_nonzero(whole)) * _FEW > len(values)
    if many_whole:
        if whole.all() and plain.all() and not np.signbit(values).any():
            return orjson.dumps(values.astype(np.int64), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
        odd = ~plain
    text = orjson.dumps(np.where(odd, 0.5, values) if odd.any() else values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    if many_whole:
        text = (text + b",").replace(b".0,", b",")[:-1]
    places = np.flatnonzero(odd)
    return _replaced(text, places, [_number_text(number) for number in values[places].tolist()])


def _number_text(number: float) -> bytes:
    if number.is_integer() and (0 < abs(number) < 1e15):
        return b"%d" % number
    return b"0" if number == 0 and math.copysign(1, number) > 0 else format_value(number).encode()


_FEW = 64
"""Where fewer than one of so many numbers is whole, each is replaced by itself."""


def _replaced(text: bytes, places: Index, texts: list[bytes]) -> bytes:
    """The numbers with those at some places written anew."""
    if not len(places):
        return text
    edges = np.concatenate([[-1], _commas(text), [len(text)]])
    begins, ends = (edges[places] + 1).tolist(), edges[places + 1].tolist()
    kept = [text[a:b] for a, b in zip([0, *ends], [*begins, len(text)], strict=True)]
    parts = [b""] * (2 * len(texts) + 1)
    parts[0::2], parts[1::2] = kept, texts
    return b"".join(parts)


def _commas(text: bytes) -> Index:
    return np.flatnonzero(np.frombuffer(text, np.uint8) == ord(","))


def _json(text: str) -> bytes:
    return orjson.dumps(printable(text))


def _header(result: QueryResult, vector: Vector, more: Mapping[str, Any]) -> bytes:
    series = b",".join(b'{"metric":%b}' % metric for metric in metrics_json(vector.labels))
    rest = {
        "start": result.grid.start_ms,
        "end": result.grid.end_ms,
        "step": result.grid.step_ms,
        "points": result.grid.count,
        "warnings": [printable(warning) for warning in result.warnings],
        "infos": [printable(info) for info in result.infos],
        **more,
    }
    return b'{"resultType":"%b","series":[%b],%b' % (result.type.value.encode(), series, orjson.dumps(rest)[1:])


def _steps_only(result: QueryResult) -> Vector:
    """The result as series over the grid's steps."""
    match result.data:
        case Vector():
            return result.data
        case Scalar():
            return single(result.data.values)
        case _:
            raise TypeError(f"a {result.type.documented} has no frame: its samples do not lie on steps")


def _parts(result: QueryResult) -> Iterator[bytes]:
    data, time = result.data, format_seconds(result.grid.start_ms).encode()
    match data:
        case Text():
            yield b"[%b,%b]" % (time, _json(data.value))
        case Scalar():
            yield b'[%b,"%b"]' % (time, format_values(data.values)[0])
        case RangeVector():
            yield from _ragged(data)
        case Vector() if result.type is ValueType.MATRIX:
            yield from _matrix(data, _opening(result.grid.times().tolist()))
        case Vector():
            yield from _instant(data, time)


def _instant(vector: Vector, time: bytes) -> Iterator[bytes]:
    texts = format_values(vector.values[:, 0])
    for metric, text in zip(metrics_json(vector.labels), texts, strict=True):
        yield b'{"metric":%b,"value":[%b,"%b"]}' % (metric, time, text)


def _opening(times_ms: list[int]) -> list[bytes]:
    """What stands between two values: the end of one point, and the time of the next."""
    return [
        b'"],[%b,"' % format_seconds(time).encode() if time % 1000 else b'"],[%d,"' % (time // 1000)
        for time in times_ms
    ]


def _series(metric: bytes, openings: list[bytes], texts: list[bytes]) -> bytes:
    """One series: openings and values in turn."""
    points = [b""] * (2 * len(texts))
    points[0::2], points[1::2] = openings, texts
    return b'{"metric":%b,"values":[%b"]]}' % (metric, b"".join(points)[3:])


def _matrix(vector: Vector, openings: list[bytes]) -> Iterator[bytes]:
    """Series over common steps."""
    metrics = metrics_json(vector.labels)
    rows = max(1, _BLOCK // max(1, len(openings)))
    gap = _Gap.of(openings)
    for start in range(0, vector.size, rows):
        present = vector.present[start : start + rows]
        values = vector.values[start : start + rows][present]
        if gap is not None and len(values):
            yield from gap.spliced(metrics[start : start + rows], present, _bulk_text(values))
        else:
            yield from _joined(metrics[start : start + rows], present, values, openings)


def _joined(metrics: list[bytes], present: Mask, values: NDArray[np.float64], openings: list[bytes]) -> Iterator[bytes]:
    """Series at times of different lengths, point by point."""
    texts, done = format_values(values), 0
    for metric, mask, count in zip(metrics, present, present.sum(axis=1).tolist(), strict=True):
        shown = openings if count == len(openings) else list(compress(openings, mask))
        yield _series(metric, shown, texts[done : done + count])
        done += count


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two values, where all times are of one length: it takes the place of commas, all at once."""

    openings: list[bytes]  # [T] as _opening gives them
    fixed: bytes  # one of them
    changing: slice  # where in them they differ
    digits: NDArray[np.uint8]  # [T, D] what stands there

    @classmethod
    def of(cls, openings: list[bytes]) -> _Gap | None:
        """None where times differ in length."""
        if len({len(opening) for opening in openings}) != 1:
            return None
        table = np.frombuffer(b"".join(openings), np.uint8).reshape(len(openings), -1)
        differing = np.flatnonzero((table != table[0]).any(axis=0)).tolist() or [0]
        changing = slice(differing[0], differing[-1] + 1)
        return cls(openings, openings[0], changing, np.ascontiguousarray(table[:, changing].T))

    def spliced(self, metrics: list[bytes], present: Mask, text: bytes) -> Iterator[bytes]:
        """The series whose values are `text`."""
        commas = _commas(text)
        ends = commas + np.arange(len(commas)) * (len(self.fixed) - 1)
        body = bytearray(text.replace(b",", self.fixed))
        counts = present.sum(axis=1)
        rows, width = present.shape
        steps = np.tile(np.arange(width), rows)
        if len(ends) + 1 < present.size:
            steps = steps[present.ravel()]
        self._write_times(body, ends, steps[1:])
        ends = np.append(ends, len(body))
        begins = np.append(0, ends[:-1] + len(self.fixed))
        past = np.cumsum(counts)
        opened = [self.openings[step][3:] for step in steps[past - counts].tolist()]
        places = zip(metrics, opened, begins[past - counts].tolist(), ends[past - 1].tolist(), strict=True)
        view = memoryview(body)
        for metric, opening, begin, end in places:
            yield b"".join((b'{"metric":', metric, b',"values":[', opening, view[begin:end], b'"]]}'))

    def _write_times(self, body: bytearray, gaps: Index, steps: Index) -> None:
        target = np.frombuffer(body, np.uint8)
        place = gaps + self.changing.start
        for digits in self.digits:
            target[place] = digits[steps]
            place += 1


def _ragged(data: RangeVector) -> Iterator[bytes]:
    """Series with times of their own."""
    series = data.series
    for row, metric in enumerate(metrics_json(series.labels)):
        samples = slice(int(series.offsets[row]), int(series.offsets[row + 1]))
        yield _series(metric, _opening(series.times[samples].tolist()), format_values(series.values[samples]))
