"""Results as bytes: the `data` of Prometheus's JSON answer, and our own binary frame, both straight from arrays.

No object is made per sample: numbers are formatted by the million in one call, then spliced into one template a
series. Number and time formats are Prometheus's (sample_text.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np
import orjson
from numpy.typing import NDArray

from watchglass.columns import LabelTable
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.sample_text import format_seconds, format_value
from watchglass.promql.value import Mask, Matrix, RangeVector, Scalar, Text, Vector, single

FRAME_MEDIA_TYPE = "application/x-watchglass-frames"

_BLOCK = 1 << 16
"""Numbers formatted at a time."""


def render_json(result: QueryResult) -> bytes:
    """The value of `data` in the answer of `/api/v1/query` and `/api/v1/query_range`."""
    parts = b",".join(part.encode() for part in _parts(result))
    if result.type in {ValueType.SCALAR, ValueType.STRING}:
        return b'{"resultType":"%b","result":%b}' % (result.type.value.encode(), parts)
    return b'{"resultType":"%b","result":[%b]}' % (result.type.value.encode(), parts)


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


def metrics_json(labels: LabelTable) -> list[str]:
    """The label set of each series as a JSON object."""
    columns = []
    for name, column in sorted(labels.columns.items()):
        used, inverse = np.unique(column.codes, return_inverse=True)
        key = orjson.dumps(name).decode()
        texts = [f"{key}:{orjson.dumps(column.values[code]).decode()}" if code else "" for code in used]
        columns.append([texts[i] for i in inverse])
    if not columns:
        return ["{}"] * labels.size
    return ["{" + ",".join(filter(None, pairs)) + "}" for pairs in zip(*columns, strict=True)]


def format_values(values: NDArray[np.float64]) -> list[str]:
    """Each number as Prometheus writes it, without quotes."""
    size = np.abs(values)
    plain = (size < 1e15) & ((size >= 1e-4) | (values == 0))
    text = orjson.dumps(np.where(plain, values, 0.0), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    texts = (text[1:-1] + ",").replace(".0,", ",").split(",")[:-1] if len(values) else []
    for place in np.flatnonzero(~plain):
        texts[place] = format_value(float(values[place]))
    return texts


def _header(result: QueryResult, vector: Vector, *, nulls: bool) -> bytes:
    series = ",".join(f'{{"metric":{metric}}}' for metric in metrics_json(vector.labels))
    rest = {
        "start": result.grid.start_ms,
        "end": result.grid.end_ms,
        "step": result.grid.step_ms,
        "points": result.grid.count,
        "warnings": result.warnings,
        "infos": result.infos,
        "nulls": nulls,
    }
    start = f'{{"resultType":"{result.type.value}","series":[{series}],'
    return start.encode() + orjson.dumps(rest)[1:]


def _steps_only(result: QueryResult) -> Vector:
    """The result as series over the grid's steps."""
    match result.data:
        case Vector():
            return result.data
        case Scalar():
            return single(result.data.values)
        case _:
            raise TypeError(f"a {result.type.documented} has no frame: its samples do not lie on steps")


def _parts(result: QueryResult) -> Iterator[str]:
    data = result.data
    match data:
        case Text():
            yield f"[{format_seconds(result.grid.start_ms)},{orjson.dumps(data.value).decode()}]"
        case Scalar():
            yield f'[{format_seconds(result.grid.start_ms)},"{format_values(data.values)[0]}"]'
        case RangeVector():
            yield from _ragged(data)
        case Vector() if result.type is ValueType.MATRIX:
            yield from _matrix(data, [format_seconds(int(time)) for time in result.grid.times()])
        case Vector():
            yield from _instant(data, format_seconds(result.grid.start_ms))


def _instant(vector: Vector, time: str) -> Iterator[str]:
    texts = format_values(vector.values[:, 0])
    for metric, text in zip(metrics_json(vector.labels), texts, strict=True):
        yield f'{{"metric":{metric},"value":[{time},"{text}"]}}'


def _matrix(vector: Vector, times: Sequence[str]) -> Iterator[str]:
    """Series over common steps: a row of texts goes into a template that has the times in it."""
    points = [f'[{time},"%s"]' for time in times]
    full = ",".join(points)
    metrics = metrics_json(vector.labels)
    rows = max(1, _BLOCK // max(1, len(times)))
    for start in range(0, vector.size, rows):
        block = slice(start, start + rows)
        for metric, texts, mask in _texts(metrics[block], vector.values[block], vector.present[block]):
            template = full if len(texts) == len(times) else ",".join(compress(points, mask))
            yield f'{{"metric":{metric},"values":[{template % texts}]}}'


def _texts(metrics: list[str], values: Matrix, present: Mask) -> Iterator[tuple[str, tuple[str, ...], Mask]]:
    """For each series its metric, the texts of its samples, and where they are."""
    texts = format_values(values[present])
    done = 0
    for metric, mask, count in zip(metrics, present, present.sum(axis=1).tolist(), strict=True):
        yield metric, tuple(texts[done : done + count]), mask
        done += count


def _ragged(data: RangeVector) -> Iterator[str]:
    series = data.series
    for row, metric in enumerate(metrics_json(series.labels)):
        samples = slice(int(series.offsets[row]), int(series.offsets[row + 1]))
        times = [format_seconds(time) for time in series.times[samples].tolist()]
        points = zip(times, format_values(series.values[samples]), strict=True)
        yield f'{{"metric":{metric},"values":[{",".join(f"""[{time},"{text}"]""" for time, text in points)}]}}'
