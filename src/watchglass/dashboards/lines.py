"""Panels laid out in lines that fill the width: numbers before charts before tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watchglass.dashboards.grafana import COLUMNS, Json

# Panel types in the order of a row: how many stand in a line, and how high.
LINES = {"stat": (6, 4), "timeseries": (3, 7), "table": (1, 5)}
_LONE_STAT = 4  # columns of a single number that stands beside charts


def lay_out(panels: Sequence[Json]) -> list[Json]:
    """The panels in order, with the sizes that they ask of the flow; every line is filled to its end."""
    of_type = {kind: [part for part in panels if part["type"] == kind] for kind in LINES}
    stats, charts = of_type["stat"], of_type["timeseries"]
    beside = [of_type.pop("stat")[0]] if len(stats) == 1 and charts else []
    laid: list[Json] = []
    for kind, parts in of_type.items():
        for line in split_evenly(parts, LINES[kind][0]):
            laid += _line(line, LINES[kind][1], beside if kind == "timeseries" else ())
            beside = beside if kind != "timeseries" else []
    return laid


def split_evenly(panels: Sequence[Json], in_line: int) -> Iterable[Sequence[Json]]:
    """As few lines as hold the panels, equally many in each."""
    count = -(-len(panels) // in_line)
    for index in range(count):
        yield panels[len(panels) * index // count : len(panels) * (index + 1) // count]


def _line(panels: Sequence[Json], height: int, beside: Sequence[Json]) -> list[Json]:
    """Panels side by side, those of `beside` first and narrow."""
    width, count = COLUMNS - _LONE_STAT * len(beside), len(panels)
    ends = [width * (index + 1) // count for index in range(count)]
    sizes = [_LONE_STAT for _ in beside] + [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return [
        part | {"flow": {"w": size, "h": height, "new": index == 0}}
        for index, (part, size) in enumerate(zip([*beside, *panels], sizes, strict=True))
    ]
