"""Values of templates: what Go's kinds and types are in Python, and how data declare what a template may see of them.

A template sees None, bool, int, float, complex, str, lists, mappings, and objects that declare their fields and methods.
A class declares what it is to Go by class attributes, all of them optional:

    go_type       the name of its type, as messages and `%T` have it
    go_underlying the type it is made of, if it is a named list, map, text or number: such a value is taken where that is wanted
    go_fields     its exported fields: name to getter, in the order in which they are printed
    go_methods    its methods: name to Function, called with the object first
    go_string     a function that writes it: Go's String method
    go_zero       of a mapping: what a missing key has (None: no value at all)
    go_pointer    it is handled by pointer: printed inside others it shows `&`

Nothing else of an object can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

Value = Any
"""One of the above."""


class Kind(Enum):
    """What a value is made of."""

    NIL = "nil"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float64"
    COMPLEX = "complex128"
    STRING = "string"
    SLICE = "slice"
    MAP = "map"
    STRUCT = "struct"
    FUNCTION = "func"
    INTERFACE = "interface"


@dataclass(frozen=True, slots=True)
class Type:
    """A parameter's type: its name in Go, what it is made of, and what `nil` becomes where it is wanted (None: refused)."""

    name: str
    kind: Kind
    zero: Callable[[], Value] | None = None

    def accepts(self, value: Value) -> bool:
        """Tell whether a value may be given for it as it is."""
        return self.kind is Kind.INTERFACE or self.name in (type_name(value), underlying(value))


class StringList(list[str]):
    """Go's []string."""

    go_type: ClassVar[str] = "[]string"


class StringMap(dict[str, str]):
    """Go's map[string]string: a missing key has the value ""."""

    go_type: ClassVar[str] = "map[string]string"
    go_zero: ClassVar[str] = ""


def _none() -> None:
    return None


STRING = Type("string", Kind.STRING)
INT = Type("int", Kind.INT)
FLOAT = Type("float64", Kind.FLOAT)
BOOL = Type("bool", Kind.BOOL)
ANY = Type("interface {}", Kind.INTERFACE, _none)
VALUE = Type("reflect.Value", Kind.INTERFACE, _none)  # as interface {}, but messages differ
STRINGS = Type("[]string", Kind.SLICE, StringList)
ANYS = Type("[]interface {}", Kind.SLICE, list)


@dataclass(frozen=True, slots=True)
class Function:
    """What a template can call. Only positional arguments of the declared types are ever given.

    Attributes:
        call: the function; it raises ValueError for what Go returns as an error.
        parameters: types of the parameters; of a variadic one, the last may be given any number of times.
        variadic: see above.
        counted: it is given the rendering's Budget first, since it may build large texts.
    """

    call: Callable[..., Value]
    parameters: tuple[Type, ...] = ()
    variadic: bool = False
    counted: bool = False


_KINDS: tuple[tuple[type | tuple[type, ...], Kind], ...] = (
    (bool, Kind.BOOL),
    (str, Kind.STRING),
    (int, Kind.INT),
    (float, Kind.FLOAT),
    (Mapping, Kind.MAP),
    ((list, tuple), Kind.SLICE),
    (complex, Kind.COMPLEX),
    (Function, Kind.FUNCTION),
)
_NAMES = {
    Kind.SLICE: "[]interface {}",
    Kind.MAP: "map[string]interface {}",
    Kind.NIL: "<nil>",
    Kind.FUNCTION: "func()",
    Kind.STRUCT: "struct",
}


def kind_of(value: Value) -> Kind:
    """What a value is made of."""
    if value is None:
        return Kind.NIL
    for classes, kind in _KINDS:
        if isinstance(value, classes):
            return kind
    return Kind.STRUCT


def type_name(value: Value) -> str:
    """The name of its type in Go."""
    declared = getattr(type(value), "go_type", None)
    if declared is not None:
        return str(declared)
    kind = kind_of(value)
    return _NAMES.get(kind, kind.value)


def underlying(value: Value) -> str:
    """The type that a named list or map is made of; its own name otherwise."""
    return str(getattr(type(value), "go_underlying", None) or type_name(value))


def method_of(value: Value, name: str) -> Function | None:
    """Its method of that name."""
    methods: Mapping[str, Function] = getattr(type(value), "go_methods", _NOTHING)
    return methods.get(name)


def fields_of(value: Value) -> Mapping[str, Callable[[Any], Value]]:
    """Its fields: names and getters."""
    fields: Mapping[str, Callable[[Any], Value]] = getattr(type(value), "go_fields", _NOTHING)
    return fields


_NOTHING: Mapping[str, Any] = {}


def zero_of(mapping: Mapping[Any, Value]) -> Value:
    """What a key has that is not there."""
    return getattr(type(mapping), "go_zero", None)


def is_true(value: Value) -> bool:
    """Go templates' truth: zero, "", empty and nil are false, an object is true."""
    kind = kind_of(value)
    if kind in (Kind.STRUCT, Kind.FUNCTION):
        return True
    return bool(value)


def go_bytes(text: str) -> bytes:
    """A text's bytes; lone surrogates stand for bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    """The reverse."""
    return data.decode("utf-8", "surrogateescape")
