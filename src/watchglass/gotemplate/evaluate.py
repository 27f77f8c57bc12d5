"""The evaluator: trees and data in, text out.

Source: Go's text/template (exec.go): what each node means, which node an error names, and its messages.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchglass.errors import TemplateLimitError
from watchglass.gotemplate.expressions import Expressions
from watchglass.gotemplate.nodes import (
    Action,
    Block,
    Call,
    Control,
    Jump,
    Pipeline,
    Text,
    Tree,
)
from watchglass.gotemplate.printing import written
from watchglass.gotemplate.values import (
    Kind,
    Value,
    is_true,
    kind_of,
)
from watchglass.wire.quoting import go_quote


class Rendering(Expressions):
    """One run of a template; the arguments are those of Expressions."""

    def run(self, tree: Tree, data: Value) -> str:
        """What a template writes for the data.

        Raises:
            TemplateError: something in it cannot be evaluated.
            TemplateLimitError: it takes more than a limit allows.
        """
        self._enter(tree, data)
        try:
            self._block(data, tree.root)
        except RecursionError:
            raise TemplateLimitError(f"template: {tree.name}: nested too deep") from None
        return "".join(self._out)

    # Statements. They return the keyword of a jump that is under way.

    def _block(self, dot: Value, block: Block) -> str | None:
        for node in block.nodes:
            self._budget.step()
            self._node = node
            jump = self._statement(dot, node)
            if jump:
                return jump
        return None

    def _statement(self, dot: Value, node: Text | Action | Control | Jump | Call) -> str | None:
        match node:
            case Text():
                self._write(node.text)
            case Action():
                value = self._pipeline(dot, node.pipeline)
                if not node.pipeline.variables:
                    self._node = node
                    self._write(written(value, self._budget))
            case Control(keyword="range"):
                return self._range(dot, node)
            case Control():
                return self._if_or_with(dot, node)
            case Call():
                self._call(dot, node)
            case Jump():
                return node.keyword
        return None

    def _write(self, text: str) -> None:
        self._budget.write(len(text))
        self._out.append(text)

    def _if_or_with(self, dot: Value, node: Control) -> str | None:
        mark = len(self._variables)
        self._deeper()
        value = self._pipeline(dot, node.pipeline)
        jump = None
        if is_true(value):
            jump = self._block(value if node.keyword == "with" else dot, node.body)
        elif node.otherwise:
            jump = self._block(dot, node.otherwise)
        self._depth -= 1
        del self._variables[mark:]
        return jump

    def _range(self, dot: Value, node: Control) -> str | None:
        outside = len(self._variables)
        self._deeper()
        items, jump = self._items(node, self._pipeline(dot, node.pipeline)), None
        mark, empty = len(self._variables), True
        for key, item in items:
            empty = False
            self._budget.step()
            self._set_loop_variables(node.pipeline, mark, key, item)
            ended = self._block(item, node.body)
            del self._variables[mark:]
            if ended == "break":
                break
        if empty and node.otherwise:
            jump = self._block(dot, node.otherwise)
        self._depth -= 1
        del self._variables[outside:]
        return None if jump == "break" else jump  # a break in the else ends this range, as in Go

    def _items(self, node: Control, value: Value) -> Iterable[tuple[Value, Value]]:
        """Keys and values of what is ranged over."""
        match kind_of(value):
            case Kind.NIL:
                return ()
            case Kind.SLICE:
                return enumerate(value)
            case Kind.MAP:
                return sorted(value.items(), key=lambda pair: pair[0])
            case Kind.INT if len(node.pipeline.variables) < 2:
                return ((None, number) for number in range(value))
            case Kind.INT:
                raise self._error(f"can't use {value} to iterate over more than one variable")
        raise self._error(f"range can't iterate over {written(value, self._budget)}")

    def _set_loop_variables(self, pipeline: Pipeline, mark: int, key: Value, item: Value) -> None:
        """Of one variable the item, of two the key and the item."""
        values = (key, item) if len(pipeline.variables) > 1 else (item,)
        for place, (variable, value) in enumerate(zip(pipeline.variables, values, strict=False)):
            if pipeline.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables[mark - len(pipeline.variables) + place] = (variable.names[0], value)

    def _call(self, dot: Value, node: Call) -> None:
        tree = self._trees.get(node.name)
        if tree is None:
            raise self._error(f"template {go_quote(node.name)} not defined")
        data = self._pipeline(dot, node.pipeline) if node.pipeline else None
        outside = self._tree, self._variables
        self._deeper()
        self._enter(tree, data)
        self._block(data, tree.root)
        self._tree, self._variables = outside
        self._depth -= 1
