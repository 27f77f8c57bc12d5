"""Reading JSON that may have any shape: every function gives something usable, and none raises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_NUMBER = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?\s*\Z", re.ASCII)
_MOST_DIGITS = 300


def mapping(value: object) -> Json:
    """The value itself where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value itself where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> Iterator[Json]:
    """The objects of a list."""
    return (entry for entry in sequence(value) if isinstance(entry, dict))


def text(value: object) -> str:
    """The value itself where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | float | None:
    """A finite number, also one that was written as text; a whole one as an integer."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = float(value) if len(value) < _MOST_DIGITS and _NUMBER.match(value) else None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value if isinstance(value, int) and abs(value) < 10**_MOST_DIGITS else None


def whole(value: object, least: int, most: int) -> int | None:
    """A number as an integer within bounds; None where it is no number."""
    found = number(value)
    return None if found is None else int(min(most, max(least, found)))


def own_object(parent: Json, key: str) -> Json:
    """The object under a key; what else was there, or nothing, gives way to an empty object."""
    found = parent.get(key)
    if not isinstance(found, dict):
        found = parent[key] = {}
    return found


def own_list(parent: Json, key: str) -> list[Any]:
    """The list under a key; what else was there, or nothing, gives way to an empty list."""
    found = parent.get(key)
    if not isinstance(found, list):
        found = parent[key] = []
    return found


def fill(target: Json, values: Json) -> None:
    """Set what has a value and is not set yet, objects inside of objects too."""
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            fill(target[key], value)
        elif value is not None and target.get(key) is None:
            target[key] = value


def drop(target: Json, *keys: str) -> None:
    """Remove keys, whether they are there or not."""
    for key in keys:
        target.pop(key, None)


def is_pattern(name: str) -> bool:
    """Whether a name is a regular expression between slashes, as series were named."""
    return re.match(r"/.*/[a-z]*\Z", name, re.DOTALL) is not None


def short(value: object) -> str:
    """A value for a message, at most 40 characters of it."""
    written = str(value)
    return written if len(written) <= 40 else f"{written[:37]}..."


def count(number_of: int, thing: str, things: str = "") -> str:
    """A number of things, in words."""
    return f"{number_of} {thing if number_of == 1 else things or f'{thing}s'}"


def words(names: str) -> tuple[str, ...]:
    """Names that are written with blanks between them."""
    return tuple(names.split())
