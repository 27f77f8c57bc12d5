"""Expressions of templates: the values of pipelines, fields, methods, calls and constants.

Source: Go's text/template (exec.go): what each node means, which node an error names, and its messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from watchglass.errors import TemplateError, TemplateLimitError, WatchglassError
from watchglass.gotemplate.builtins import LOGIC
from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Nil,
    Node,
    Number,
    Operand,
    Pipeline,
    String,
    Tree,
    Variable,
)
from watchglass.gotemplate.values import (
    ANY,
    Function,
    Kind,
    Type,
    Value,
    fields_of,
    is_true,
    method_of,
    type_name,
    zero_of,
)
from watchglass.wire.quoting import go_quote

MISSING_KEY_ERROR = "error"
MISSING_KEY_ZERO = "zero"
MISSING_KEY_DEFAULT = "default"


class _Absent:
    """There is no value before this one in the pipeline; nil would be one."""


_ABSENT: Any = _Absent()


class _Given(NamedTuple):
    """What a command gives to its first operand: the operands after it, and the value of the command before."""

    operands: Sequence[Operand] = ()
    final: Value = _ABSENT

    def size(self) -> int:
        return len(self.operands) + (self.final is not _ABSENT)


_NOTHING = _Given()


class Expressions:
    """The values of expressions, in one run of a template.

    Args:
        trees: the templates that may be called, by name.
        functions: what may be called, by name; the parser has seen to it that every name is there.
        budget: counts what it uses.
        missing_key: what a key that a map lacks has: `default` no value, `zero` its type's zero, `error` none at all.
    """

    def __init__(
        self, trees: Mapping[str, Tree], functions: Mapping[str, Function], budget: Budget, missing_key: str
    ) -> None:
        self._trees, self._functions, self._budget, self._missing_key = trees, functions, budget, missing_key
        self._out: list[str] = []
        self._depth = 0
        self._tree: Tree
        self._node: Node
        self._variables: list[tuple[str, Value]] = []

    def _enter(self, tree: Tree, data: Value) -> None:
        self._tree, self._node, self._variables = tree, tree.root, [("$", data)]

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > self._budget.limits.depth:
            raise TemplateLimitError(f"template: {self._tree.name}: nested deeper than {self._budget.limits.depth}")

    # Pipelines.

    def _pipeline(self, dot: Value, pipeline: Pipeline) -> Value:
        self._node = pipeline
        value = _ABSENT
        for command in pipeline.commands:
            value = self._command(dot, command, value)
        for variable in pipeline.variables:
            if pipeline.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables.append((variable.names[0], value))
        return value

    def _command(self, dot: Value, command: Command, final: Value) -> Value:
        first, given = command.operands[0], _Given(command.operands[1:], final)
        match first:
            case Identifier():
                return self._function(dot, first, command, given)
            case Field() | Variable() | Chain():
                return self._fields(dot, first, given)
            case Pipeline():
                self._refuse(first, given)
                return self._parenthesized(dot, first)
        self._node = first
        self._refuse(first, given)
        if isinstance(first, Nil):
            raise self._error("nil is not a command")
        return self._constant(dot, first)

    def _refuse(self, first: Operand, given: _Given) -> None:
        if given.size():
            raise self._error(f"can't give argument to non-function {first}")

    def _parenthesized(self, dot: Value, pipeline: Pipeline) -> Value:
        self._budget.step()
        self._deeper()
        value = self._pipeline(dot, pipeline)
        self._depth -= 1
        return value

    def _constant(self, dot: Value, node: Dot | Bool | Number | String | Nil) -> Value:
        match node:
            case Dot():
                return dot
            case Number(value=None):
                raise self._error(f"{node.text} overflows int")
            case Bool() | Number() | String():
                return node.value
        return None

    def _assign(self, name: str, value: Value) -> None:
        for place in range(len(self._variables) - 1, -1, -1):
            if self._variables[place][0] == name:
                self._variables[place] = (name, value)
                return
        raise self._error(f"undefined variable: {name}")

    def _variable(self, name: str) -> Value:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        raise self._error(f"undefined variable: {name}")

    # Fields and methods.

    def _fields(self, dot: Value, node: Field | Variable | Chain, given: _Given = _NOTHING) -> Value:
        """The value of a chain of fields; arguments are for the last, which is then a method."""
        self._node = node
        names = node.names
        if isinstance(node, Variable):
            value, names = self._variable(names[0]), names[1:]
            if not names:
                self._refuse(node, given)
                return value
        elif isinstance(node, Chain):
            if isinstance(node.operand, Nil):
                raise self._error(f"indirection through explicit nil in {node}")
            value = self._argument(dot, ANY, node.operand)
        else:
            value = dot
        for name in names[:-1]:
            value = self._field(dot, name, node, _NOTHING, value)
        return self._field(dot, names[-1], node, given, value)

    def _field(self, dot: Value, name: str, node: Node, given: _Given, receiver: Value) -> Value:
        if receiver is None:
            if self._missing_key == MISSING_KEY_ERROR:
                raise self._error(f"nil data; no entry for key {go_quote(name)}")
            return None
        method = method_of(receiver, name)
        if method:
            return self._invoke(dot, method, node, name, given, bound=(receiver,))
        getter = fields_of(receiver).get(name)
        if getter:
            if given.size():
                raise self._error(f"{name} has arguments but cannot be invoked as function")
            return getter(receiver)
        if isinstance(receiver, Mapping):
            if given.size():
                raise self._error(f"{name} is not a method but has arguments")
            return receiver[name] if name in receiver else self._missing(receiver, name)
        raise self._error(f"can't evaluate field {name} in type {type_name(receiver)}")

    def _missing(self, mapping: Mapping[Any, Value], name: str) -> Value:
        if self._missing_key == MISSING_KEY_ERROR:
            raise self._error(f"map has no entry for key {go_quote(name)}")
        return zero_of(mapping) if self._missing_key == MISSING_KEY_ZERO else None

    # Calls.

    def _function(self, dot: Value, node: Identifier, at: Node, given: _Given = _NOTHING) -> Value:
        self._node = node
        function = self._functions.get(node.name)
        if function is None:
            raise self._error(f"{go_quote(node.name)} is not a defined function")
        return self._invoke(dot, function, at, node.name, given)

    def _invoke(
        self, dot: Value, function: Function, node: Node, name: str, given: _Given, *, bound: tuple[Value, ...] = ()
    ) -> Value:
        self._budget.step()
        self._check_count(function, name, given)
        if name in LOGIC and not bound:
            return self._logic(dot, name, given)
        types = [_type_at(function, place) for place in range(given.size())]
        values = [self._argument(dot, wanted, part) for wanted, part in zip(types, given.operands, strict=False)]
        if given.final is not _ABSENT:
            values.append(self._accepted(given.final, types[-1]))
        return self._called(function, node, name, (*bound, *values))

    def _called(self, function: Function, node: Node, name: str, given: tuple[Value, ...]) -> Value:
        try:
            value = function.call(self._budget, *given) if function.counted else function.call(*given)
        except TemplateLimitError:
            raise
        except (ValueError, WatchglassError) as error:
            self._node = node
            raise self._error(f"error calling {name}: {error}") from None
        self._budget.look_at_time()
        if isinstance(value, str):
            self._budget.keep(len(value))
        return value

    def _check_count(self, function: Function, name: str, given: _Given) -> None:
        wanted, count = len(function.parameters), given.size()
        if function.variadic and count < wanted - 1:
            raise self._error(f"wrong number of args for {name}: want at least {wanted - 1} got {len(given.operands)}")
        if not function.variadic and count != wanted:
            raise self._error(f"wrong number of args for {name}: want {wanted} got {count}")

    def _logic(self, dot: Value, name: str, given: _Given) -> Value:
        value = None
        for operand in given.operands:
            value = self._argument(dot, ANY, operand)
            if is_true(value) == (name == "or"):
                return value
        return value if given.final is _ABSENT else given.final

    def _argument(self, dot: Value, wanted: Type, node: Operand) -> Value:
        """The value of an argument for a parameter of a type."""
        self._node = node
        match node:
            case Dot():
                return self._accepted(dot, wanted)
            case Nil():
                if wanted.zero is None:
                    raise self._error(f"cannot assign nil to {wanted.name}")
                return wanted.zero()
            case Field() | Variable() | Chain():
                return self._accepted(self._fields(dot, node), wanted)
            case Pipeline():
                return self._accepted(self._parenthesized(dot, node), wanted)
            case Identifier():
                return self._accepted(self._function(dot, node, node), wanted)
        return self._constant_for(wanted, node)

    def _constant_for(self, wanted: Type, node: Bool | Number | String) -> Value:
        match wanted.kind:
            case Kind.INTERFACE:
                return self._constant(None, node)
            case Kind.STRING if isinstance(node, String):
                return node.value
            case Kind.BOOL if isinstance(node, Bool):
                return node.value
            case Kind.INT if isinstance(node, Number) and node.integer is not None:
                return node.integer
            case Kind.FLOAT if isinstance(node, Number) and node.real is not None:
                return node.real
        expected = _EXPECTED.get(wanted.kind)
        if expected:
            raise self._error(f"expected {expected}; found {node}")
        raise self._error(f"can't handle {node} for arg of type {wanted.name}")

    def _accepted(self, value: Value, wanted: Type) -> Value:
        """A value as a parameter of a type takes it."""
        if value is None:
            if wanted.zero is None:
                raise self._error(f"invalid value; expected {wanted.name}")
            return wanted.zero()
        if not wanted.accepts(value):
            raise self._error(f"wrong type for value; expected {wanted.name}; got {type_name(value)}")
        return value

    def _error(self, message: str) -> TemplateError:
        place = self._tree.place(self._node)
        return TemplateError(f"template: {place}: executing {go_quote(self._tree.name)} at <{self._node}>: {message}")


_EXPECTED = {Kind.STRING: "string", Kind.BOOL: "bool", Kind.INT: "integer", Kind.FLOAT: "float"}


def _type_at(function: Function, place: int) -> Type:
    """The type of an argument; those beyond the parameters have that of the last."""
    return function.parameters[min(place, len(function.parameters) - 1)]
