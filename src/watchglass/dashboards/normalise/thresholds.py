"""Thresholds: from text, arrays and steps in any order to Grafana's `{"mode", "steps"}`, with a base as the first step.

The rule for a missing base: the lowest step's colour holds below it, too. Source: Grafana, packages/grafana-data,
src/field/fieldOverrides.ts, where the first step counts as minus infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watchglass.dashboards.normalise.loose import Json, mapping, number, sequence, text
from watchglass.dashboards.normalise.notes import Notes

Steps = list[Json]
DEFAULT_COLORS = ("green", "orange", "red")


def steps_of(limits: object, colors: object) -> Steps:
    """Steps of the old form: limits as `"80,90"` or `["80", "90"]`, and one colour more than limits."""
    raw = limits.split(",") if isinstance(limits, str) else sequence(limits)
    values = [found for entry in raw if (found := number(entry)) is not None]
    names: Sequence[str] = [entry for entry in sequence(colors) if isinstance(entry, str)] or DEFAULT_COLORS
    pairs: list[tuple[Any, str]] = list(zip([None, *values], names, strict=False))
    return [{"color": color, "value": value} for value, color in pairs]


def order(step: Json) -> float:
    """What steps are sorted by: the base comes first."""
    return float("-inf") if step["value"] is None else step["value"]


def modern(raw: object, notes: Notes, path: str) -> Json | None:
    """The current form of thresholds; None where nothing can be made of them."""
    holder: Json = raw if isinstance(raw, dict) else {"mode": "absolute", "steps": raw}
    if not isinstance(holder.get("steps"), list):
        return None
    mode = "percentage" if holder.get("mode") == "percentage" else "absolute"
    steps = _read(holder["steps"], notes, path)
    _add_base(steps, notes, path)
    return holder | {"mode": mode, "steps": steps}


def _read(raw: Sequence[object], notes: Notes, path: str) -> Steps:
    """Steps with a number or null each, ascending."""
    steps = []
    for at, entry in enumerate(raw):
        step = mapping(entry)
        value = number(step.get("value"))
        is_base = step.get("value") in (None, "", "null", "-Infinity")
        if not step or (value is None and not is_base):
            notes.unsupported("threshold", f"{path}.steps[{at}]", "a step whose value is no number is left out")
            continue
        steps.append({**step, "value": value, "color": text(step.get("color")) or _color_at(at)})
    ordered = sorted(steps, key=order)
    if ordered != steps:
        notes.translated("thresholds-sorted", path, "the steps are sorted by value")
    return ordered


def _color_at(at: int) -> str:
    return DEFAULT_COLORS[min(at, len(DEFAULT_COLORS) - 1)]


def _add_base(steps: Steps, notes: Notes, path: str) -> None:
    if not steps or steps[0]["value"] is None:
        return
    if steps[0]["value"] == 0:  # newer Grafana writes the base so
        steps[0]["value"] = None
        return
    lowest = steps[0]
    steps.insert(0, {"color": lowest["color"], "value": None})
    said = f"no base step: below {lowest['value']} the colour is that of the lowest step, {lowest['color']}"
    notes.translated("thresholds-base", path, said)
