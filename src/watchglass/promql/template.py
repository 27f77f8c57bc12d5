"""Replacement templates of `label_replace`: `$1`, `${1}` and `${name}` stand for a regular expression's groups.

Source: Go's regexp (Expand): a name is as long as it can be, so `$1x` means the group called "1x", and a group that
does not exist is empty; `$$` is a dollar; any other `$` stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from watchglass.regex import RegexError, compile_re2

_VARIABLE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


class TemplateError(ValueError):
    """The pattern does not compile."""


class Template:
    """A pattern that must match a whole value, and what to make of it.

    Raises:
        TemplateError: the pattern does not compile.
    """

    def __init__(self, pattern: str, replacement: str) -> None:
        try:
            self._pattern = compile_re2(pattern)
        except RegexError as error:
            raise TemplateError(str(error)) from None
        self._parts = self._split(replacement)

    def expand(self, value: str, allow: Callable[[int], None] = lambda _chars: None) -> str | None:
        """The replacement for a value; None where the pattern does not match it.

        `allow` is told its length before it is put together, and may raise: a short template of a long group makes a
        huge text.
        """
        match = self._pattern.fullmatch(value)
        if match is None:
            return None
        parts = [part if isinstance(part, str) else match.group(part) or "" for part in self._parts]
        allow(sum(map(len, parts)))
        return "".join(parts)

    def _split(self, replacement: str) -> list[str | int]:
        """Literal texts and numbers of groups."""
        parts: list[str | int] = []
        done = 0
        for found in _VARIABLE.finditer(replacement):
            parts.append(replacement[done : found.start()])
            dollar, bare, braced = found.groups()
            group = "$" if dollar else self._group(bare or braced)
            parts.append(group)
            done = found.end()
        return [*parts, replacement[done:]]

    def _group(self, name: str) -> str | int:
        number = int(name) if name.isdecimal() and len(name) < 9 else self._pattern.groupindex.get(name, -1)
        return number if 0 <= number <= self._pattern.groups else ""
