"""Label matchers as Alertmanager writes them: UTF-8 names and quoting, and the older form beside it.

Both forms are tried. Where only one can be read, it is meant; where both can and differ, the older one is, as in
Alertmanager's default mode. Source: prometheus/alertmanager, matcher/{parse,compat}, pkg/labels/{parse,matcher}.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from watchglass.errors import WatchglassError
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import Predicate, RegexError, compile_anchored
from watchglass.wire.quoting import go_quote, unquote

MAX_CHARS = 64 * 1024

_BLANKS = "\t\n\f\r "
_SPACE = rf"[{_BLANKS}]*"
_CLASSIC = re.compile(rf"{_SPACE}([a-zA-Z_:][a-zA-Z0-9_:]*){_SPACE}(=~|=|!=|!~){_SPACE}")
_ORDER = {kind: place for place, kind in enumerate(MatchType)}
_RESERVED = re.compile(r"[\s{}!=~,\\\"'`]")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<brace>[{}]) | (?P<comma>,) | (?P<operator>=~|=|!=|!~)
        | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<plain>[^\s{}!=~,\\"'`]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_GO_LITERAL = re.compile(
    r'"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}))*"'
)


class MatcherError(WatchglassError):
    """A matcher cannot be read; the text is Alertmanager's."""


class Matchers(tuple[Matcher, ...]):
    """Matchers that a label set must fulfil, all of them; sorted by name, value and type."""

    __slots__ = ()

    @classmethod
    def of(cls, matchers: Iterable[Matcher]) -> Matchers:
        """Sort and keep."""
        return cls(sorted(matchers, key=lambda each: (each.name, each.value, _ORDER[each.type])))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a label set fulfils all; an absent label has the value ""."""
        return all(accepts_of(matcher)(labels.get(matcher.name, "")) for matcher in self)

    def __str__(self) -> str:
        """As route ids and group keys have them: `{a="b",c=~"d"}`."""
        return "{" + ",".join(map(matcher_text, self)) + "}"


def matcher_text(matcher: Matcher) -> str:
    """One matcher as Alertmanager writes it; a name that needs quotes has them."""
    if _RESERVED.search(matcher.name):
        return f"{go_quote(matcher.name)}{matcher.type.value}{go_quote(matcher.value)}"
    value = matcher.value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return f'{matcher.name}{matcher.type.value}"{value}"'


@lru_cache(maxsize=1 << 16)  # each alert asks for those of every route
def accepts_of(matcher: Matcher) -> Predicate:
    """The test of one matcher on the value of its label.

    Raises:
        MatcherError: its regular expression does not compile.
    """
    if matcher.type is MatchType.EQUAL:
        return matcher.value.__eq__
    if matcher.type is MatchType.NOT_EQUAL:
        return matcher.value.__ne__
    accepts = _expression(matcher.value)
    if matcher.type is MatchType.REGEX:
        return accepts
    return lambda value: not accepts(value)


def _expression(pattern: str) -> Predicate:
    try:  # the dot matches no newline here, other than in Prometheus
        return compile_anchored(f"(?-s:{pattern})" if "." in pattern else pattern)
    except RegexError as error:
        raise MatcherError(f"error parsing regexp: {error}") from None


def parse_matcher(text: str) -> Matcher:
    """One matcher, such as `severity="critical"`.

    Raises:
        MatcherError: it is none, or more than one.
    """
    if text.startswith("{") or text.endswith("}"):
        raise MatcherError(f"unexpected open or close brace: {text}")
    try:
        return _classic_one(text)
    except MatcherError:
        found = _utf8(text)
        if found is None or len(found) != 1:
            raise
        return found[0]


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Matchers between commas, in braces or not.

    Raises:
        MatcherError: they cannot be read.
    """
    try:
        return tuple(map(_classic_one, _classic_split(text)))
    except MatcherError:
        found = _utf8(text)
        if found is None:
            raise
        return found


def _classic_split(text: str) -> Iterator[str]:
    """The parts between commas that stand outside quotes."""
    text = text.removeprefix("{").removesuffix("}")
    start, inside, escaped = 0, False, False
    for at, char in enumerate(text):
        if char == "," and not inside:
            yield text[start:at]
            start = at + 1
        elif char == '"':
            inside, escaped = inside ^ (not escaped), False
        else:
            escaped = char == "\\" and not escaped
    if text[start:].strip():
        yield text[start:].strip()


def _classic_one(text: str) -> Matcher:
    match = _CLASSIC.match(text) if len(text) <= MAX_CHARS else None
    if match is None:
        raise MatcherError(f"bad matcher format: {text[:MAX_CHARS]}")
    name, operator = match.groups()
    raw = text[match.end() :].rstrip(_BLANKS)
    return _checked(Matcher(name, MatchType(operator), _classic_value(raw)))


def _classic_value(raw: str) -> str:
    """What a value means: quotes around it are optional, an escape that is none stands for itself."""
    quoted = raw.startswith('"')
    body, value, at = raw[quoted:], [], 0
    while at < len(body):
        char, rest = body[at], body[at + 1 : at + 2]
        if char == "\\" and rest:
            value.append("\n" if rest == "n" else rest if rest in '"\\' else char + rest)
            at += 2
            continue
        if char == '"':
            if not quoted or rest:
                raise MatcherError(f"matcher value contains unescaped double quote: {raw}")
            return "".join(value)
        value.append(char)
        at += 1
    if quoted:
        raise MatcherError(f"matcher value contains unescaped double quote: {raw}")
    return "".join(value)


def _utf8(text: str) -> tuple[Matcher, ...] | None:
    """Matchers of the newer form; None where the text is not of it."""
    tokens = list(_tokens(text)) if len(text) <= MAX_CHARS else [("fault", "")]
    if any(kind == "fault" for kind, _ in tokens):
        return None
    if tokens[:1] == [("brace", "{")]:
        if tokens[-1] != ("brace", "}") or len(tokens) < 2:
            return None
        tokens = tokens[1:-1]
    found = []
    while tokens:
        matcher, tokens = _utf8_one(tokens[:3]), tokens[3:]
        if matcher is None or (tokens and tokens[0][0] != "comma"):
            return None
        found.append(matcher)
        tokens = tokens[1:]
    return tuple(found)


def _utf8_one(tokens: list[tuple[str, str]]) -> Matcher | None:
    words = ("plain", "quoted")
    if [kind in words for kind, _ in tokens] != [True, False, True] or tokens[1][0] != "operator":
        return None
    name, value = _unquoted(tokens[0]), _unquoted(tokens[2])
    if name is None or value is None:
        return None
    try:
        return _checked(Matcher(name, MatchType(tokens[1][1]), value))
    except MatcherError:
        return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            yield "fault", text[at:]
            return
        yield str(match.lastgroup), match[str(match.lastgroup)]
        at = match.end()


def _unquoted(token: tuple[str, str]) -> str | None:
    kind, text = token
    if kind == "plain":
        return text
    if _GO_LITERAL.fullmatch(text) is None:
        return None
    try:
        value = unquote(text)
        value.encode()
    except (ValueError, OverflowError):
        return None
    return value


def _checked(matcher: Matcher) -> Matcher:
    accepts_of(matcher)
    return matcher
