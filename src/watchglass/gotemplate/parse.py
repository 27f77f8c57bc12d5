"""The parser: a template's text in, its trees out, one for the text itself and one for each `define` and `block`.

Source: Go's text/template/parse: what it accepts, and its messages.
"""

from __future__ import annotations

from collections.abc import Collection

from watchglass.errors import TemplateLimitError
from watchglass.gotemplate.lex import (
    END,
    LEFT,
    RAW,
    RIGHT,
    STRING,
    TEXT,
    Token,
)
from watchglass.gotemplate.limits import Limits
from watchglass.gotemplate.nodes import (
    Action,
    Block,
    Call,
    Control,
    Jump,
    Statement,
    Text,
    Tree,
    is_empty,
)
from watchglass.gotemplate.parse_pipeline import PipelineParser
from watchglass.wire.quoting import go_quote


def parse(name: str, text: str, functions: Collection[str], limits: Limits | None = None) -> dict[str, Tree]:
    """The trees of a template's text by name; that of the text itself is among them.

    Raises:
        TemplateError: it is no template, or calls a function that is not among `functions`.
        TemplateLimitError: it is longer, or nested deeper, than the limits allow.
    """
    limits = limits or Limits()
    if len(text) > limits.source_chars:
        raise TemplateLimitError(f"template: {name}: longer than {limits.source_chars} characters")
    return _Parser(name, text, functions, limits).run()


class _Stop(Token):
    """The token of `else` or `end` at which a block stops; what it says of itself is in `text`."""


class _Parser(PipelineParser):
    """The state: what is being defined, and how many loops are around."""

    def __init__(self, name: str, text: str, functions: Collection[str], limits: Limits) -> None:
        super().__init__(name, text, functions, limits)
        self._loops = 0
        self._trees: dict[str, Tree] = {}

    def run(self) -> dict[str, Tree]:
        root = Block(0, [])
        while self._peek().kind != END:
            if self._at_definition():
                self._definition()
                continue
            node = self._text_or_action()
            if isinstance(node, _Stop):
                raise self._error(f"unexpected {node.text}")
            root.nodes.append(node)
        self._add(self._name, root)
        return self._trees

    # Statements.

    def _at_definition(self) -> bool:
        if self._peek().kind != LEFT:
            return False
        begin = self._at
        self._next()
        if self._next_word().kind == "define":
            return True
        self._at = begin
        return False

    def _definition(self) -> None:
        context = "define clause"
        name = self._unquoted(self._expect((STRING, RAW), context))
        self._expect((RIGHT,), context)
        self._add(name, self._scope(context))

    def _scope(self, context: str) -> Block:
        """The body of a definition, up to its `end`; it sees no variables from outside."""
        outside = self._variables, self._loops
        self._variables, self._loops = ["$"], 0
        body, stop = self._block()
        if stop.kind != "end":
            raise self._error(f"unexpected {stop.text} in {context}")
        self._variables, self._loops = outside
        return body

    def _add(self, name: str, root: Block) -> None:
        known = self._trees.get(name)
        if known is None or is_empty(known.root):
            self._trees[name] = Tree(name, self._name, self._text, root)
        elif not is_empty(root):
            raise self._error(f"template: multiple definition of template {go_quote(name)}")

    def _block(self) -> tuple[Block, _Stop]:
        block = Block(self._peek_word().start, [])
        with self._nested():
            while self._peek_word().kind != END:
                node = self._text_or_action()
                if isinstance(node, _Stop):
                    return block, node
                block.nodes.append(node)
        raise self._error("unexpected EOF")

    def _text_or_action(self) -> Statement | _Stop:
        token = self._next_word()
        if token.kind == TEXT:
            return Text(token.start, token.text)
        if token.kind != LEFT:
            raise self._unexpected(token, "input")
        self._action = token
        node = self._action_or_stop()
        self._action = None
        return node

    def _action_or_stop(self) -> Statement | _Stop:
        token = self._next_word()
        match token.kind:
            case "if" | "range" | "with":
                return self._control(token.kind)
            case "else" | "end":
                return self._stop(token.kind)
            case "break" | "continue":
                return self._jump(token)
            case "template":
                return self._call()
            case "block":
                return self._defined_call()
        self._at -= 1
        return Action(token.start, self._pipeline("command", RIGHT))

    def _stop(self, keyword: str) -> _Stop:
        following = self._peek_word()
        if keyword == "else" and following.kind in ("if", "with"):
            return _Stop(keyword, "{{else}}", following.start)
        end = self._expect((RIGHT,), keyword)
        return _Stop(keyword, f"{{{{{keyword}}}}}", end.start)

    def _jump(self, keyword: Token) -> Jump:
        shown = f"{{{{{keyword.text}}}}}"
        self._expect((RIGHT,), shown)
        if not self._loops:
            raise self._error(f"{shown} outside {{{{range}}}}")
        return Jump(keyword.start, keyword.text)

    def _control(self, keyword: str) -> Control:
        outside = len(self._variables)
        pipeline = self._pipeline(keyword, RIGHT)
        self._loops += keyword == "range"
        body, stop = self._block()
        self._loops -= keyword == "range"
        otherwise = self._otherwise(keyword, stop) if stop.kind == "else" else None
        del self._variables[outside:]
        return Control(pipeline.start, keyword, pipeline, body, otherwise)

    def _otherwise(self, keyword: str, stop: _Stop) -> Block:
        if keyword != "range" and self._peek().kind == keyword:  # else if: as else and if, with one end for both
            self._next()
            with self._nested():
                return Block(stop.start, [self._control(keyword)])
        otherwise, end = self._block()
        if end.kind != "end":
            raise self._error(f"expected end; found {end.text}")
        return otherwise

    def _call(self) -> Call:
        context = "template clause"
        token = self._expect((STRING, RAW), context)
        name = self._unquoted(token)
        if self._next_word().kind == RIGHT:
            return Call(token.start, name, None)
        self._at -= 1
        return Call(token.start, name, self._pipeline(context, RIGHT))

    def _defined_call(self) -> Call:
        context = "block clause"
        token = self._expect((STRING, RAW), context)
        name = self._unquoted(token)
        pipeline = self._pipeline(context, RIGHT)
        self._add(name, self._scope(context))
        return Call(token.start, name, pipeline)
