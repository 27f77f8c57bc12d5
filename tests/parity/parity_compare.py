"""Whether two answers of the Prometheus API say the same."""

from __future__ import annotations

import math
from typing import Any

from parity_servers import Answer

RELATIVE = 1e-9


def difference(ours: Answer, theirs: Answer, *, ordered: bool = False) -> str:
    """What differs, in words; empty when nothing does.

    Args:
        ours: Watchglass's answer.
        theirs: Prometheus's.
        ordered: the values of an instant vector come in an order that matters. Equal ones have none.
    """
    # Series are listed in no order that anybody promised.
    ours, theirs = (each._replace(data=_sorted(each.data)) for each in (ours, theirs))
    if (ours.status, ours.error) != (theirs.status, theirs.error):
        return f"{_outcome(ours)} instead of {_outcome(theirs)}"
    if ours.data == theirs.data:
        return ""
    if not isinstance(ours.data, dict) or "resultType" not in ours.data:
        return f"{_short(ours.data)} instead of {_short(theirs.data)}"
    if ours.data["resultType"] != theirs.data["resultType"]:
        return f"{ours.data['resultType']} instead of {theirs.data['resultType']}"
    return _results(ours.data, theirs.data, ordered=ordered)


def _sorted(data: Any) -> Any:
    """A list of label sets in order; anything else as it is."""
    labels = isinstance(data, list) and bool(data) and isinstance(data[0], dict)
    return sorted(data, key=lambda each: sorted(each.items())) if labels else data


def _outcome(answer: Answer) -> str:
    return (
        f"{answer.status} {answer.error}: {answer.text}" if answer.error else f"{answer.status} {_short(answer.data)}"
    )


def _short(data: Any) -> str:
    text = str(data)
    return text if len(text) < 200 else f"{text[:200]}... ({len(data)} items)"


def _results(ours: dict, theirs: dict, *, ordered: bool) -> str:
    left, right = ours["result"], theirs["result"]
    if ours["resultType"] in {"scalar", "string"}:
        return _points([left], [right])
    if ordered and (wrong := _points(*([each["value"] for each in side] for side in (left, right)))):
        return f"in this order: {wrong}"
    if ours["resultType"] == "vector":
        left, right = sorted(left, key=_labels), sorted(right, key=_labels)
    for mine, other in zip(left, right, strict=False):
        if mine["metric"] != other["metric"]:
            return f"{mine['metric']} instead of {other['metric']}, {len(left)} series instead of {len(right)}"
        if wrong := _points(mine.get("values", [mine.get("value")]), other.get("values", [other.get("value")])):
            return f"{mine['metric']}: {wrong}"
    return "" if len(left) == len(right) else f"{len(left)} series instead of {len(right)}"


def _labels(series: dict) -> list:
    return sorted(series["metric"].items())


def _points(ours: list, theirs: list) -> str:
    if [at for at, _ in ours] != [at for at, _ in theirs]:
        times, wanted = {at for at, _ in ours}, {at for at, _ in theirs}
        return f"{len(times - wanted)} points too many and {len(wanted - times)} missing of {len(wanted)}"
    for (at, text), (_, wanted) in zip(ours, theirs, strict=True):
        if text != wanted and not close(text, wanted):
            return f"{text} instead of {wanted} at {at}"
    return ""


def close(ours: str, theirs: str) -> bool:
    """Whether two numbers are the same up to the rounding of a sum: NaN is NaN, and an infinity has a sign."""
    left, right = float(ours), float(theirs)
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=0)
