"""Values as JSON the way Go's encoding/json writes them: sorted keys, `<`, `>` and `&` escaped, no spaces."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.numerals import general
from watchglass.gotemplate.printing import Gathered
from watchglass.gotemplate.values import Kind, Value, fields_of, go_bytes, kind_of, type_name
from watchglass.wire.quoting import printable

_SPECIAL = re.compile('[\\x00-\\x1f\\x7f"\\\\<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\x7f": "\x7f"}


def to_json(budget: Budget, value: Value) -> str:
    """A value as JSON.

    Objects are written with the keys that their class declares as `go_json` (name of a field to key), or with the
    names of their fields.

    Raises:
        ValueError: JSON has nothing for it: a complex number, NaN, infinity.
    """
    out = Gathered(budget)
    _write(out, value)
    return out.text()


def quote(text: str) -> str:
    """A text as a JSON string."""
    return '"' + _SPECIAL.sub(_escape, printable(text)) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or f"\\u{ord(char):04x}"


def _write(out: Gathered, value: Value) -> None:
    own = getattr(type(value), "json_text", None)
    if own is not None:
        out.add(quote(own(value)))
        return
    match kind_of(value):
        case Kind.NIL:
            out.add("null")
        case Kind.BOOL:
            out.add("true" if value else "false")
        case Kind.INT:
            out.add(str(int(value)))
        case Kind.FLOAT:
            out.add(_number(value))
        case Kind.STRING:
            out.add(quote(value))
        case Kind.SLICE:
            _write_list(out, value)
        case Kind.MAP:
            _write_pairs(out, [(key, value[key]) for key in sorted(value, key=go_bytes)])
        case Kind.STRUCT if fields_of(value):
            keys = getattr(type(value), "go_json", {})
            _write_pairs(out, [(keys.get(name, name), getter(value)) for name, getter in fields_of(value).items()])
        case _:
            raise ValueError(f"json: unsupported type: {type_name(value)}")


def _write_list(out: Gathered, values: list[Value]) -> None:
    out.add("[")
    for place, value in enumerate(values):
        out.add("," if place else "")
        _write(out, value)
    out.add("]")


def _write_pairs(out: Gathered, pairs: list[tuple[str, Value]]) -> None:
    out.add("{")
    for place, (key, value) in enumerate(pairs):
        out.add(("," if place else "") + quote(key) + ":")
        _write(out, value)
    out.add("}")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"json: unsupported value: {general(value, None)}")
    if value and (abs(value) < 1e-6 or abs(value) >= 1e21):
        return re.sub(r"e-0(\d)$", r"e-\1", _scientific(value))
    if value.is_integer():
        return "-0" if not value and math.copysign(1, value) < 0 else str(int(value))
    return format(Decimal(repr(value)), "f")


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value!r}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent}"
