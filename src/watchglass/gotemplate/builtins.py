"""The functions that every template has, but for printing: index, slice, len, call, logic and comparison."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.printing import written
from watchglass.gotemplate.values import (
    VALUE,
    Function,
    Kind,
    Value,
    fields_of,
    from_bytes,
    go_bytes,
    is_true,
    kind_of,
    type_name,
    zero_of,
)

_BASIC = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.COMPLEX, Kind.STRING})
_ORDERED = frozenset({Kind.INT, Kind.FLOAT, Kind.STRING})
_BAD_TYPE = "invalid type for comparison"


class _Byte(int):
    """One byte of a text."""

    go_type: ClassVar[str] = "uint8"


def _index(item: Value, *indexes: Value) -> Value:
    if item is None:
        raise ValueError("index of untyped nil")
    for position in indexes:
        kind = kind_of(item)
        if kind is Kind.MAP:
            if not isinstance(position, str):
                raise ValueError(_bad_key(position))
            item = item[position] if position in item else zero_of(item)
        elif kind is Kind.SLICE:
            item = item[_position(position, len(item), kind="slice")]
        elif kind is Kind.STRING:
            data = go_bytes(item)
            item = _Byte(data[_position(position, len(data), kind="string")])
        elif kind is Kind.NIL:
            raise ValueError("index of nil pointer")
        else:
            raise ValueError(f"can't index item of type {_pointed_at(item)}")
    return item


def _pointed_at(item: Value) -> str:
    return type_name(item).removeprefix("*")


def _bad_key(position: Value) -> str:
    if position is None:
        return "value is nil; should be of type string"
    return f"value has type {type_name(position)}; should be string"


def _position(value: Value, size: int, *, kind: str = "") -> int:
    """A place in a list or text of a kind; where none is named, its end is a place as well."""
    given = kind_of(value)
    if given is Kind.NIL:
        raise ValueError("cannot index slice/array with nil")
    if given is not Kind.INT:
        raise ValueError(f"cannot index slice/array with type {type_name(value)}")
    if value < 0 or value > size:
        raise ValueError(f"index out of range: {int(value)}")
    if value == size and kind:
        raise ValueError(f"reflect: {kind} index out of range")
    return int(value)


def _slice(item: Value, *indexes: Value) -> Value:
    kind = kind_of(item)
    if kind is Kind.NIL:
        raise ValueError("slice of untyped nil")
    if len(indexes) > 3:
        raise ValueError(f"too many slice indexes: {len(indexes)}")
    if kind is Kind.STRING and len(indexes) == 3:
        raise ValueError("cannot 3-index slice a string")
    if kind not in (Kind.STRING, Kind.SLICE):
        raise ValueError(f"can't slice item of type {type_name(item)}")
    data = go_bytes(item) if kind is Kind.STRING else item
    places = [_position(value, len(data)) for value in indexes]
    places += [0, len(data)][len(places) :]
    for low, high in pairwise(places):
        if low > high:
            raise ValueError(f"invalid slice index: {low} > {high}")
    part = data[places[0] : places[1]]
    return from_bytes(part) if kind is Kind.STRING else type(item)(part)


def _len(item: Value) -> int:
    kind = kind_of(item)
    if kind is Kind.NIL:
        raise ValueError("reflect: call of reflect.Value.Type on zero Value")
    if kind is Kind.STRING:
        return len(go_bytes(item))
    if kind in (Kind.SLICE, Kind.MAP):
        return len(item)
    raise ValueError(f"len of type {_pointed_at(item)}")


def _call(item: Value, *_args: Value) -> Value:
    """No value that a template can reach is a function, as in the programs whose templates these are."""
    if item is None:
        raise ValueError("call of nil")
    raise ValueError(f"non-function of type {type_name(item)}")


def _equal(budget: Budget, first: Value, *others: Value) -> bool:
    if not others:
        raise ValueError("missing argument for comparison")
    return any(_equals(budget, first, other) for other in others)


def _equals(budget: Budget, left: Value, right: Value) -> bool:
    kinds = kind_of(left), kind_of(right)
    if Kind.NIL in kinds:
        return left is right
    if kinds[0] is not kinds[1]:
        if _BASIC.isdisjoint(kinds):
            raise ValueError(
                f"non-comparable types {written(left, budget)}: {type_name(left)}, "
                f"{type_name(right)}: {written(right, budget)}"
            )
        raise ValueError(f"incompatible types for comparison: {type_name(left)} and {type_name(right)}")
    if kinds[0] in _BASIC:
        return bool(left == right)
    if not _comparable(right):
        raise ValueError(f"non-comparable type {written(right, budget)}: {type_name(right)}")
    if getattr(type(left), "go_pointer", False):
        return left is right
    return type(left) is type(right) and bool(left == right)


def _comparable(value: Value) -> bool:
    """Tell whether Go can compare it: no list or map, and nothing that holds one."""
    if kind_of(value) in (Kind.SLICE, Kind.MAP):
        return False
    pointer = getattr(type(value), "go_pointer", False)
    return pointer or all(_comparable(getter(value)) for getter in fields_of(value).values())


def _less(left: Value, right: Value) -> bool:
    kinds = kind_of(left), kind_of(right)
    if not _BASIC.issuperset(kinds):
        raise ValueError(_BAD_TYPE)
    if kinds[0] is not kinds[1]:
        raise ValueError(f"incompatible types for comparison: {type_name(left)} and {type_name(right)}")
    if kinds[0] not in _ORDERED:
        raise ValueError(_BAD_TYPE)
    if kinds[0] is Kind.STRING:
        return go_bytes(left) < go_bytes(right)
    return bool(left < right)


def _at_most(budget: Budget, left: Value, right: Value) -> bool:
    return _less(left, right) or _equals(budget, left, right)


def _of(call: Callable[..., Any], count: int, *, variadic: bool = False, counted: bool = False) -> Function:
    return Function(call, (VALUE,) * count, variadic=variadic, counted=counted)


LOGIC = ("and", "or")
"""Evaluated by the evaluator itself: their later arguments only where the earlier ones leave it open."""

BUILTINS: dict[str, Function] = {
    "and": _of(lambda *values: values[-1], 2, variadic=True),
    "or": _of(lambda *values: values[-1], 2, variadic=True),
    "not": _of(lambda value: not is_true(value), 1),
    "call": _of(_call, 2, variadic=True),
    "index": _of(_index, 2, variadic=True),
    "slice": _of(_slice, 2, variadic=True),
    "len": _of(_len, 1),
    "eq": _of(_equal, 2, variadic=True, counted=True),
    "ne": _of(lambda budget, left, right: not _equals(budget, left, right), 2, counted=True),
    "lt": _of(_less, 2),
    "le": _of(_at_most, 2, counted=True),
    "gt": _of(lambda budget, left, right: not _at_most(budget, left, right), 2, counted=True),
    "ge": _of(lambda left, right: not _less(left, right), 2),
}
"""Those of this module."""
