"""A whole dashboard as lines: a frame with the title, and boxes that stand where the dashboard has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watchglass.cli.terminal.asking import PanelData, Picture, visible_panels
from watchglass.cli.terminal.fields import Json
from watchglass.cli.terminal.lines import Line, Part, beside, clip, fit, line, line_width, width_of
from watchglass.cli.terminal.panels import draw_panel, natural_width, stat_lines, stats_in_a_row, summary_of
from watchglass.cli.terminal.times import window_words

LEAST_WIDTH = 30
MOST_WIDTH = 160
GAP = 2
_EDGE = 3  # a border and two spaces on either side
_INSIDE = 3  # spaces before what stands in a box
_BOX = _INSIDE + 3  # cells of a box that hold nothing of its panel


@dataclass(frozen=True, slots=True)
class Box:
    """A panel, and the untitled numbers that belong to it."""

    panel: Json
    attached: tuple[Json, ...] = ()

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Left, top, width and height on the grid, with what is attached."""
        own = self.panel["gridPos"]
        return own["x"], own["y"], own["w"], own["h"] + sum(each["gridPos"]["h"] for each in self.attached)


def draw_page(picture: Picture, width: int) -> list[Line]:
    """The lines of a dashboard, none wider than `width` cells."""
    width = max(LEAST_WIDTH, min(MOST_WIDTH, width))
    inner = width - 2 * _EDGE
    lines = [_border("┌", "┐", width), _heading(picture, width), _border("├", "┤", width), _row((), width)]
    for band in _bands(_boxes(picture.board)):
        lines += [_row(each, width) for each in _draw_band(band, picture, inner)]
        lines.append(_row((), width))
    return [*lines, _border("└", "┘", width)]


def _border(left: str, right: str, width: int) -> Line:
    return line(left + "─" * (width - 2) + right)


def _row(content: Line, width: int) -> Line:
    return (Part("│  "), *fit(content, width - 2 * _EDGE), Part("  │"))


def _heading(picture: Picture, width: int) -> Line:
    time = picture.board.get("time") or {}
    words = window_words(str(time.get("from")), str(time.get("to")), picture.span, picture.zone)
    inner = width - 2 * _EDGE
    title = clip(str(picture.board.get("title", "")).upper(), inner)
    room = inner - width_of(title) - 2 - 2
    return _row(line(fit(line(title), inner - width_of(words) - 2)[0].text, *_right(words, title, inner, room)), width)


def _right(words: str, title: str, inner: int, room: int) -> Iterator[Part]:
    if width_of(words) <= room:
        yield Part(" " * (inner - width_of(title) - width_of(words) - 2))
        yield Part(words, "dim")


def _boxes(board: Json) -> list[Box]:
    """The panels in reading order; an untitled, transparent stat directly under another panel is part of its box."""
    boxes: list[Box] = []
    for panel in sorted(visible_panels(board), key=lambda each: (each["gridPos"]["y"], each["gridPos"]["x"])):
        above = next((at for at, box in enumerate(boxes) if _is_under(panel, box)), None)
        if above is not None and _is_attached(panel):
            boxes[above] = Box(boxes[above].panel, (*boxes[above].attached, panel))
        else:
            boxes.append(Box(panel))
    return boxes


def _is_attached(panel: Json) -> bool:
    return panel["type"] == "stat" and not panel.get("title") and bool(panel.get("transparent"))


def _is_under(panel: Json, box: Box) -> bool:
    left, top, width, height = box.place
    own = panel["gridPos"]
    return box.panel["type"] != "row" and (own["x"], own["w"], own["y"]) == (left, width, top + height)


def _bands(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Boxes that stand beside one another, band by band from the top."""
    band: list[Box] = []
    bottom = 0
    for box in boxes:
        _, top, _, height = box.place
        if band and (top >= bottom or box.panel["type"] == "row" or band[0].panel["type"] == "row"):
            yield band
            band, bottom = [], 0
        band.append(box)
        bottom = max(bottom, top + height)
    if band:
        yield band


def _draw_band(band: Sequence[Box], picture: Picture, width: int) -> list[Line]:
    if band[0].panel["type"] == "row":
        return [_section(band[0].panel, width)]
    lines: list[Line] = []
    for columns in _rows_of(_columns(band), picture, width):
        lines += [line()] if lines else []
        lines += _side_by_side(columns, picture, width)
    return lines


def _section(panel: Json, width: int) -> Line:
    inside = len(panel.get("panels") or ())
    folded = f" ({inside} panels)" if panel.get("collapsed") and inside else ""
    mark = "▸ " if folded else "── "
    title = clip(f"{mark}{panel.get('title', '')}{folded} ", width)
    return line(title + "─" * (width - width_of(title)))


def _columns(band: Sequence[Box]) -> list[list[Box]]:
    """Boxes that stand over one another, from left to right."""
    columns: list[list[Box]] = []
    edge = 0
    for box in sorted(band, key=lambda each: each.place[:2]):
        left, _, width, _ = box.place
        if not columns or left >= edge:
            columns.append([])
        columns[-1].append(box)
        edge = max(edge, left + width)
    return columns


def _rows_of(columns: Sequence[list[Box]], picture: Picture, width: int) -> Iterator[list[list[Box]]]:
    """As many columns in a row as can be read."""
    for rows in range(1, len(columns) + 1):
        edges = [at * len(columns) // rows for at in range(rows + 1)]
        parts = [list(columns[low:high]) for low, high in pairwise(edges)]
        if rows == len(columns) or all(_fits(part, picture, width) for part in parts):
            yield from parts
            return


def _fits(columns: Sequence[list[Box]], picture: Picture, width: int) -> bool:
    return all(
        given >= max(_needed(box, picture) for box in column)
        for column, given in zip(columns, _widths(columns, picture, width), strict=True)
    )


def _widths(columns: Sequence[list[Box]], picture: Picture, width: int) -> list[int]:
    """Shares of the width as on the grid, moved where a column needs more and another can spare it."""
    room = width - GAP * (len(columns) - 1)
    parts = [max(box.place[2] for box in column) for column in columns]
    given = [room * part // sum(parts) for part in parts]
    given[-1] += room - sum(given)
    needed = [max(_needed(box, picture) for box in column) for column in columns]
    for at in range(len(columns)):
        while given[at] < needed[at]:
            spare = max(range(len(columns)), key=lambda other: given[other] - needed[other])
            if given[spare] <= needed[spare]:
                break
            given[at] += 1
            given[spare] -= 1
    return given


def _needed(box: Box, picture: Picture) -> int:
    own = natural_width(box.panel, _data(picture, box.panel))
    title = width_of(str(box.panel.get("title", ""))) + 1
    attached = (
        line_width(each) for panel in box.attached for each in stat_lines(panel, _data(picture, panel), named=True)
    )
    return max(own, title, *attached, 8) + _BOX


def _data(picture: Picture, panel: Json) -> PanelData:
    return picture.data.get(panel.get("id", -1), PanelData())


def _side_by_side(columns: Sequence[list[Box]], picture: Picture, width: int) -> list[Line]:
    widths = _widths(columns, picture, width)
    drawn = [
        [_content(box, picture, given - _BOX) for box in column] for column, given in zip(columns, widths, strict=True)
    ]
    height = max(sum(map(len, column)) + 2 * len(column) for column in drawn)
    blocks = []
    for column, contents, given in zip(columns, drawn, widths, strict=True):
        missing = height - sum(map(len, contents)) - 2 * len(contents)
        contents[-1] = [*contents[-1], *[line()] * missing]
        blocks.append(
            [each for box, content in zip(column, contents, strict=True) for each in _frame(box, content, given)]
        )
    return beside(blocks, GAP)


def _content(box: Box, picture: Picture, width: int) -> list[Line]:
    """What stands in a box; numbers and lists have an empty line around them, as the guides draw them."""
    data = _data(picture, box.panel)
    attached = box.attached
    if box.panel["type"] == "stat" and not data.error:
        named = bool(attached)
        lines = stat_lines(box.panel, data, named=named)
        lines += [each for panel in attached for each in stat_lines(panel, _data(picture, panel), named=True)]
        return [line(), *lines, line()] if len(lines) > 2 else [line(), *lines]
    lines = draw_panel(box.panel, data, width, picture.zone)
    is_tall = len(lines) > 1
    if not is_tall and not attached:
        return [*lines, *summary_of(box.panel, data, width)]
    lines = [line(), *lines] if is_tall else lines
    for panel in attached:
        beneath = stats_in_a_row(panel, _data(picture, panel), width)
        if box.panel["type"] == "barchart" and len(beneath) == 1 and _fit_beside(lines[-1], beneath[0], width):
            lines[-1] = (*fit(lines[-1], width - line_width(beneath[0]) - 1), *beneath[0])
            continue
        lines += [line()] if is_tall else []
        lines += beneath
    return [*lines, line()] if is_tall else lines


def _fit_beside(left: Line, right: Line, width: int) -> bool:
    """Whether one line has room for another at its end."""
    return width_of("".join(part.text for part in left).rstrip()) + line_width(right) + 3 <= width


def _frame(box: Box, content: Sequence[Line], width: int) -> list[Line]:
    title = clip(str(box.panel.get("title") or ""), width - 6)
    top = f"┌─ {title} " if title else "┌"
    lines = [line(top + "─" * (width - width_of(top) - 1) + "┐")]
    lines += [
        (Part("│" + " " * _INSIDE), *fit(each, width - _BOX), Part("  "[: _BOX - _INSIDE - 2] + "│"))
        for each in content
    ]
    return [*lines, line("└" + "─" * (width - 2) + "┘")]
