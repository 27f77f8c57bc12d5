"""What stands inside the box of each type of panel."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from itertools import pairwise

from watchglass.cli.terminal.asking import SHORT_DAY_MS, PanelData
from watchglass.cli.terminal.charts import area, bar, extent, resample, round_extent, shade, sparkline
from watchglass.cli.terminal.fields import (
    Field,
    Json,
    Series,
    calculation_of,
    field_of,
    reduce,
    shown_name,
)
from watchglass.cli.terminal.lines import Line, Part, clip, fit, line, line_width, width_of
from watchglass.cli.terminal.times import clock
from watchglass.cli.terminal.values import format_value

MAX_ROWS = 12
"""Of a list, a table or a map; what is left is counted."""
AREA_HEIGHT = 6
AREA_FROM_GRID_HEIGHT = 7
"""A chart that is lower than this is a sparkline."""
AREA_FROM_WIDTH = 40
LEAST_SPARK, LEAST_NAME = 8, 16
"""A name is cut before a sparkline is shorter than this, and a sparkline left out before a name is."""

Draw = Callable[[Json, PanelData, int, tzinfo | None], list[Line]]


def draw_panel(panel: Json, data: PanelData, width: int, zone: tzinfo | None = None) -> list[Line]:
    """The lines of a panel, no wider than `width` cells."""
    if data.error:
        return [line(Part(text, "red")) for text in _wrapped(data.error, width)[:4]]
    if panel["type"] == "text":
        content = str((panel.get("options") or {}).get("content") or "")
        return [line(text) for text in _wrapped(content, width)[:MAX_ROWS]]
    draw = DRAWERS.get(panel["type"])
    if draw is None:
        return [line(Part(f"a {panel['type']} is not drawn here", "dim"))]
    if not data.series and panel["type"] != "stat":
        return [line(Part("no data", "dim"))]
    return draw(panel, data, width, zone)


def natural_width(panel: Json, data: PanelData) -> int:
    """The cells that a panel needs to be read."""
    if panel["type"] == "stat" and not data.error:
        return max(map(line_width, stat_lines(panel, data)))
    if panel["type"] in {"bargauge", "piechart"} and data.series:
        texts = [field_of(panel, each).text(reduce(each, calculation_of(panel))) for each in data.series]
        names = [width_of(shown_name(panel, each)) for each in data.series]
        return min(30, max(names) + max(map(width_of, texts)) + 2)
    return {"timeseries": 22, "table": 34, "heatmap": 30, "barchart": 36, "histogram": 30}.get(panel["type"], 14)


def stat_lines(panel: Json, data: PanelData, *, named: bool = False) -> list[Line]:
    """A line for each number; `named`: as `Name: value`."""
    shown = [
        (shown_name(panel, each), field_of(panel, each), reduce(each, calculation_of(panel))) for each in data.series
    ]
    if not shown:
        return [line(Part(Field((panel.get("fieldConfig") or {}).get("defaults") or {}).text(None), "dim"))]
    mode = (panel.get("options") or {}).get("textMode")
    if named or (len(shown) > 1 and mode != "value"):
        return [line(f"{name}: ", Part(field.text(value), field.color(value))) for name, field, value in shown]
    (name, field, value), *others = shown
    first = line(Part(field.text(value), field.color(value)))
    if others:
        return [first, *(line(f"({field.text(value)})") for _, field, value in others)]
    return [first, line(name)] if mode == "value_and_name" and name else [first]


def stats_in_a_row(panel: Json, data: PanelData, width: int) -> list[Line]:
    """Numbers beneath a chart: `Current: 8        Peak: 23       Avg: 12`; below each other where there is no room."""
    lines = stat_lines(panel, data, named=bool(data.series))
    return in_a_row(lines, width) if _room_for(lines, width) else lines


def in_a_row(lines: Sequence[Line], width: int) -> list[Line]:
    """Short lines as one, in columns where there is room for them."""
    room = min(20, width // len(lines))
    if any(line_width(each) > room - 2 for each in lines):
        room = 0
    joined: list[Part] = []
    for at, each in enumerate(lines):
        is_last = at == len(lines) - 1
        joined += each if is_last else fit(each, room) if room else (*each, Part("  "))
    return [tuple(joined)]


def _stat(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    del width, zone
    return stat_lines(panel, data)


def _gauge(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    del zone
    lines: list[Line] = []
    for each in data.series[:MAX_ROWS]:
        field, value = field_of(panel, each), reduce(each, calculation_of(panel))
        low, high = _limits(field, value)
        share = math.nan if value is None else (value - low) / (high - low)
        name = [line(shown_name(panel, each))] if len(data.series) > 1 else []
        color = field.color(value)
        unit = "none" if ":" in field.unit else field.unit
        ends = format_value(low, unit, 0), format_value(high, unit, 0)
        room = max(4, width - sum(map(width_of, ends)) - 2)
        meter = line(f"{ends[0]} ", Part(bar(share, min(room, 40)), color), f" {ends[1]}")
        lines += [*name, line(Part(field.text(value), color)), meter]
    return lines


def _limits(field: Field, value: float | None) -> tuple[float, float]:
    low = field.limit("min")
    high = field.limit("max")
    whole = 1.0 if field.unit == "percentunit" else 100.0
    low, high = 0.0 if low is None else low, max(whole, value or 0) if high is None else high
    return (low, high) if high > low else (low, low + 1)


def _timeseries(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    is_area = int(panel["gridPos"]["h"]) >= AREA_FROM_GRID_HEIGHT and width >= AREA_FROM_WIDTH
    if len(data.series) == 1:
        return (_area if is_area else _spark)(panel, data, width, zone)
    return _sparks(panel, data, width)


def _spark(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    del zone
    (only,) = data.series
    field = field_of(panel, only)
    color = field.color(reduce(only))
    return [line(Part(sparkline(_whole(only, data), width, field.limit("min"), field.limit("max")), color))]


def summary_of(panel: Json, data: PanelData, width: int) -> list[Line]:
    """What a sparkline went through, for a panel that has no numbers beside it."""
    if panel["type"] != "timeseries" or len(data.series) != 1:
        return []
    (only,) = data.series
    field = field_of(panel, only)
    named = [("Current", "lastNotNull"), ("Peak", "max"), ("Avg", "mean")]
    lines = [
        line(f"{name}: ", Part(field.text(reduce(only, how)), field.color(reduce(only, how)))) for name, how in named
    ]
    fitting = max((count for count in (1, 2, 3) if _room_for(lines[:count], width)), default=1)
    return in_a_row(lines[:fitting], width)


def _room_for(lines: Sequence[Line], width: int) -> bool:
    return sum(map(line_width, lines)) + 2 * (len(lines) - 1) <= width


def _whole(series: Series, data: PanelData) -> list[float]:
    """The values with those before the first one, so that a chart is as long as its range."""
    times = list(series.times)
    if len(times) < 2:
        return list(series.values)
    step_ms = min(after - before for before, after in pairwise(times))
    first, last = min(times[0], data.span.start_ms or times[0]), max(times[-1], times[0])
    count = round((last - first) / step_ms) + 1
    values = [math.nan] * count
    for time_ms, value in zip(times, series.values, strict=True):
        at = round((time_ms - first) / step_ms)
        if 0 <= at < count:
            values[at] = value
    return values


def _area(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    (only,) = data.series
    field = field_of(panel, only)
    values = _whole(only, data)
    base = 1024 if field.unit.endswith("bytes") and not field.unit.startswith("dec") else 1000
    low, high = round_extent(values, field.limit("min"), field.limit("max"), AREA_HEIGHT - 1, base)
    marks = [low + (high - low) * at / (AREA_HEIGHT - 1) for at in range(AREA_HEIGHT - 1, -1, -1)]
    plain = field.unit.startswith("suffix:")
    labels = [format_value(mark, "none" if plain else field.unit, _places(high - low, field)) for mark in marks]
    wide = max(map(width_of, labels))
    room = width - wide - 2
    rows = area(values, room, AREA_HEIGHT - 1, low, high)
    color = field.color(reduce(only))
    lines = [line(f"{labels[0].rjust(wide)} ┤")]
    lines += [line(f"{label.rjust(wide)} ┤", Part(row, color)) for label, row in zip(labels[1:], rows, strict=True)]
    lines[-1] = line(f"{labels[-1].rjust(wide)} ┼", Part(rows[-1], color))
    first_ms, last_ms = min(data.span.start_ms or only.times[0], only.times[0]), only.times[-1]
    return [*lines, line(" " * (wide + 2) + _ticks(first_ms, last_ms, room, zone))]


def _places(extent_: float, field: Field) -> int | None:
    return (
        0
        if (extent_ >= 10 and field.unit in {"", "none", "short", "percent"}) or field.unit.startswith("suffix:")
        else None
    )


_TICKS_MS = tuple(minutes * 60_000 for minutes in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080))


def _ticks(start_ms: int, end_ms: int, width: int, zone: tzinfo | None) -> str:
    """Times along the bottom, at round ones."""
    length_ms = max(1, end_ms - start_ms)
    apart_ms = next((size for size in _TICKS_MS if length_ms / size * 16 <= width), _TICKS_MS[-1])
    pattern = "%H:%M" if apart_ms < 86_400_000 else "%d %b"
    text = [" "] * width
    for time_ms in range(start_ms - start_ms % 60_000, end_ms + 1, 60_000):
        if not _is_round(time_ms, apart_ms, zone):
            continue
        label = clock(time_ms, zone, pattern)
        at = round((time_ms - start_ms) / length_ms * (width - 1))
        if at >= 0 and at + len(label) <= width:
            text[at : at + len(label)] = label
    return "".join(text).rstrip()


def _is_round(time_ms: int, apart_ms: int, zone: tzinfo | None) -> bool:
    hour, minute = map(int, clock(time_ms, zone, "%H %M").split())
    if apart_ms <= 86_400_000:
        return (hour * 60 + minute) * 60_000 % apart_ms == 0
    return hour == minute == 0 and int(clock(time_ms, zone, "%j")) % (apart_ms // 86_400_000) == 0


def _sparks(panel: Json, data: PanelData, width: int) -> list[Line]:
    """A line for each series: its name, how it went, what it is."""
    ranked = sorted(data.series, key=lambda each: -(reduce(each, "max") or 0))
    shown = ranked[: min(MAX_ROWS, max(3, int(panel["gridPos"]["h"]) - 2))]
    ends = [(shown_name(panel, each), field_of(panel, each), reduce(each)) for each in shown]
    texts = [field.text(value) for _, field, value in ends]
    values = max(map(width_of, texts))
    longest = max(width_of(name) for name, _, _ in ends)
    names = min(longest, max(6, width - values - 2 - LEAST_SPARK))
    if names < longest and names < LEAST_NAME:
        names = min(longest, max(6, width - values - 2))
    room = width - names - values - 2
    low, high = extent([value for each in shown for value in each.values], ends[0][1].limit("min"))
    lines = []
    for each, (name, field, value), text in zip(shown, ends, texts, strict=True):
        spark = sparkline(_whole(each, data), room, low, high) if room >= 5 else ""
        chart = Part(spark.ljust(max(0, room)), field.color(value))
        lines.append(line(clip(name, names).ljust(names) + " ", chart, " " + text.rjust(values)))
    return lines + _left_out(len(ranked) - len(shown), "series")


def _left_out(number: int, what: str) -> list[Line]:
    return [line(Part(f"… and {number} more {what}", "dim"))] if number > 0 else []


def _ranked(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """A list: name, bar where there is room, value."""
    del zone
    calculation = calculation_of(panel)
    rows = [(shown_name(panel, each), field_of(panel, each), reduce(each, calculation)) for each in data.series]
    rows.sort(key=lambda row: -(row[2] or 0))
    shown = rows[:MAX_ROWS]
    names = min(max(width_of(name) for name, _, _ in shown), max(6, width - 8))
    texts = [field.text(value) for _, field, value in shown]
    values = max(map(width_of, texts))
    room = width - names - values - 3
    highest = max((value or 0 for _, _, value in rows), default=0)
    lines = []
    for (name, field, value), text in zip(shown, texts, strict=True):
        most = field.limit("max") or highest or 1
        meter = f"{bar((value or 0) / most, min(room, 40))} " if room >= 6 else ""
        parts = Part(meter, field.color(value)), text.rjust(values)
        lines.append(line(clip(name, names).ljust(names) + "  "[: 1 if meter else 2], *parts))
    return lines + _left_out(len(rows) - len(shown), "rows")


def _pie(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """Shares of the whole, the largest first."""
    del zone
    calculation = calculation_of(panel)
    rows = [(shown_name(panel, each), field_of(panel, each), reduce(each, calculation) or 0) for each in data.series]
    rows.sort(key=lambda row: -row[2])
    total = math.fsum(value for _, _, value in rows)
    shown = rows[:MAX_ROWS]
    names = min(max(width_of(name) for name, _, _ in shown), max(6, width - 14))
    room = width - names - 7
    lines = []
    for name, field, value in shown:
        share = value / total if total else 0
        meter = f"{bar(share, min(room, 30))} " if room >= 6 else ""
        shares = Part(meter, field.color(value)), f"{share * 100:.0f}%".rjust(4)
        lines.append(line(clip(name, names).ljust(names) + " ", *shares))
    return lines + _left_out(len(rows) - len(shown), "parts")


def _bars(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """Bars over their names, one block high, with values beneath: days where the steps are days."""
    series = data.series[0]
    field = field_of(panel, series)
    if len(series.times) > 1 or len(data.series) == 1:
        names = [_step_name(series.times, at, zone) for at in range(len(series.times))]
        values = list(series.values)
    else:
        calculation = calculation_of(panel)
        names = [shown_name(panel, each) for each in data.series]
        values = [math.nan if (value := reduce(each, calculation)) is None else value for each in data.series]
    return _columns(names, values, [field.text(value) for value in values], width, field.color(values[-1]))


def _step_name(times: Sequence[int], at: int, zone: tzinfo | None) -> str:
    step_ms = times[1] - times[0] if len(times) > 1 else 0
    return clock(times[at], zone, "%a" if step_ms >= SHORT_DAY_MS else "%H:%M")


def _columns(names: Sequence[str], values: Sequence[float], texts: Sequence[str], width: int, color: str) -> list[Line]:
    wide = max(map(width_of, [*names, *texts])) + 2
    kept = max(1, min(len(names), width // wide))
    each = min(width // kept, max(wide, 7))
    names, values, texts = names[-kept:], values[-kept:], texts[-kept:]
    low, high = extent([0.0, *values])
    blocks = sparkline(values, kept, low, high)
    return [
        line("".join(name.center(each) for name in names)),
        line(Part("".join(block.center(each) for block in blocks), color)),
        line("".join(text.center(each) for text in texts)),
    ]


def _histogram(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """How many values lie in each bucket: cumulative buckets are told by their bounds."""
    bounds = _buckets(data.series)
    if not bounds:
        return _ranked(panel, data, width, zone)
    counts = [value for _, value in bounds]
    own = [counts[0], *(max(0.0, after - before) for before, after in pairwise(counts))]
    unit = str(((panel.get("fieldConfig") or {}).get("defaults") or {}).get("unit") or "")
    names = [f"≤ {format_value(bound, unit)}" if math.isfinite(bound) else "more" for bound, _ in bounds]
    rows = list(zip(names, own, strict=True))[:MAX_ROWS]
    wide, most = max(width_of(name) for name, _ in rows), max(own) or 1
    texts = [format_value(value, "short") for _, value in rows]
    room = width - wide - max(map(width_of, texts)) - 2
    return [
        line(name.rjust(wide) + " ", Part(bar(value / most, max(4, min(room, 40))), "blue"), f" {text}")
        for (name, value), text in zip(rows, texts, strict=True)
    ]


def _buckets(series: Sequence[Series]) -> list[tuple[float, float]]:
    found = []
    for each in series:
        bound, value = each.labels.get("le", each.name), reduce(each)
        try:
            found.append((float(bound), value or 0.0))
        except ValueError:
            return []
    return sorted(found)


def _heatmap(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """A row for each bucket, the highest on top, the darker the more."""
    rows = sorted(data.series, key=_bound)
    cells = [_whole(each, data) for each in rows]
    length = max(map(len, cells))
    cells = [[math.nan] * (length - len(row)) + row for row in cells]
    own = [cells[0], *(_minus(after, before) for before, after in pairwise(cells))]
    unit = str(((panel.get("fieldConfig") or {}).get("defaults") or {}).get("unit") or "")
    names = [format_value(_bound(each), unit) for each in rows]
    wide = max(map(width_of, names))
    room = max(8, width - wide - 1)
    columns = [resample(row, room) for row in own]
    most = max((value for row in columns for value in row if not math.isnan(value)), default=0) or 1
    lines = [
        line(name.rjust(wide) + " ", Part("".join(shade(value / most) for value in row), "blue"))
        for name, row in zip(names, columns, strict=True)
    ]
    first_ms, last_ms = data.span.start_ms or rows[0].times[0], rows[0].times[-1]
    return [*lines[::-1][:MAX_ROWS], line(" " * (wide + 1) + _ticks(first_ms, last_ms, room, zone))]


def _bound(series: Series) -> float:
    try:
        return float(series.labels.get("le", series.name))
    except ValueError:
        return math.inf


def _minus(after: Sequence[float], before: Sequence[float]) -> list[float]:
    return [max(0.0, high - low) for high, low in zip(after, before, strict=True)]


def _table(panel: Json, data: PanelData, width: int, zone: tzinfo | None) -> list[Line]:
    """A row for each label set, a column for each query."""
    del zone
    refs = list(dict.fromkeys(each.ref for each in data.series))
    labels = sorted({name for each in data.series for name in each.labels} - {"__name__"})
    rows: dict[tuple[str, ...], dict[str, tuple[Field, float | None]]] = {}
    for each in data.series:
        key = tuple(each.labels.get(name, "") for name in labels)
        rows.setdefault(key, {})[each.ref] = field_of(panel, _as_column(panel, each)), reduce(each)
    heads = [*labels, *(_column_name(panel, ref) for ref in refs)]
    body = [
        [*key, *(cells[ref][0].text(cells[ref][1]) if ref in cells else "" for ref in refs)]
        for key, cells in rows.items()
    ]
    return _laid_out(heads, body, len(labels), width)


def _column_name(panel: Json, ref: str) -> str:
    """What a query's column is called after the panel's transformations."""
    renamed: Mapping[str, str] = {}
    for each in panel.get("transformations") or ():
        if each.get("id") == "organize":
            renamed = (each.get("options") or {}).get("renameByName") or {}
    return renamed.get(f"Value #{ref}") or ("Value" if ref == "A" else ref)


def _as_column(panel: Json, series: Series) -> Series:
    return Series(_column_name(panel, series.ref), series.ref, series.times, series.values, series.labels)


def _laid_out(heads: Sequence[str], body: Sequence[Sequence[str]], left: int, width: int) -> list[Line]:
    """Columns as wide as what stands in them; those on the right that do not fit are left out."""
    shown = body[:MAX_ROWS]
    widths = [max(width_of(row[at]) for row in [heads, *shown]) for at in range(len(heads))]
    while len(widths) > 1 and sum(widths) + 2 * (len(widths) - 1) > width:
        widest = max(range(len(widths)), key=lambda at: widths[at])
        if widths[widest] <= 8:
            widths.pop()
        else:
            widths[widest] -= 1
    lines = []
    for at, row in enumerate([heads, *shown]):
        cells = [
            clip(text, size).ljust(size) if column < left else clip(text, size).rjust(size)
            for column, (text, size) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append(line(Part("  ".join(cells), "" if at else "dim")))
    return lines + _left_out(len(body) - len(shown), "rows")


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}" if current else word
            if width_of(longer) > width and current:
                lines.append(current)
                longer = word
            current = longer
        lines.append(clip(current, width))
    return lines


DRAWERS: Mapping[str, Draw] = {
    "stat": _stat,
    "gauge": _gauge,
    "timeseries": _timeseries,
    "bargauge": _ranked,
    "piechart": _pie,
    "barchart": _bars,
    "histogram": _histogram,
    "heatmap": _heatmap,
    "table": _table,
}
