"""Results as bytes: the `data` of Prometheus's JSON answer, and our own binary frame, both straight from arrays.

Numbers are formatted by the block in one call, then joined with what stands between them, a series at a time. Number and time formats are Prometheus's (sample_text.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import compress

import numpy as np
import orjson
from numpy.typing import NDArray

from watchglass.columns import LabelTable
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.quoting import printable
from watchglass.promql.sample_text import format_seconds, format_value
from watchglass.promql.value import RangeVector, Scalar, Text, Vector, single

FRAME_MEDIA_TYPE = "application/x-watchglass-frames"

_BLOCK = 1 << 16
"""Numbers formatted at a time."""


def render_json(result: QueryResult) -> bytes:
    """The value of `data` in the answer of `/api/v1/query` and `/api/v1/query_range`."""
    body = b",".join(_parts(result))
    if result.type not in {ValueType.SCALAR, ValueType.STRING}:
        body = b"[" + body + b"]"
    return b'{"resultType":"%b","result":%b}' % (result.type.value.encode(), body)


def render_frame(result: QueryResult) -> bytes:
    """The result as one binary frame, which a browser can view as typed arrays without parsing a number.

    Layout, little-endian: u32 length of the header; the header as JSON, padded with spaces so that what follows is
    aligned to 8 bytes; float64 times [T] in ms; float64 values [S, T], absent ones NaN; and only when the header says
    `nulls` (some sample is NaN itself) uint8 presence [S, T].
    """
    vector = _steps_only(result)
    absent = ~vector.present
    values = np.where(absent, np.nan, vector.values)
    nulls = bool((np.isnan(values) & vector.present).any())
    header = _header(result, vector, nulls=nulls)
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
        used, inverse = np.unique(column.codes, return_inverse=True)
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
    size = np.abs(values)
    plain = (size < 1e15) & ((size >= 1e-4) | (values == 0))
    text = orjson.dumps(np.where(plain, values, 0.0), option=orjson.OPT_SERIALIZE_NUMPY)
    texts = (text[1:-1] + b",").replace(b".0,", b",").split(b",")
    texts.pop()
    for place in np.flatnonzero(~plain):
        texts[place] = format_value(float(values[place])).encode()
    return texts


def _json(text: str) -> bytes:
    return orjson.dumps(printable(text))


def _header(result: QueryResult, vector: Vector, *, nulls: bool) -> bytes:
    series = b",".join(b'{"metric":%b}' % metric for metric in metrics_json(vector.labels))
    rest = {
        "start": result.grid.start_ms,
        "end": result.grid.end_ms,
        "step": result.grid.step_ms,
        "points": result.grid.count,
        "warnings": [printable(warning) for warning in result.warnings],
        "infos": [printable(info) for info in result.infos],
        "nulls": nulls,
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
    return [b'"],[%b,"' % format_seconds(time).encode() for time in times_ms]


def _series(metric: bytes, openings: list[bytes], texts: list[bytes]) -> bytes:
    """One series: openings and values in turn."""
    points = [b""] * (2 * len(texts))
    points[0::2], points[1::2] = openings, texts
    return b'{"metric":%b,"values":[%b"]]}' % (metric, b"".join(points)[3:])


def _matrix(vector: Vector, openings: list[bytes]) -> Iterator[bytes]:
    """Series over common steps."""
    metrics = metrics_json(vector.labels)
    rows = max(1, _BLOCK // max(1, len(openings)))
    for start in range(0, vector.size, rows):
        present = vector.present[start : start + rows]
        texts = format_values(vector.values[start : start + rows][present])
        done = 0
        counts = present.sum(axis=1).tolist()
        for metric, mask, count in zip(metrics[start : start + rows], present, counts, strict=True):
            shown = openings if count == len(openings) else list(compress(openings, mask))
            yield _series(metric, shown, texts[done : done + count])
            done += count


def _ragged(data: RangeVector) -> Iterator[bytes]:
    """Series with times of their own."""
    series = data.series
    for row, metric in enumerate(metrics_json(series.labels)):
        samples = slice(int(series.offsets[row]), int(series.offsets[row + 1]))
        yield _series(metric, _opening(series.times[samples].tolist()), format_values(series.values[samples]))
