"""Strings as Go writes them: reading literals, and writing text the way `%q` does.

Source: Go's strconv.Quote and QuoteRune; prometheus/prometheus, util/strutil/quote.go (Unquote).
"""

from __future__ import annotations

import re

_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\"}
_UNESCAPES = {escape[1]: char for char, escape in _ESCAPES.items()} | {"'": "'", '"': '"'}
_PLAIN = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII but for quote and backslash
_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|U(........)|([0-7]{3})|(.))", re.DOTALL)


def go_quote(text: str) -> str:
    r"""`text` in double quotes, what cannot be printed escaped as Go does (`\n`, `\x00`, `\u200b`)."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_escape_char(char, '"') for char in text) + '"'


def go_quote_char(char: str) -> str:
    """One character in single quotes, as Go's `%q` of a rune; no character at all (end of input) is U+FFFD."""
    return f"'{_escape_char(char, chr(39)) if char else chr(0xFFFD)}'"


def go_quote_code_point(char: str) -> str:
    """As Go's `%#U`: the number of the code point, and the character where it can be printed."""
    number = f"U+{ord(char):04X}"
    return f"{number} '{char}'" if char.isprintable() else number


def unquote(literal: str) -> str:
    r"""The value of a string literal, quotes included, that the lexer accepted.

    Bytes that escapes spell (`\xff`) and that are no UTF-8 become surrogate escapes.
    """
    body = literal[1:-1]
    if literal[0] == "`" or "\\" not in body:
        return body
    spelled = _ESCAPE.sub(_unescape, body)
    return spelled.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def printable(text: str) -> str:
    """The text with U+FFFD for surrogate escapes, as Prometheus's JSON answers have it."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _escape_char(char: str, quote: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char == quote:
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unescape(match: re.Match[str]) -> str:
    byte, short, long, octal, char = match.groups()
    if char is not None:
        return _UNESCAPES[char]
    if short is not None or long is not None:
        return chr(int(short or long, 16))
    value = int(byte, 16) if byte is not None else int(octal, 8)
    return chr(value) if value < 0x80 else chr(0xDC00 + value)
