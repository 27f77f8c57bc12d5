"""`printf`: Go's format strings, with their flags, widths, precisions, argument numbers, and what they say of mistakes.

Source: Go's fmt (documentation of the verbs, and the texts of its error marks such as `%!d(string=x)`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from watchglass.gotemplate.constants import UINT_MAX
from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.numerals import binary_exponent, decimal, general, hexadecimal
from watchglass.gotemplate.printing import Gathered, plain, write, write_syntax
from watchglass.gotemplate.values import Value, go_bytes, type_name
from watchglass.wire.quoting import go_quote, go_quote_char

_DIRECTIVE = re.compile(
    r"""%(?P<flags>[-+\# 0]*)
    (?:(?P<width_at>\[[^\]]*\])?(?P<width_star>\*)|(?P<width>[0-9]+))?
    (?:(?P<point>\.)(?:(?P<precision_at>\[[^\]]*\])?(?P<precision_star>\*)|(?P<precision>[0-9]+))?)?
    (?P<at>\[[^\]]*\])?
    (?P<verb>.)?""",
    re.VERBOSE | re.DOTALL,
)
_MOST = 1_000_000
"""Widths and precisions above it are refused, as in Go."""


@dataclass(slots=True)
class _Spec:
    """One directive, read."""

    verb: str
    minus: bool
    plus: bool
    sharp: bool
    space: bool
    zero: bool
    width: int | None = None
    precision: int | None = None

    def pad(self, text: str, *, number: bool = False) -> str:
        """To the width, with zeros between sign and digits of a number that asks for them."""
        if self.width is None or len(text) >= self.width:
            return text
        if self.minus:
            return text.ljust(self.width)
        if not self.zero:
            return text.rjust(self.width)
        if number and text[:1] in ("+", "-", " "):
            return text[0] + text[1:].rjust(self.width - 1, "0")
        return text.rjust(self.width, "0")


class _Arguments:
    """The arguments, and which is next."""

    def __init__(self, values: Sequence[Value]) -> None:
        self._values = values
        self._next = 0
        self._chosen = False
        self.bad_index = False

    def choose(self, bracket: str | None) -> None:
        """Go on with the argument that `[n]` names."""
        if bracket is None:
            return
        self._chosen = True
        number = bracket[1:-1]
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= len(self._values):
            self.bad_index = True
            return
        self._next = int(number) - 1

    def has_next(self) -> bool:
        return self._next < len(self._values)

    def take(self) -> Value:
        self._next += 1
        return self._values[self._next - 1]

    def take_size(self) -> int | None:
        """A width or precision; None where the argument is no reasonable number."""
        value = self.take() if self.has_next() else None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST:
            return None
        return int(value)

    def left_over(self) -> Sequence[Value]:
        return () if self._chosen else self._values[self._next :]


def print_formatted(budget: Budget, template: str, *values: Value) -> str:
    """`printf`."""
    out, arguments, done = Gathered(budget), _Arguments(values), 0
    while (start := template.find("%", done)) >= 0:
        out.add(template[done:start])
        match = _DIRECTIVE.match(template, start)
        assert match is not None
        done = match.end()
        _directive(out, match, arguments)
    out.add(template[done:])
    extra = arguments.left_over()
    if extra:
        out.add("%!(EXTRA ")
        for place, value in enumerate(extra):
            out.add(", " if place else "")
            _name_and_value(out, value)
        out.add(")")
    return out.text()


def _name_and_value(out: Gathered, value: Value) -> None:
    if value is None:
        out.add("<nil>")
        return
    out.add(f"{type_name(value)}=")
    write(out, value, plain)


def _directive(out: Gathered, match: re.Match[str], arguments: _Arguments) -> None:
    flags, verb = match["flags"], match["verb"]
    arguments.bad_index = False
    minus = "-" in flags
    spec = _Spec(verb or "", minus, "+" in flags, "#" in flags, " " in flags, "0" in flags and not minus)
    _read_sizes(out, spec, match, arguments)
    arguments.choose(match["at"])
    if verb is None:
        out.add("%!(NOVERB)")
    elif verb == "%":
        out.add("%")
    elif arguments.bad_index:
        out.add(f"%!{verb}(BADINDEX)")
    elif not arguments.has_next():
        out.add(f"%!{verb}(MISSING)")
    else:
        _write(out, spec, arguments.take())


def _read_sizes(out: Gathered, spec: _Spec, match: re.Match[str], arguments: _Arguments) -> None:
    if match["width_star"]:
        arguments.choose(match["width_at"])
        spec.width = arguments.take_size()
        if spec.width is None:
            out.add("%!(BADWIDTH)")
        elif spec.width < 0:
            spec.width, spec.minus, spec.zero = -spec.width, True, False
    elif match["width"]:
        spec.width = _size(match["width"])
    if match["precision_star"]:
        arguments.choose(match["precision_at"])
        spec.precision = arguments.take_size()
        if spec.precision is None or spec.precision < 0:
            spec.precision = None
            out.add("%!(BADPREC)")
    elif match["point"]:
        spec.precision = _size(match["precision"] or "0")


def _size(digits: str) -> int | None:
    return int(digits) if len(digits) < 8 and int(digits) <= _MOST else None


def _write(out: Gathered, spec: _Spec, value: Value) -> None:
    named = spec.verb == "v" and spec.plus
    if spec.verb == "v":
        spec.plus = False
    if spec.verb == "T":
        whole = None if value is None else spec.precision
        out.add(_text(replace(spec, verb="s", precision=whole), type_name(value)) or "")
    elif spec.verb == "v" and spec.sharp:
        write_syntax(out, value, lambda held: _syntax(spec, held))
    else:
        write(out, value, lambda held: _leaf(spec, held), names=named)


def _syntax(spec: _Spec, value: Value) -> str:
    """A value that holds no others, in Go's syntax."""
    if isinstance(value, str):
        return spec.pad(go_quote(value[: spec.precision]))
    bare = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return _leaf(replace(spec, sharp=False), bare)


def _leaf(spec: _Spec, value: Value) -> str:
    """A value that holds no others."""
    if value is None:
        return spec.pad("<nil>") if spec.verb == "v" else f"%!{spec.verb}(<nil>)"
    text = _written(spec, value)
    if text is not None:
        return text
    shown = _written(replace(spec, verb="v"), value)
    return f"%!{spec.verb}({type_name(value)}={shown})"


def _written(spec: _Spec, value: Value) -> str | None:
    """A value by a verb; None where the verb is not for such values."""
    if spec.verb in "vsxXq" and getattr(type(value), "go_string", None) is not None:
        return _text(spec, plain(value))
    if isinstance(value, bool):
        return spec.pad(plain(value)) if spec.verb in "tv" else None
    if isinstance(value, str):
        return _text(spec, value)
    if isinstance(value, int):
        return _integer(spec, int(value))
    if isinstance(value, float):
        return _float(spec, value)
    if isinstance(value, complex):
        return _complex(spec, value)
    return plain(value) if spec.verb == "v" else None


def _complex(spec: _Spec, value: complex) -> str | None:
    real, imaginary = _float(spec, value.real), _float(replace(spec, plus=True), value.imag)
    return None if real is None else f"({real}{imaginary}i)"


def _text(spec: _Spec, value: str) -> str | None:
    if spec.verb in "xX":
        return spec.pad(_hex_text(spec, value))
    if spec.precision is not None:
        value = value[: spec.precision]
    if spec.verb in "vs":
        return spec.pad(value)
    if spec.verb != "q":
        return None
    if spec.sharp and "`" not in value and all(char.isprintable() or char == "\t" for char in value):
        return spec.pad(f"`{value}`")
    return spec.pad(_in_ascii(go_quote(value)) if spec.plus else go_quote(value))


def _in_ascii(quoted: str) -> str:
    """A quoted text with all beyond ASCII as escapes."""
    return "".join(
        char if ord(char) < 0x80 else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
        for char in quoted
    )


def _hex_text(spec: _Spec, value: str) -> str:
    data = go_bytes(value)[: spec.precision]
    prefix = "0x" if spec.sharp else ""
    spaced = " ".join(f"{prefix}{byte:02x}" for byte in data)
    text = spaced if spec.space or not data else prefix + data.hex()
    return text.upper() if spec.verb == "X" else text


_BASES: dict[str, tuple[str, str]] = {  # the verb's format in Python, and what `#` puts in front
    "v": ("d", ""),
    "d": ("d", ""),
    "b": ("b", "0b"),
    "o": ("o", "0"),
    "O": ("o", "0"),
    "x": ("x", "0x"),
    "X": ("X", "0X"),
}


def _integer(spec: _Spec, value: int) -> str | None:
    if spec.verb in "cqU":
        return replace(spec, zero=spec.zero and spec.verb != "U").pad(_character(spec, value))
    if spec.verb not in _BASES:
        return None
    if spec.precision == 0 and value == 0:
        return " " * (spec.width or 0)
    base, prefix = _BASES[spec.verb]
    digits = format(abs(value), base)
    sign = "-" if value < 0 else "+" if spec.plus else " " if spec.space else ""
    if spec.precision is not None:
        digits = digits.rjust(spec.precision, "0")
    elif spec.zero and spec.width is not None:
        digits = digits.rjust(spec.width - len(sign), "0")
    if spec.sharp and not (spec.verb in "oO" and digits.startswith("0")):
        digits = prefix + digits
    if spec.verb == "O":
        digits = "0o" + digits
    if spec.precision is None:
        return spec.pad(sign + digits, number=True)
    zero, spec.zero = spec.zero, False
    padded = spec.pad(sign + digits)
    spec.zero = zero
    return padded


def _character(spec: _Spec, value: int) -> str:
    char = chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value < 0xE000 else "\ufffd"
    if spec.verb == "c":
        return char
    if spec.verb == "q":
        return _in_ascii(go_quote_char(char)) if spec.plus else go_quote_char(char)
    return f"U+{value & UINT_MAX:0{max(4, spec.precision or 0)}X}" + (
        f" '{char}'" if spec.sharp and char.isprintable() else ""
    )


_FLOATS: dict[str, Callable[[float, _Spec], str]] = {
    "v": lambda value, spec: general(value, spec.precision, keep_zeros=spec.sharp),
    "g": lambda value, spec: general(value, spec.precision, keep_zeros=spec.sharp),
    "G": lambda value, spec: general(value, spec.precision, keep_zeros=spec.sharp).replace("e", "E"),
    "e": lambda value, spec: decimal(value, "e", spec.precision, point=spec.sharp),
    "E": lambda value, spec: decimal(value, "E", spec.precision, point=spec.sharp),
    "f": lambda value, spec: decimal(value, "f", spec.precision, point=spec.sharp),
    "F": lambda value, spec: decimal(value, "f", spec.precision, point=spec.sharp),
    "x": lambda value, spec: hexadecimal(value, spec.precision),
    "X": lambda value, spec: hexadecimal(value, spec.precision).upper(),
    "b": lambda value, _spec: binary_exponent(value),
}


def _float(spec: _Spec, value: float) -> str | None:
    convert = _FLOATS.get(spec.verb)
    if convert is None:
        return None
    text = convert(value, spec)
    finite = text[-3:] not in ("NaN", "Inf")
    if not finite:
        text = text.removeprefix("+")
    if not text.startswith("-") and (spec.plus or spec.space):
        text = ("+" if spec.plus else " ") + text
    elif text == "Inf":
        text = "+Inf"
    zero, spec.zero = spec.zero, spec.zero and finite
    padded = spec.pad(text, number=True)
    spec.zero = zero
    return padded
