"""Values as text: what `{{x}}`, `print` and the verb `%v` make of them.

Source: Go's fmt: lists as `[a b]`, maps as `map[k:v]` with sorted keys, structs as `{a b}`, nil as `<nil>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.numerals import shortest
from watchglass.gotemplate.values import Kind, Value, fields_of, kind_of, type_name

NO_VALUE = "<no value>"

Leaf = Callable[[Value], str]
"""How a value that holds no others is written."""


class Gathered:
    """Pieces of a text that is being built, counted as they come."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        """One more piece.

        Raises:
            TemplateLimitError: the text would be too long.
        """
        self._budget.step()
        self._size += len(text)
        self._budget.build(self._size)
        self._pieces.append(text)

    def text(self) -> str:
        """The whole."""
        return "".join(self._pieces)


def written(value: Value, budget: Budget) -> str:
    """What an action writes of its value."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return NO_VALUE
    out = Gathered(budget)
    write(out, value, plain, by_value=True)
    return out.text()


def print_values(budget: Budget, *values: Value) -> str:
    """`print`: a space stands between two values neither of which is a text."""
    out = Gathered(budget)
    for place, value in enumerate(values):
        if place and not isinstance(value, str) and not isinstance(values[place - 1], str):
            out.add(" ")
        write(out, value, plain)
    return out.text()


def print_line(budget: Budget, *values: Value) -> str:
    """`println`: a space between any two values, and a line end."""
    out = Gathered(budget)
    for place, value in enumerate(values):
        out.add(" " if place else "")
        write(out, value, plain)
    out.add("\n")
    return out.text()


def plain(value: Value) -> str:
    """A value that holds no others, as `%v` has it."""
    if value is None:
        return "<nil>"
    own = getattr(type(value), "go_string", None)
    if own is not None:
        return str(own(value))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, complex):
        return complex_text(value, shortest)
    return f"<{type_name(value)}>"


def complex_text(value: complex, part: Callable[[float], str]) -> str:
    """`(1+2i)`."""
    imaginary = part(value.imag)
    return f"({part(value.real)}{'' if imaginary[:1] in '+-' else '+'}{imaginary}i)"


def is_leaf(value: Value) -> bool:
    """Tell whether it is written as one text: it holds no others, or has its own way."""
    if getattr(type(value), "go_string", None) is not None:
        return True
    return kind_of(value) not in (Kind.SLICE, Kind.MAP, Kind.STRUCT) or not _holds(value)


def _holds(value: Value) -> bool:
    return kind_of(value) is not Kind.STRUCT or bool(fields_of(value))


def write(out: Gathered, value: Value, leaf: Leaf, *, names: bool = False, by_value: bool = False) -> None:
    """Write a value and what it holds.

    Args:
        out: where to.
        value: what.
        leaf: how values that hold no others are written.
        names: fields have their names: `%+v`.
        by_value: what is handled by pointer shows no `&`.
    """
    if is_leaf(value):
        out.add(leaf(value))
        return
    match kind_of(value):
        case Kind.SLICE:
            out.add("[")
            _write_all(out, ((None, item) for item in value), leaf, names=names)
            out.add("]")
        case Kind.MAP:
            out.add("map[")
            _write_all(out, ((key, value[key]) for key in sorted(value)), leaf, names=names)
            out.add("]")
        case _:
            out.add("{" if by_value or not getattr(type(value), "go_pointer", False) else "&{")
            fields = fields_of(value).items()
            held = ((name if names else None, getter(value)) for name, getter in fields)
            _write_all(out, held, leaf, names=names, named=names)
            out.add("}")


def _write_all(
    out: Gathered, pairs: Iterable[tuple[str | None, Value]], leaf: Leaf, *, names: bool, named: bool = False
) -> None:
    for place, (name, value) in enumerate(pairs):
        out.add(" " if place else "")
        if name is not None:
            out.add(f"{name if named else leaf(name)}:")
        write(out, value, leaf, names=names)


def write_syntax(out: Gathered, value: Value, leaf: Leaf) -> None:
    """Write a value as `%#v` has it: `[]string{"a"}`; `leaf` writes what holds no others."""
    kind = kind_of(value)
    if kind not in (Kind.SLICE, Kind.MAP, Kind.STRUCT) or not _holds(value):
        out.add(leaf(value))
        return
    out.add(("&" if getattr(type(value), "go_pointer", False) else "") + type_name(value).removeprefix("*") + "{")
    if kind is Kind.SLICE:
        pairs: Iterable[tuple[str, Value]] = (("", item) for item in value)
    elif kind is Kind.MAP:
        pairs = ((leaf(key) + ":", value[key]) for key in sorted(value))
    else:
        pairs = ((name + ":", getter(value)) for name, getter in fields_of(value).items())
    for place, (name, held) in enumerate(pairs):
        out.add((", " if place else "") + name)
        write_syntax(out, held, leaf)
    out.add("}")
