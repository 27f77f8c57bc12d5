"""Where a string or a number ends: the parts of the tokeniser that a regular expression cannot tell exactly.

Texts are views: a query's UTF-8 bytes seen as a string of the same length, so that every position is a byte offset.
Source: prometheus/prometheus, promql/parser/lex.go (scanNumber, acceptRemainingDuration, lexString, lexEscape).
"""

from __future__ import annotations

import re

from watchglass.wire.quoting import go_quote, go_quote_code_point

DIGITS = frozenset("0123456789")


class UnreadableError(Exception):
    """No token can be read here; the message is Prometheus's."""


def bytes_view(query: str) -> str:
    """The query's UTF-8 bytes as a string of the same length; an ASCII query is its own view."""
    return query if query.isascii() else query.encode("utf-8", "surrogatepass").decode("latin-1")


def from_bytes_view(view: str) -> str:
    """The text that a piece of a view stands for; U+FFFD where it is no UTF-8."""
    return view if view.isascii() else view.encode("latin-1").decode("utf-8", "replace")


def char_at(view: str, offset: int) -> str:
    """The character (not byte) at an offset; empty at the end."""
    return from_bytes_view(view[offset : offset + 4])[:1]


def end_of(run: re.Pattern[str], view: str, start: int) -> int:
    """Where a run of characters, possibly empty, ends."""
    match = run.match(view, start)
    assert match is not None  # an empty run matches
    return match.end()


_STRING_RUNS = {
    '"': (re.compile(r'[^"\\\n]*'), "unterminated quoted string"),
    "'": (re.compile(r"[^'\\\n]*"), "unterminated quoted string"),
    "`": (re.compile(r"[^`]*"), "unterminated raw string"),
}


def end_of_string(view: str, start: int) -> int:
    """The end of the string literal whose quote is at `start`.

    Raises:
        UnreadableError: it does not end, is no UTF-8 or has a bad escape.
    """
    quote = view[start]
    run, unterminated = _STRING_RUNS[quote]
    end = start + 1
    while True:
        start, end = end, end_of(run, view, end)
        # U+FFFD itself counts as a fault, as in Go's decoder.
        if "\ufffd" in from_bytes_view(view[start:end]):
            raise UnreadableError("invalid UTF-8 rune")
        char = view[end : end + 1]
        if char == quote:
            return end + 1
        if char != "\\":
            raise UnreadableError(unterminated)
        end = _end_of_escape(view, end, quote)


_ESCAPED_DIGITS = {"x": (2, 0xFF), "u": (4, 0x10FFFF), "U": (8, 0x10FFFF)}  # letter: digits, largest value
_UNTERMINATED_ESCAPE = "escape sequence not terminated"


def _end_of_escape(view: str, start: int, quote: str) -> int:
    """The end of the escape sequence whose backslash is at `start`."""
    char = char_at(view, start + 1)
    if char == quote or (char and char in "abfnrtv\\"):
        return start + 2
    if char and char in "01234567":
        first, count, base, limit = start + 1, 3, 8, 0xFF
    elif char in _ESCAPED_DIGITS:
        first, base = start + 2, 16
        count, limit = _ESCAPED_DIGITS[char]
    else:
        raise UnreadableError(f"unknown escape sequence {go_quote_code_point(char)}" if char else _UNTERMINATED_ESCAPE)
    value = 0
    for offset in range(first, first + count):
        value = value * base + _digit(char_at(view, offset), base)
    if value > limit or 0xD800 <= value < 0xE000:
        raise UnreadableError("escape sequence is an invalid Unicode code point")
    return first + count


def _digit(char: str, base: int) -> int:
    if not char:
        raise UnreadableError(_UNTERMINATED_ESCAPE)
    digit = int(char, 16) if char in _HEX_DIGITS else base
    if digit >= base:
        raise UnreadableError(f"illegal character {go_quote_code_point(char)} in escape sequence")
    return digit


_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_WORD_CHAR = re.compile(r"[0-9A-Za-z_]")
_DIGIT_RUN = re.compile(r"[0-9]*")
_REST_OF_DURATION = re.compile(r"[smhdwy]s?(?:[0-9]+[smhdw]s?)*")
_MUST_NOT_FOLLOW = {  # an empty text stands for the end of input
    ".": frozenset("_."),
    "_": frozenset([*"._eE", ""]),
    "e": frozenset([*"._eE", ""]),
    "E": frozenset([*"._eE", ""]),
}


def end_of_number(view: str, start: int) -> tuple[int, bool]:
    """The end of the number or duration at `start`, and whether it is a duration. Converting it may still fail.

    Raises:
        UnreadableError: it is neither.
    """
    end, complete = _scan_number(view, start)
    if complete:
        return end, False
    rest = _REST_OF_DURATION.match(view, end)
    if rest:
        end = end_of(_DIGIT_RUN, view, rest.end())
        if end == rest.end():
            if not _WORD_CHAR.match(view, end):
                return end, True
            end += 1
    raise UnreadableError(f"bad number or duration syntax: {go_quote(view[start:end])}")


def _scan_number(view: str, start: int) -> tuple[int, bool]:
    """How far the number reaches, and whether it is whole."""
    pos, digits = start, DIGITS
    if view[pos] == "0":
        pos += 1
        if view[pos : pos + 1] in ("x", "X"):
            pos += 2 if view[pos + 1 : pos + 2] == "_" else 1
            digits = _HEX_DIGITS
    pos += view[pos : pos + 1] == "."
    pos += view[pos : pos + 1] in digits
    seen = set()
    while char := view[pos : pos + 1]:
        if char in ".eE":  # before digits: an `e` in a hexadecimal number counts as an exponent, too
            if char.lower() in seen:
                return pos + 1, False
            seen.add(char.lower())
        elif char in digits:
            pos += 1
            continue
        elif char != "_":
            break
        pos += 1
        if char in "eE":
            pos += view[pos : pos + 1] in ("+", "-")
        following = view[pos : pos + 1]
        if following in _MUST_NOT_FOLLOW[char]:
            return pos + len(following), False
        if char == "." and digits is _HEX_DIGITS:
            return pos, False
    return pos, not _WORD_CHAR.match(view, pos)
