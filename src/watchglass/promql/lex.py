"""The tokeniser: the text of a query in, a list of tokens out.

Positions are byte offsets, so the lexer works on the query's UTF-8 bytes, seen through Latin-1 as a string of the same
length. What cannot be read becomes one last token of kind ERROR: whether it is the query's first error is the parser's
to say. The states (statements, braces, brackets) and the messages are those of prometheus/prometheus, promql/parser/lex.go.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from watchglass.promql.ast import AGGREGATORS, SET_OPERATORS
from watchglass.promql.kinds import (
    DURATION,
    DURATION_WORDS,
    END,
    ERROR,
    FILLS,
    IDENTIFIER,
    METRIC_IDENTIFIER,
    MODIFIERS,
    NUMBER,
    OPERATORS,
    PREPROCESSORS,
    STRING,
)
from watchglass.promql.scan import (
    DIGITS,
    UnreadableError,
    bytes_view,
    char_at,
    end_of,
    end_of_number,
    end_of_string,
    from_bytes_view,
)
from watchglass.wire.quoting import go_quote, go_quote_char

_KEYWORDS = {word: word for word in AGGREGATORS | MODIFIERS | PREPROCESSORS | SET_OPERATORS | {"atan2"}}
_KEYWORDS |= {"inf": NUMBER, "nan": NUMBER}
_MAX_SHOWN = 10  # longer tokens are cut in messages


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: the keyword or symbol itself, in lower case, or one of the constants of `kinds`.
        text: the text as written (each character one byte); of an ERROR, the message.
        start: byte offset of its first byte.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The byte offset after its last byte."""
        return self.start + len(self.text)


def describe(token: Token) -> str:
    """The token as messages speak of it: `identifier "foo"`, `<op:+>`, `<by>`, `")"`."""
    kind, text = token.kind, from_bytes_view(token.text)
    if kind == END:
        return kind
    if kind in MODIFIERS:
        return f"<{text}>"
    if kind in OPERATORS:
        return f"<op:{text}>"
    if kind in AGGREGATORS:
        return f"<aggr:{text}>"
    if kind in (IDENTIFIER, METRIC_IDENTIFIER):
        return f"{kind} {go_quote(text)}"
    shown = go_quote(text) if len(token.text) <= _MAX_SHOWN else go_quote(text[:_MAX_SHOWN]) + "..."
    return f"{kind} {shown}" if kind in (STRING, NUMBER, DURATION) else shown


def tokenize(query: str) -> list[Token]:
    """All tokens; the last is END or ERROR."""
    return _Lexer(bytes_view(query)).run()


_SPACE = r"(?:[ \t\n\r]+|\#[^\n\r]*)*+"
_DURATION = r"[0-9]+[smhdwy]s?(?:[0-9]+[smhdw]s?)*(?![0-9A-Za-z_])"
_STRING = r"""" [ !\#-\[\]-~]* " | ' [ -&(-\[\]-~]* ' """  # without escapes; all others take the long way
_STATEMENT = re.compile(
    rf"""{_SPACE}(?:
      (?P<word> [A-Za-z_:][A-Za-z0-9_:]* )
    | (?P<duration> {_DURATION} )
    | (?P<number> [0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.]) )
    | (?P<string> {_STRING} )
    | (?P<range> \[ [ \t\n\r]* {_DURATION} [ \t\n\r]* \] )
    | (?P<symbol> == | != | <= | </ | < | >= | >/ | > | =(?!~) | [-+*/%^,@] )
    | (?P<nesting> [(){{[\]] )
    )?""",
    re.VERBOSE,
)
_INSIDE_BRACES = re.compile(
    rf"""{_SPACE}(?:
      (?P<identifier> [A-Za-z_][A-Za-z0-9_]* )
    | (?P<string> {_STRING} )
    | (?P<symbol> =~ | !~ | != | [=,] )
    | (?P<close> \}} )
    )?""",
    re.VERBOSE,
)
_SPACES = re.compile(r"[ \t\n\r]*")
_ALPHA_RUN = re.compile(r"[A-Za-z_]*")
_PARENTHESIS_FOLLOWS = re.compile(r"[ \t\n\r]*\(")
_STATE_CHANGING = frozenset("{[")
_QUOTES = frozenset("\"'`")


class _Lexer:
    """Lexer state. `state` reads tokens until it ends the text or sets another state."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.tokens: list[Token] = []
        self.state = self.statements
        self.open_parentheses = 0
        self.bracket_open = False
        self.got_colon = False
        self.got_duration = False
        self.ended = False

    def run(self) -> list[Token]:
        try:
            while not self.ended:
                self.state()
        except UnreadableError as error:
            self.tokens.append(Token(ERROR, str(error), self.pos))
        return self.tokens

    def emit(self, kind: str, end: int) -> None:
        self.tokens.append(Token(kind, self.text[self.pos : end], self.pos))
        self.pos = end

    def char(self, ahead: int = 0) -> str:
        """The character (not byte) `ahead` bytes on; empty at the end, U+FFFD where it is no UTF-8."""
        return char_at(self.text, self.pos + ahead)

    def statements(self) -> None:
        """Outside braces and brackets."""
        match_token, add = _STATEMENT.match, self.tokens.append
        text = self.text
        while not self.ended:
            match = match_token(text, self.pos)
            assert match is not None  # every part of the pattern is optional
            group = match.lastgroup
            end = self.pos = match.end()
            if group is None:
                self.unusual_token()
                continue
            token_text = match[group]
            start = end - len(token_text)
            if group == "symbol":
                add(Token(token_text, token_text, start))
            elif group == "word":
                add(Token(self.kind_of_word(token_text), token_text, start))
            elif group == "nesting":
                self.nest(token_text, start)
                if token_text in _STATE_CHANGING:
                    return
            elif group == "range":
                self.plain_range(token_text, start)
            else:
                add(Token(group, token_text, start))

    def kind_of_word(self, word: str) -> str:
        kind = _KEYWORDS.get(word.lower())
        if kind is None:
            return METRIC_IDENTIFIER if ":" in word else IDENTIFIER
        # People have metrics called `fill`, so it is a keyword only before a parenthesis.
        if kind in FILLS and not _PARENTHESIS_FOLLOWS.match(self.text, self.pos):
            return IDENTIFIER
        return kind

    def plain_range(self, text: str, start: int) -> None:
        """`[5m]`, which nearly every bracket is, as its three tokens."""
        duration = text[1:-1].strip(" \t\n\r")
        self.tokens += (
            Token("[", "[", start),
            Token(DURATION, duration, start + text.index(duration)),
            Token("]", "]", self.pos - 1),
        )
        self.got_duration = True

    def nest(self, char: str, start: int) -> None:
        """A bracket of any kind was read."""
        match char:
            case "(":
                self.open_parentheses += 1
            case ")":
                self.open_parentheses -= 1
                if self.open_parentheses < 0:
                    raise UnreadableError("unexpected right parenthesis ')'")
            case "{":
                self.state = self.braces
            case "[":
                self.open_bracket(start)
            case "]":
                if not self.bracket_open:
                    self.pos = start
                    raise UnreadableError("unexpected right bracket ']'")
                self.bracket_open = False
                self.state = self.statements
        self.tokens.append(Token(char, char, start))

    def open_bracket(self, start: int) -> None:
        if self.bracket_open:
            self.pos = start
            raise UnreadableError("unexpected left bracket '['")
        self.got_colon = False
        self.bracket_open = True
        self.state = self.duration_expression

    def unusual_token(self) -> None:
        """What the pattern of statements leaves over."""
        char, following = self.char(), self.char(1)
        if not char:
            self.end()
        elif char in _QUOTES:
            self.emit(STRING, end_of_string(self.text, self.pos))
        elif char in DIGITS or (char == "." and following in DIGITS):
            self.number_or_duration()
        elif char in "=!":
            raise UnreadableError(f"unexpected character after '{char}': {go_quote_char(following)}")
        else:
            raise UnreadableError(f"unexpected character: {go_quote_char(char)}")

    def end(self) -> None:
        if self.open_parentheses:
            raise UnreadableError("unclosed left parenthesis")
        if self.bracket_open:
            raise UnreadableError("unclosed left bracket")
        self.emit(END, self.pos)
        self.ended = True

    def braces(self) -> None:
        """Inside a vector selector's braces: keywords are plain names here."""
        match_token, add = _INSIDE_BRACES.match, self.tokens.append
        text = self.text
        while True:
            match = match_token(text, self.pos)
            assert match is not None  # every part of the pattern is optional
            group = match.lastgroup
            end = self.pos = match.end()
            if group is None:
                self.unusual_in_braces()
                continue
            token_text = match[group]
            start = end - len(token_text)
            if group == "symbol":
                add(Token(token_text, token_text, start))
            elif group != "close":
                add(Token(group, token_text, start))
            else:
                add(Token("}", "}", start))
                self.state = self.brackets if self.bracket_open else self.statements
                return

    def unusual_in_braces(self) -> None:
        match self.char():
            case "":
                raise UnreadableError("unexpected end of input inside braces")
            case '"' | "'" | "`":
                self.emit(STRING, end_of_string(self.text, self.pos))
            case "!":
                raise UnreadableError(f"unexpected character after '!' inside braces: {go_quote_char(self.char(1))}")
            case "{":
                raise UnreadableError("unexpected left brace '{'")
            case char:
                raise UnreadableError(f"unexpected character inside braces: {go_quote_char(char)}")

    def duration_expression(self) -> None:
        """Inside brackets, up to and with the first number."""
        while self.state == self.duration_expression:
            self.pos = end_of(_SPACES, self.text, self.pos)
            char = self.char()
            if not char:
                raise UnreadableError("unexpected end of input in duration expression")
            if char in "()]":
                self.pos += 1
                self.nest(char, self.pos - 1)
            elif char == ":":
                self.colon_before_number()
            elif char in "+-*/%^,":
                self.emit(char, self.pos + 1)
            elif char in DIGITS or (char == "." and self.char(1) in DIGITS):
                self.got_duration = True
                self.state = self.brackets
                self.number_or_duration()
            elif not self.duration_word():
                raise UnreadableError(f"unexpected character in duration expression: {go_quote_char(char)}")

    def colon_before_number(self) -> None:
        self.emit(":", self.pos + 1)
        if self.got_duration and not self.got_colon:
            self.got_colon = True
            return
        self.tokens.pop()
        why = "repeated colon" if self.got_duration else "colon before duration"
        raise UnreadableError(f"unexpected {why} in duration expression")

    def duration_word(self) -> bool:
        """Read `step`, `range`, `min_of` or `max_of`, if that is what comes."""
        end = end_of(_ALPHA_RUN, self.text, self.pos)
        word = self.text[self.pos : end].lower()
        if word in DURATION_WORDS:
            self.emit(word, end)
            return True
        return False

    def brackets(self) -> None:
        """Inside brackets, after a number: as statements, but words can only be those of durations."""
        while self.state == self.brackets and not self.ended:
            match = _STATEMENT.match(self.text, self.pos)
            assert match is not None  # every part of the pattern is optional
            group = match.lastgroup
            if group is None:
                self.pos = match.end()
                self.unusual_token()
                continue
            self.pos = start = match.start(group)
            if group == "word":
                self.colon_or_duration_word()
            elif group in ("nesting", "range"):
                self.pos += 1
                self.nest(self.text[start], start)
            else:
                self.emit(match[group] if group == "symbol" else group, match.end())

    def colon_or_duration_word(self) -> None:
        char = self.char()
        if char == ":":
            if self.got_colon:
                raise UnreadableError("unexpected colon ':'")
            self.emit(":", self.pos + 1)
            self.got_colon = True
        elif not self.duration_word():
            raise UnreadableError(f"unexpected character: {go_quote_char(char)}, expected ':'")

    def number_or_duration(self) -> None:
        end, is_duration = end_of_number(self.text, self.pos)
        self.emit(DURATION if is_duration else NUMBER, end)
