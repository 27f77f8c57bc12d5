"""The parser of pipelines, and what all of the parser shares: tokens looked at ahead, variables in scope, errors.

Source: Go's text/template/parse: what it accepts, and its messages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from watchglass.errors import TemplateError, TemplateLimitError
from watchglass.gotemplate.constants import number_of, unquote
from watchglass.gotemplate.lex import (
    ASSIGN,
    BOOL,
    CHARACTER,
    CLOSE,
    COMPLEX,
    DECLARE,
    DOT,
    END,
    ERROR,
    FIELD,
    NIL,
    NUMBER,
    OPEN,
    PIPE,
    RAW,
    RIGHT,
    SPACE,
    STRING,
    SYMBOL,
    VARIABLE,
    WORD,
    Token,
    describe,
    tokens_of,
)
from watchglass.gotemplate.limits import Limits
from watchglass.gotemplate.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Nil,
    Number,
    Operand,
    Pipeline,
    String,
    Variable,
)
from watchglass.wire.quoting import go_quote

_CONSTANTS = (Bool, Dot, Nil, Number, String)
_OPERANDS = frozenset({BOOL, CHARACTER, COMPLEX, DOT, FIELD, NIL, NUMBER, OPEN, RAW, STRING, VARIABLE, WORD})


class PipelineParser:
    """The state: the tokens read so far, the variables in scope, and how deep it is."""

    def __init__(self, name: str, text: str, functions: Collection[str], limits: Limits) -> None:
        self._name, self._text, self._functions, self._limits = name, text, functions, limits
        self._coming = tokens_of(text)
        self._tokens: list[Token] = []
        self._at = 0
        self._variables = ["$"]
        self._depth = 0
        self._action: Token | None = None  # that is being read

    # Tokens.

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            self._tokens.append(next(self._coming, self._tokens[-1] if self._tokens else Token(END, "EOF", 0)))
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> Token:
        token = self._next()
        self._at -= 1
        return token

    def _next_word(self) -> Token:
        token = self._next()
        while token.kind == SPACE:
            token = self._next()
        return token

    def _peek_word(self) -> Token:
        token = self._next_word()
        self._at -= 1
        return token

    def _line(self, token: Token) -> int:
        return self._text.count("\n", 0, token.start) + 1

    def _error(self, message: str) -> TemplateError:
        return TemplateError(f"template: {self._name}:{self._line(self._tokens[-1])}: {message}")

    def _unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind != ERROR:
            return self._error(f"unexpected {describe(token)} in {context}")
        began = ""
        if self._action and self._line(self._action) != self._line(token):
            began = f" in action started at {self._name}:{self._line(self._action)}"
            if token.text.endswith(" action"):
                began = began.removeprefix(" in action")
        return self._error(token.text + began)

    def _expect(self, kinds: tuple[str, ...], context: str) -> Token:
        token = self._next_word()
        if token.kind not in kinds:
            raise self._unexpected(token, context)
        return token

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > self._limits.depth:
            raise TemplateLimitError(f"template: {self._name}: nested deeper than {self._limits.depth}")
        yield
        self._depth -= 1

    # Pipelines.

    def _pipeline(self, context: str, end: str) -> Pipeline:
        pipeline = Pipeline(self._peek_word().start)
        with self._nested():
            self._declarations(pipeline, context)
            while True:
                token = self._next_word()
                if token.kind == end:
                    self._check(pipeline, context)
                    return pipeline
                if token.kind not in _OPERANDS:
                    raise self._unexpected(token, context)
                self._at -= 1
                pipeline.commands.append(self._command())

    def _declarations(self, pipeline: Pipeline, context: str) -> None:
        """`$x :=`, `$x =` and, for range, `$i, $x :=`; a variable alone is an operand."""
        while self._peek_word().kind == VARIABLE:
            begin = self._at
            variable = self._next()
            following = self._next_word()
            comma = following.kind == SYMBOL and following.text == ","
            if not comma and following.kind not in (ASSIGN, DECLARE):
                self._at = begin
                return
            pipeline.variables.append(Variable(variable.start, (variable.text,)))
            self._variables.append(variable.text)
            if not comma:
                pipeline.assigns = following.kind == ASSIGN
                return
            if context != "range" or len(pipeline.variables) > 1:
                raise self._error(f"too many declarations in {context}")
            if self._peek_word().kind not in (VARIABLE, RIGHT, CLOSE):
                raise self._error("range can only initialize variables")

    def _check(self, pipeline: Pipeline, context: str) -> None:
        if not pipeline.commands:
            raise self._error(f"missing value for {context}")
        for stage, command in enumerate(pipeline.commands[1:], 2):
            first = command.operands[0]
            if isinstance(first, _CONSTANTS):
                raise self._error(f"non executable command in pipeline stage {stage}")

    def _command(self) -> Command:
        command = Command(self._peek_word().start, [])
        while True:
            self._peek_word()
            operand = self._operand()
            if operand is not None:
                command.operands.append(operand)
            token = self._next()
            if token.kind == SPACE:
                continue
            if token.kind in (RIGHT, CLOSE):
                self._at -= 1
            elif token.kind != PIPE:
                raise self._unexpected(token, "operand")
            if not command.operands:
                raise self._error("empty command")
            return command

    def _operand(self) -> Operand | None:
        """A term and the fields that follow it; None where what comes is no term."""
        term = self._term()
        if term is None or self._peek().kind != FIELD:
            return term
        start, names = self._peek().start, []
        while self._peek().kind == FIELD:
            names.append(self._next().text[1:])
        if isinstance(term, Field):
            return Field(start, (*term.names, *names))
        if isinstance(term, Variable):
            return Variable(start, (*term.names, *names))
        if isinstance(term, _CONSTANTS):
            raise self._error(f"unexpected . after term {go_quote(str(term))}")
        return Chain(start, term, tuple(names))

    def _term(self) -> Operand | None:
        token = self._next_word()
        match token.kind:
            case "identifier":
                if token.text not in self._functions:
                    raise self._error(f"function {go_quote(token.text)} not defined")
                return Identifier(token.start, token.text)
            case ".":
                return Dot(token.start)
            case "nil":
                return Nil(token.start)
            case "variable":
                return self._variable(token)
            case "field":
                return Field(token.start, (token.text[1:],))
            case "bool":
                return Bool(token.start, token.text == "true")
            case "number" | "complex" | "character" | "string" | "raw string":
                return self._constant(token)
            case "(":
                return self._pipeline("parenthesized pipeline", CLOSE)
        self._at -= 1
        return None

    def _variable(self, token: Token) -> Variable:
        if token.text not in self._variables:
            raise self._error(f"undefined variable {go_quote(token.text)}")
        return Variable(token.start, (token.text,))

    def _constant(self, token: Token) -> Operand:
        try:
            if token.kind in (STRING, RAW):
                return String(token.start, token.text, unquote(token))
            return number_of(token)
        except ValueError as error:
            raise self._error(str(error)) from None

    def _unquoted(self, token: Token) -> str:
        try:
            return unquote(token)
        except ValueError as error:
            raise self._error(str(error)) from None
