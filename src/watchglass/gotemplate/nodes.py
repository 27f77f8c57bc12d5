"""The tree of a parsed template. `str(node)` is the node as Go writes it in its error messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from watchglass.wire.quoting import go_quote


@dataclass(slots=True, eq=False)
class Node:
    """A part of a template; `start` is the index of its first character in the text."""

    start: int


@dataclass(slots=True, eq=False)
class Text(Node):
    """Text that is written as it stands."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True, eq=False)
class Dot(Node):
    """The cursor, `.`."""

    def __str__(self) -> str:
        return "."


@dataclass(slots=True, eq=False)
class Nil(Node):
    """The constant `nil`."""

    def __str__(self) -> str:
        return "nil"


@dataclass(slots=True, eq=False)
class Bool(Node):
    """`true` or `false`."""

    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(slots=True, eq=False)
class Number(Node):
    """A numeric constant, as each type that can hold it; None where a type cannot.

    `value` is what it is where no type is asked for; None where it does not fit into Go's int.
    """

    text: str
    value: int | float | complex | None
    integer: int | None
    real: float | None

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True, eq=False)
class String(Node):
    """A text constant: `quoted` as written."""

    quoted: str
    value: str

    def __str__(self) -> str:
        return self.quoted


@dataclass(slots=True, eq=False)
class Identifier(Node):
    """The name of a function."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class Field(Node):
    """`.A.B`: fields of the cursor."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(slots=True, eq=False)
class Variable(Node):
    """`$name.A.B`: a variable, and fields of it; `names[0]` has its dollar."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(slots=True, eq=False)
class Chain(Node):
    """`(pipeline).A.B`: fields of what is not a field or variable itself."""

    operand: Operand
    names: tuple[str, ...]

    def __str__(self) -> str:
        operand = f"({self.operand})" if isinstance(self.operand, Pipeline) else str(self.operand)
        return operand + "".join(f".{name}" for name in self.names)


@dataclass(slots=True, eq=False)
class Command(Node):
    """An operand and its arguments, separated by spaces."""

    operands: list[Operand]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Pipeline) else str(part) for part in self.operands)


@dataclass(slots=True, eq=False)
class Pipeline(Node):
    """Commands, each given the value of the one before; and the variables that take the last value."""

    commands: list[Command] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    assigns: bool = False  # `=`, not `:=`

    def __str__(self) -> str:
        commands = " | ".join(map(str, self.commands))
        if not self.variables:
            return commands
        return f"{', '.join(map(str, self.variables))} {'=' if self.assigns else ':='} {commands}"


Operand = Dot | Nil | Bool | Number | String | Identifier | Field | Variable | Chain | Pipeline


@dataclass(slots=True, eq=False)
class Action(Node):
    """`{{pipeline}}`: its value is written."""

    pipeline: Pipeline

    def __str__(self) -> str:
        return f"{{{{{self.pipeline}}}}}"


@dataclass(slots=True, eq=False)
class Block(Node):
    """What stands between two actions of a control structure, or the whole template."""

    nodes: list[Statement]

    def __str__(self) -> str:
        return "".join(map(str, self.nodes))


@dataclass(slots=True, eq=False)
class Control(Node):
    """`if`, `with` or `range`."""

    keyword: str
    pipeline: Pipeline
    body: Block
    otherwise: Block | None

    def __str__(self) -> str:
        otherwise = "" if self.otherwise is None else f"{{{{else}}}}{self.otherwise}"
        return f"{{{{{self.keyword} {self.pipeline}}}}}{self.body}{otherwise}{{{{end}}}}"


@dataclass(slots=True, eq=False)
class Jump(Node):
    """`break` or `continue`."""

    keyword: str

    def __str__(self) -> str:
        return f"{{{{{self.keyword}}}}}"


@dataclass(slots=True, eq=False)
class Call(Node):
    """`{{template "name" pipeline}}`."""

    name: str
    pipeline: Pipeline | None

    def __str__(self) -> str:
        given = "" if self.pipeline is None else f" {self.pipeline}"
        return f"{{{{template {go_quote(self.name)}{given}}}}}"


Statement = Text | Action | Control | Jump | Call


@dataclass(slots=True, eq=False)
class Tree:
    """One named template, and the whole text that it was read from: messages count lines and columns in it."""

    name: str
    parse_name: str
    source: str
    root: Block

    def place(self, node: Node) -> str:
        """`name:line:column` of a node, the column counted in bytes from 0."""
        before = self.source[: node.start]
        line_start = before.rfind("\n") + 1
        return f"{self.parse_name}:{before.count(chr(10)) + 1}:{len(before[line_start:].encode('utf-8', 'replace'))}"


def is_empty(block: Block) -> bool:
    """Tell whether there is nothing but space: such a definition never replaces another."""
    return all(isinstance(node, Text) and not node.text.strip(" \t\n\v\f\r\x85\xa0") for node in block.nodes)
