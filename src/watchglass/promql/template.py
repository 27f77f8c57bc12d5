"""Replacement templates of `label_replace`: `$1`, `${1}` and `${name}` stand for a regular expression's groups.

Its length is told before it is made: a short template of a long group makes a huge text.
"""

from __future__ import annotations

from collections.abc import Callable

from watchglass.regex import RegexError, compile_re2, replacement_parts


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
        self._parts = replacement_parts(replacement, self._pattern)

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
