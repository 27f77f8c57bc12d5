"""Lines of coloured text, and how wide they are on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

ELLIPSIS = "…"


class Part(NamedTuple):
    """Text in one colour; empty for the terminal's own."""

    text: str
    color: str = ""


Line = tuple[Part, ...]

_CODES = {"green": "32", "yellow": "33", "orange": "38;5;208", "red": "31", "blue": "34", "purple": "35", "dim": "2"}
_SHADE = re.compile(r"^(super-light|light|semi-dark|dark)-")
_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("┌┐└┘├┤┼┬┴", "+"),
        **dict.fromkeys("─━", "-"),
        "│": "|",
        **dict(zip("▁▂▃▄▅▆▇█", ".:-=+*#@", strict=True)),
        **dict(zip("░▒▓", ".:+", strict=True)),
        "●": "*",
        "○": "o",
        "…": "~",
        "–": "-",  # noqa: RUF001 - from one to the other
        "−": "-",  # noqa: RUF001 - a minus sign
        "µ": "u",
        "·": "-",
        "▸": ">",
        "∞": "inf",
        "\u00a0": " ",
    }
)


def line(*parts: str | Part) -> Line:
    """A line of parts; plain text has the terminal's own colour."""
    return tuple(Part(part) if isinstance(part, str) else part for part in parts)


def width_of(text: str) -> int:
    """The cells that a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def line_width(whole: Line) -> int:
    """The cells that a line takes."""
    return sum(width_of(part.text) for part in whole)


def clip(text: str, width: int) -> str:
    """As much of a text as fits; what is cut ends in an ellipsis."""
    if width_of(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _cells(character)
        if used > width - 1:
            break
        kept += character
    return kept + ELLIPSIS if width > 0 else ""


def fit(whole: Line, width: int) -> Line:
    """A line that takes exactly so many cells: cut, or filled with spaces."""
    parts: list[Part] = []
    left = width
    for part in whole:
        text = clip(part.text, left)
        parts.append(Part(text, part.color))
        left -= width_of(text)
        if text != part.text:
            break
    return (*parts, Part(" " * left)) if left > 0 else tuple(parts)


def centred(whole: Line, width: int) -> Line:
    """A line in the middle of so many cells."""
    before = max(0, (width - line_width(whole)) // 2)
    return fit((Part(" " * before), *whole), width)


def beside(blocks: Sequence[Sequence[Line]], gap: int) -> list[Line]:
    """Blocks of equally wide lines side by side; shorter ones are filled up below."""
    height = max(map(len, blocks))
    widths = [line_width(block[0]) if block else 0 for block in blocks]
    rows = []
    for at in range(height):
        parts: list[Part] = []
        for block, width in zip(blocks, widths, strict=True):
            parts += [Part(" " * gap)] if parts else []
            parts += block[at] if at < len(block) else (Part(" " * width),)
        rows.append(tuple(parts))
    return rows


def render(lines: Iterable[Line], *, color: bool, unicode: bool) -> list[str]:
    """The lines as the terminal takes them, without spaces at their ends."""
    rendered = []
    for whole in lines:
        text = "".join(_paint(part, color=color) for part in whole).rstrip()
        rendered.append(text if unicode else plain_ascii(text))
    return rendered


def plain_ascii(text: str) -> str:
    """The same in characters that every terminal has."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode()


def _paint(part: Part, *, color: bool) -> str:
    code = _code(part.color) if color and part.color else ""
    return f"\x1b[{code}m{part.text}\x1b[0m" if code else part.text


def _code(color: str) -> str:
    found = _HEX.fullmatch(color)
    if found:
        return "38;2;" + ";".join(str(int(part, 16)) for part in found.groups())
    return _CODES.get(_SHADE.sub("", color), "")
