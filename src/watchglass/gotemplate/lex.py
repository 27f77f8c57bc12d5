"""The tokeniser of templates: text and, between `{{` and `}}`, the words of actions.

Positions are indices into the text. What cannot be read becomes one last token of kind ERROR: whether it is the first
error of the template is the parser's to say. Kinds and messages are those of Go's text/template/parse.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from watchglass.wire.quoting import go_quote, go_quote_code_point

TEXT = "text"
LEFT = "{{"
RIGHT = "}}"
SPACE = "space"
WORD = "identifier"
FIELD = "field"
VARIABLE = "variable"
DOT = "."
NIL = "nil"
BOOL = "bool"
NUMBER = "number"
COMPLEX = "complex"
CHARACTER = "character"
STRING = "string"
RAW = "raw string"
SYMBOL = "symbol"
ASSIGN = "="
DECLARE = ":="
PIPE = "|"
OPEN = "("
CLOSE = ")"
ERROR = "error"
END = "EOF"

KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"})
"""Each is the kind of its own token; so are `nil` and `.`."""


class Token(NamedTuple):
    """A token: its kind, its text as written (of an ERROR, the message), and where it begins."""

    kind: str
    text: str
    start: int


def describe(token: Token) -> str:
    """The token as messages speak of it."""
    if token.kind in (END, ERROR):
        return token.text
    if token.kind in KEYWORDS or token.kind in (NIL, DOT):
        return f"<{token.text}>"
    return go_quote(token.text) if len(token.text.encode()) <= _MAX_SHOWN else _cut(token.text)


_MAX_SHOWN = 10


def _cut(text: str) -> str:
    return go_quote(text[:_MAX_SHOWN]) + "..."


_SPACES = " \t\r\n"
_TRIMS_LEFT = re.compile(r"-[ \t\r\n]")
_RIGHT = re.compile(r"(?:[ \t\r\n]-)?\}\}")
_COMMENT = re.compile(r"(?:-[ \t\r\n])?/\*")
_SPACE_RUN = re.compile(r"[ \t\r\n]+?(?=[ \t\r\n]-\}\})|[ \t\r\n]+")
_ALPHANUMERIC = re.compile(r"\w*")
_NUMBER = re.compile(
    r"""[+-]? (?: 0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?
                | 0[oO][0-7_]*(?:\.[0-7_]*)? | 0[bB][01_]*(?:\.[01_]*)?
                | [0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)? ) i?""",
    re.VERBOSE,
)
_QUOTED = {
    '"': (STRING, re.compile(r'"(?:[^"\\\n]|\\[^\n])*+"'), "unterminated quoted string"),
    "'": (CHARACTER, re.compile(r"'(?:[^'\\\n]|\\[^\n])*+'"), "unterminated character constant"),
    "`": (RAW, re.compile(r"`[^`]*`"), "unterminated raw quoted string"),
}
_TERMINATORS = frozenset(" \t\r\n.,|:)(")
_DIGITS = frozenset("0123456789")
_SINGLE = {"=": ASSIGN, "|": PIPE}


class _UnreadableError(Exception):
    """The template's text cannot be read here."""


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a template, one by one; the last is END or ERROR."""
    lexer = _Lexer(text)
    try:
        yield from lexer.run()
    except _UnreadableError as error:
        yield Token(ERROR, str(error), lexer.start)


class _Lexer:
    """The state: where the token under way begins, and how many parentheses are open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = 0
        self._open = 0

    def run(self) -> Iterator[Token]:
        text, trim = self.text, False
        while True:
            left = text.find("{{", self.start)
            body = text[self.start : left if left >= 0 else len(text)]
            begin = self.start
            if trim:
                kept = body.lstrip(_SPACES)
                begin += len(body) - len(kept)
                body = kept
            if left >= 0 and _TRIMS_LEFT.match(text, left + 2):
                body = body.rstrip(_SPACES)
            if body:
                yield Token(TEXT, body, begin)
            if left < 0:
                break
            comment = _COMMENT.match(text, left + 2)
            if comment:
                self.start = comment.end() - 2
                trim = self._skip_comment(comment.end())
                continue
            yield Token(LEFT, "{{", left)
            self.start = left + 4 if _TRIMS_LEFT.match(text, left + 2) else left + 2
            trim = yield from self._action()
        yield Token(END, "EOF", len(text))

    def _skip_comment(self, inside: int) -> bool:
        end = self.text.find("*/", inside)
        if end < 0:
            raise _UnreadableError("unclosed comment")
        right = _RIGHT.match(self.text, end + 2)
        if right is None:
            raise _UnreadableError("comment ends before closing delimiter")
        self.start = right.end()
        return len(right[0]) > 2

    def _action(self) -> Generator[Token, None, bool]:
        """The tokens of an action; returns whether the text after it is trimmed."""
        self._open = 0
        while True:
            right = _RIGHT.match(self.text, self.start)
            if right:
                if self._open:
                    raise _UnreadableError("unclosed left paren")
                yield Token(RIGHT, "}}", right.end() - 2)
                self.start = right.end()
                return len(right[0]) > 2
            token = self._word()
            self.start += len(token.text)
            yield token

    def _word(self) -> Token:
        text, at = self.text, self.start
        if at >= len(text):
            raise _UnreadableError("unclosed action")
        char = text[at]
        if char in _SPACES:
            return self._token(SPACE, _SPACE_RUN)
        if char in _QUOTED:
            kind, pattern, fault = _QUOTED[char]
            if not pattern.match(text, at):
                raise _UnreadableError(fault)
            return self._token(kind, pattern)
        if char == "$" or (char == "." and text[at + 1 : at + 2] not in _DIGITS):
            return self._field(VARIABLE if char == "$" else FIELD)
        if char in "+-." or char in _DIGITS:
            return self._number()
        if char == "_" or char.isalnum():
            return self._name()
        return self._punctuation(char)

    def _token(self, kind: str, pattern: re.Pattern[str]) -> Token:
        match = pattern.match(self.text, self.start)
        assert match is not None
        return Token(kind, match[0], self.start)

    def _punctuation(self, char: str) -> Token:
        if char == ":":
            if self.text[self.start + 1 : self.start + 2] != "=":
                raise _UnreadableError("expected :=")
            return Token(DECLARE, ":=", self.start)
        if char == "(":
            self._open += 1
            return Token(OPEN, char, self.start)
        if char == ")":
            self._open -= 1
            if self._open < 0:
                raise _UnreadableError("unexpected right paren")
            return Token(CLOSE, char, self.start)
        if not (char.isascii() and char.isprintable()):
            raise _UnreadableError(f"unrecognized character in action: {go_quote_code_point(char)}")
        return Token(_SINGLE.get(char, SYMBOL), char, self.start)

    def _field(self, kind: str) -> Token:
        name = self._terminated(self._run_from(self.start + 1))
        return Token(DOT if name == "." else kind, name, self.start)

    def _name(self) -> Token:
        name = self._terminated(self._run_from(self.start))
        if name in KEYWORDS or name == NIL:
            return Token(name, name, self.start)
        return Token(BOOL if name in ("true", "false") else WORD, name, self.start)

    def _run_from(self, at: int) -> int:
        match = _ALPHANUMERIC.match(self.text, at)
        assert match is not None
        return match.end()

    def _terminated(self, end: int) -> str:
        """The token up to `end`, where something must stand that may follow a name."""
        follows = self.text[end : end + 1]
        if follows and follows not in _TERMINATORS and not self.text.startswith("}}", end):
            raise _UnreadableError(f"bad character {go_quote_code_point(follows)}")
        return self.text[self.start : end]

    def _number(self) -> Token:
        kind, end = NUMBER, self._end_of_number(self.start)
        if self.text[end : end + 1] in ("+", "-"):
            kind, end = COMPLEX, self._end_of_number(end)
            if self.text[end - 1] != "i":
                raise _UnreadableError(f"bad number syntax: {go_quote(self.text[self.start : end])}")
        return Token(kind, self.text[self.start : end], self.start)

    def _end_of_number(self, at: int) -> int:
        match = _NUMBER.match(self.text, at)
        assert match is not None
        follows = self.text[match.end() : match.end() + 1]
        if follows == "_" or follows.isalnum():
            raise _UnreadableError(f"bad number syntax: {go_quote(self.text[self.start : match.end() + 1])}")
        return match.end()
