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
_COUNTED = re.compile(r"\{\d")
_MAX_PATTERN_BYTES = 64 * 1024
_MAX_GROUPS = 100  # RE2 copies the places of all groups for each state it is in: thousands take gigabytes
_MEMORY_BYTES = 1024 * 1024  # of a compiled pattern; 60 KB of alternatives fit
_COUNTED_MEMORY_BYTES = 256 * 1024  # time to compile grows with the square of what counted repetitions expand to
_SHORT = 1024  # longer patterns are rare, and compiled ones are large: few are remembered


class RegexError(ValueError):
    """The pattern is not RE2; the text is RE2's own."""


def compile_anchored(pattern: str) -> Predicate:
    """A test for whole-string matches.

    Raises:
        RegexError: the pattern does not compile, or is absurdly long or large.
    """
    return _short_test(pattern) if len(pattern) <= _SHORT else _long_test(pattern)


def _test_of(pattern: str) -> Predicate:
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
    compiled = _compile(pattern, groups=False)
    return lambda value: compiled.fullmatch(value) is not None


_short_test = lru_cache(maxsize=512)(_test_of)
_long_test = lru_cache(maxsize=16)(_test_of)


def compile_re2(pattern: str) -> re2._Regexp:
    """Compile with RE2, for its groups, the dot matching newlines; anchor by calling `fullmatch`.

    Raises:
        RegexError: the pattern does not compile, is absurdly long or large, or has more than a hundred groups.
    """
    compiled = _short_groups(pattern) if len(pattern) <= _SHORT else _with_groups(pattern)
    if compiled.groups > _MAX_GROUPS:
        raise RegexError(f"pattern has more than {_MAX_GROUPS} groups")
    return compiled


def compile_unanchored(pattern: str) -> re2._Regexp:
    """Compile as Go's regexp does, for templates: for `search`, with groups, the dot matching all but a newline.

    Raises:
        RegexError: the pattern does not compile, is absurdly long or large, or has more than a hundred groups.
    """
    compiled = _unanchored(pattern)
    if compiled.groups > _MAX_GROUPS:
        raise RegexError(f"pattern has more than {_MAX_GROUPS} groups")
    return compiled


def _with_groups(pattern: str) -> re2._Regexp:
    return _compile(pattern, groups=True)


_short_groups = lru_cache(maxsize=512)(_with_groups)


@lru_cache(maxsize=64)
def _unanchored(pattern: str) -> re2._Regexp:
    return _compile(pattern, groups=True, dot_newline=False)


def _compile(pattern: str, *, groups: bool, dot_newline: bool = True) -> re2._Regexp:
    if len(pattern) > _MAX_PATTERN_BYTES:
        raise RegexError(f"pattern is longer than {_MAX_PATTERN_BYTES} bytes")
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = dot_newline
    options.never_capture = not groups
    options.max_mem = _COUNTED_MEMORY_BYTES if groups or _COUNTED.search(pattern) else _MEMORY_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        detail = error.args[0]
        raise RegexError(detail.decode() if isinstance(detail, bytes) else str(detail)) from None


_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def replacement_parts(template: str, pattern: re2._Regexp) -> list[str | int]:
    """A replacement's texts and numbers of groups: `$1`, `${1}`, `$name` and `${name}` stand for groups of the pattern, `$$` for a dollar.

    A name is as long as it can be, so that `$1x` is the group called "1x". What names no group is empty; a dollar that begins
    no name stands for itself. Source: Go's regexp (Expand).
    """
    parts: list[str | int] = []
    done = 0
    for reference in _REFERENCE.finditer(template):
        parts += [template[done : reference.start()], _group(reference[1] or reference[2], pattern)]
        done = reference.end()
    return [*parts, template[done:]]


def _group(name: str | None, pattern: re2._Regexp) -> str | int:
    """The number of the group that is meant; a text where none is."""
    if name is None:
        return "$"
    if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
        return int(name) if len(name) < 9 and int(name) <= pattern.groups else ""
    number: str | int = pattern.groupindex.get(name, "")
    return number


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
