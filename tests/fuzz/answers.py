"""Two answers to one query, and where they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

TOLERANCE = 1e-9

Metric = tuple[tuple[str, str], ...]


class Difference(NamedTuple):
    """One place where two answers differ; `ours` and `theirs` are None where there is nothing."""

    what: str  # error, type, order, presence, value
    metric: Metric = ()
    at: float = 0.0
    ours: float | str | None = None
    theirs: float | str | None = None


@dataclass
class Answer:
    """An answer: an errorType, or series with their points."""

    error: str = ""
    text: str = ""
    kind: str = ""
    series: dict[Metric, dict[float, float]] = field(default_factory=dict)
    order: list[Metric] = field(default_factory=list)


def read(error: str, body: bytes) -> Answer:
    """The answer in `data` of a response of the query API."""
    if error:
        return Answer(error, body.decode(errors="replace"))
    data = orjson.loads(body)
    data = data.get("data", data)
    kind, result = data["resultType"], data["result"]
    if kind == "string":
        return Answer(kind=kind, text=result[1])
    if kind == "scalar":
        result = [{"metric": {}, "value": result}]
    answer = Answer(kind=kind)
    for each in result:
        metric = tuple(sorted(each["metric"].items()))
        points = each["values"] if "values" in each else [each["value"]]
        answer.order.append(metric)
        answer.series[metric] = {at: float(text) for at, text in points}
    return answer


def differences(ours: Answer, theirs: Answer, *, by_value: bool = False) -> list[Difference]:
    """Where two answers differ.

    Args:
        ours: what we say.
        theirs: what the peer says.
        by_value: the answer of an instant query is in order of its values.
    """
    if ours.error or theirs.error:
        same = ours.error == theirs.error
        return [] if same else [Difference("error", ours=ours.error or "none", theirs=theirs.error or "none")]
    if (ours.kind, ours.text) != (theirs.kind, theirs.text):
        return [Difference("type", ours=ours.kind + ours.text, theirs=theirs.kind + theirs.text)]
    if len(ours.order) != len(ours.series):
        return [Difference("order", ours="a label set twice")]
    found = [
        Difference("presence" if left is None or right is None else "value", metric, at, left, right)
        for metric in ours.series.keys() | theirs.series.keys()
        for at, left, right in _pairs(ours.series.get(metric, {}), theirs.series.get(metric, {}))
        if left is None or right is None or not close(left, right)
    ]
    if not found and ours.kind == "matrix" and ours.order != theirs.order:
        found.append(Difference("order"))
    if not found and by_value:
        found = [
            Difference("order", ours=a, theirs=b)
            for a, b in zip(_values_in_order(ours), _values_in_order(theirs), strict=True)
            if not close(a, b)
        ]
    return found


def _values_in_order(answer: Answer) -> list[float]:
    return [next(iter(answer.series[metric].values())) for metric in answer.order]


def _pairs(left: dict[float, float], right: dict[float, float]) -> list[tuple[float, float | None, float | None]]:
    return [(at, left.get(at), right.get(at)) for at in left.keys() | right.keys()]


def close(left: float, right: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two numbers are the same but for `tolerance`, relative to the greater; NaN is NaN."""
    if left == right or (math.isnan(left) and math.isnan(right)):
        return True
    return math.isclose(left, right, rel_tol=tolerance, abs_tol=0.0) and math.isfinite(left)
