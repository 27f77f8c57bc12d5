"""Constants of templates: numbers, characters and texts as Go reads them."""

from __future__ import annotations

import re

from watchglass.gotemplate.lex import CHARACTER, COMPLEX, RAW, Token
from watchglass.gotemplate.nodes import Number
from watchglass.wire.quoting import go_quote
from watchglass.wire.quoting import unquote as unquote_accepted

INT_MIN, INT_MAX, UINT_MAX = -(2**63), 2**63 - 1, 2**64 - 1

_SCALAR = "(?![dD][89a-fA-F])[0-9a-fA-F]{4}"  # no surrogate
_ESCAPE = rf"\\(?:[abfnrtv\\QUOTE]|x[0-9a-fA-F]{{2}}|u{_SCALAR}|U0000{_SCALAR}|U00(?:0[1-9a-fA-F]|10)[0-9a-fA-F]{{4}}|[0-3][0-7]{{2}})"
_BODY = {quote: re.compile(rf"(?:[^\\]|{_ESCAPE.replace('QUOTE', quote)})*+", re.DOTALL) for quote in "\"'"}
_PREFIXED = re.compile(r"[+-]?0(?:[xX](?:_?[0-9a-fA-F])+|[oO]?(?:_?[0-7])+|[bB](?:_?[01])+)")
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9](?:_?[0-9])*)")
_FLOAT = re.compile(r"[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9]+)?")
_HEX_FLOAT = re.compile(r"[+-]?0[xX]_?[0-9a-fA-F_]*\.?[0-9a-fA-F_]*[pP][+-]?[0-9]+")
_SURROGATES = range(0xD800, 0xE000)


def unquote(token: Token) -> str:
    """The value of a text constant.

    Raises:
        ValueError: an escape in it is none of Go's.
    """
    body = token.text[1:-1]
    if token.kind == RAW:
        return body.replace("\r", "")
    if "\\" in body and not _BODY[token.text[0]].fullmatch(body):
        raise ValueError("invalid syntax")
    return unquote_accepted(token.text)


def number_of(token: Token) -> Number:
    """A numeric constant.

    Raises:
        ValueError: it is none, or too large.
    """
    text = token.text
    if token.kind == CHARACTER:
        code = _code_point(token)
        return Number(token.start, text, code, code, float(code))
    if token.kind == COMPLEX or text.endswith("i"):
        return _complex(token)
    integer = _integer(text)
    if integer is not None:
        fits = integer if INT_MIN <= integer <= INT_MAX else None
        return Number(token.start, text, fits, fits, float(integer))
    real = _real(text)
    if real is None:
        raise ValueError(f"illegal number syntax: {go_quote(text)}")
    if not any(char in text for char in ".eEpP"):
        raise ValueError(f"integer overflow: {go_quote(text)}")
    whole = int(real) if real.is_integer() and INT_MIN <= real <= INT_MAX else None
    return Number(token.start, text, real, whole, real)


def _code_point(token: Token) -> int:
    value = unquote(token)
    if len(value) != 1:
        raise ValueError("invalid syntax" if not value else f"malformed character constant: {token.text}")
    code = ord(value)
    return code - 0xDC00 if code in _SURROGATES else code


def _integer(text: str) -> int | None:
    if _DECIMAL.fullmatch(text):
        value = int(text) if len(text) < _MAX_DIGITS else None
    elif _PREFIXED.fullmatch(text) and len(text) < _MAX_DIGITS:
        digits = text.replace("_", "").lower()
        octal = digits.lstrip("+-")[1] in "01234567"
        value = int(digits, 8) if octal else int(digits, 0)
    else:
        return None
    return value if value is not None and INT_MIN <= value <= UINT_MAX else None


_MAX_DIGITS = 200


def _real(text: str) -> float | None:
    plain = text.replace("_", "")
    if _HEX_FLOAT.fullmatch(text):
        try:
            value = float.fromhex(plain)
        except (ValueError, OverflowError):
            return None
    elif _FLOAT.fullmatch(text):
        value = float(plain)
    else:
        return None
    return value if abs(value) != float("inf") else None


def _complex(token: Token) -> Number:
    """`2i`, `1+2i`; one without an imaginary part is a real number."""
    text = token.text
    split = max(text.rfind("+", 1), text.rfind("-", 1))
    real = _real(text[:split]) if token.kind == COMPLEX else 0.0
    imaginary = _real(text[split:-1] if token.kind == COMPLEX else text[:-1])
    if real is None or imaginary is None:
        raise ValueError(f"illegal number syntax: {go_quote(text)}")
    if imaginary:
        return Number(token.start, text, complex(real, imaginary), None, None)
    whole = int(real) if real.is_integer() and INT_MIN <= real <= INT_MAX else None
    return Number(token.start, text, complex(real, 0.0), whole, real)
