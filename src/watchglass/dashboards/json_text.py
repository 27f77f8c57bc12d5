"""JSON as text: where the values of a document lie in it, so that what is kept is what came, to the byte.

Parsing and writing again would keep the meaning and lose the form: `1.0`, escapes, the order and the blanks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

MAX_DEPTH = 100
_BLANK = re.compile(r"[ \t\n\r]*")


class Piece(NamedTuple):
    """A value within a text, and where: `text[start:end]` is what stands there."""

    key: str  # empty in a list
    value: Any
    start: int
    end: int


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def decode(body: bytes) -> str:
    """The text of a body, which may be UTF-8, UTF-16 or UTF-32, with or without a mark.

    Raises:
        ValueError: it is none of these.
    """
    try:
        return body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not {error.encoding} text at byte {error.start}") from None


def parse(text: str) -> Any:
    """The value of a text.

    Raises:
        ValueError: it is not JSON, or nested deeper than `MAX_DEPTH`; the text says where.
    """
    value, end = value_at(text, _after_blanks(text, 0))
    _expect_end(text, end)
    check_depth(value)
    return value


def value_at(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends.

    Raises:
        ValueError: none does.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _too_deep() from None


def members(text: str, start: int = 0, unread: Collection[str] = ()) -> Iterator[Piece]:
    """The members of an object; lists under the keys `unread` are passed over and come without their value.

    Raises:
        ValueError: no object begins there, or it is not JSON.
    """
    at = _after_blanks(text, _after(text, start, "{"))
    while text[at : at + 1] != "}":
        key, at = value_at(text, at)
        if not isinstance(key, str):
            raise _wrong(text, at, "expected a key")
        at = _after_blanks(text, _after(text, at, ":"))
        passes = key in unread and text[at : at + 1] == "["
        value, end = (None, _end_of_list(text, at)) if passes else value_at(text, at)
        yield Piece(key, value, at, end)
        at = _next(text, end, "}")


def items(text: str, start: int = 0) -> Iterator[Piece]:
    """The items of a list.

    Raises:
        ValueError: no list begins there, or it is not JSON.
    """
    at = _after_blanks(text, _after(text, start, "["))
    while text[at : at + 1] != "]":
        value, end = value_at(text, at)
        yield Piece("", value, at, end)
        at = _next(text, end, "]")


def _end_of_list(text: str, start: int) -> int:
    """Where a list ends; its items are read one at a time, for all of them may be much."""
    at = start + 1
    for item in items(text, start):
        at = item.end
    return _after(text, at, "]")


def patched(text: str, changes: Mapping[str, Any]) -> str:
    """The same object with some members changed or added in front; every other byte as it was.

    Raises:
        ValueError: it is no object.
    """
    pieces, at, missing = [], 0, dict(changes)
    for member in members(text):
        if member.key in changes:
            pieces += [text[at : member.start], json.dumps(changes[member.key])]
            at = member.end
            missing.pop(member.key, None)
    pieces.append(text[at:])
    whole = "".join(pieces)
    if not missing:
        return whole
    start = _after(whole, 0, "{")
    is_empty = whole[_after_blanks(whole, start)] == "}"
    added = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in missing.items())
    return f"{whole[:start]}{added}{'' if is_empty else ','}{whole[start:]}"


def check_depth(value: Any) -> None:
    """Refuse what is nested so deeply that reading it by recursion would fail.

    Raises:
        ValueError: it is.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"it is nested more than {MAX_DEPTH} levels deep")


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _after(text: str, at: int, sign: str) -> int:
    at = _after_blanks(text, at)
    if text[at : at + 1] != sign:
        raise _wrong(text, at, f"expected {sign}")
    return at + 1


def _next(text: str, at: int, closing: str) -> int:
    """Where the next key or item begins, or `closing` stands."""
    at = _after_blanks(text, at)
    if text[at : at + 1] == closing:
        return at
    at = _after_blanks(text, _after(text, at, ","))
    if text[at : at + 1] == closing:
        raise _wrong(text, at, "expected a value")
    return at


def _expect_end(text: str, at: int) -> None:
    if _after_blanks(text, at) != len(text):
        raise _wrong(text, _after_blanks(text, at), "something follows the document")


def _wrong(text: str, at: int, message: str) -> ValueError:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return ValueError(f"it is not JSON: line {line}, column {column}: {message}")
