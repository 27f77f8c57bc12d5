"""Regular expressions as Prometheus means them: RE2, anchored at both ends, the dot matching newlines.

Plain patterns (a literal, an alternation of literals, a prefix or a suffix with `.*`) never reach RE2.
Source: prometheus/prometheus, model/labels/regexp.go (NewFastRegexMatcher).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import re2

from watchglass.model.matcher import Matcher, MatchType

Predicate = Callable[[str], bool]

_LITERAL = re.compile(r"[^\\.+*?()\[\]{}|^$]*")
_MAX_PATTERN_BYTES = 64 * 1024


class RegexError(ValueError):
    """The pattern is not RE2; the text is RE2's own."""


@lru_cache(maxsize=1024)
def compile_anchored(pattern: str) -> Predicate:
    """A test for whole-string matches.

    Raises:
        RegexError: the pattern does not compile.
    """
    alternatives = pattern.split("|")
    if all(_LITERAL.fullmatch(literal) for literal in alternatives):
        return frozenset(alternatives).__contains__
    if pattern == ".*":
        return lambda _value: True
    if pattern == ".+":
        return lambda value: value != ""
    if pattern.endswith(".*") and _LITERAL.fullmatch(pattern[:-2]):
        prefix = pattern[:-2]
        return lambda value: value.startswith(prefix)
    if pattern.startswith(".*") and _LITERAL.fullmatch(pattern[2:]):
        suffix = pattern[2:]
        return lambda value: value.endswith(suffix)
    compiled = compile_re2(pattern)
    return lambda value: compiled.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def compile_re2(pattern: str) -> re2._Regexp:
    """Compile with RE2, the dot matching newlines; anchor by calling `fullmatch`.

    Raises:
        RegexError: the pattern does not compile, or is absurdly long.
    """
    if len(pattern) > _MAX_PATTERN_BYTES:
        raise RegexError(f"pattern is longer than {_MAX_PATTERN_BYTES} bytes")
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        detail = error.args[0]
        raise RegexError(detail.decode() if isinstance(detail, bytes) else str(detail)) from None


def accepts_of(matcher: Matcher) -> Predicate:
    """The test of a matcher on the value of its label; an absent label has the value "".

    Raises:
        RegexError: its regular expression does not compile.
    """
    if matcher.type is MatchType.EQUAL:
        return lambda value: value == matcher.value
    if matcher.type is MatchType.NOT_EQUAL:
        return lambda value: value != matcher.value
    accepts = compile_anchored(matcher.value)
    if matcher.type is MatchType.REGEX:
        return accepts
    return lambda value: not accepts(value)
