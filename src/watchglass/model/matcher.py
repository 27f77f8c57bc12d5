"""Matchers: one test on one label, as a selector writes it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from watchglass.model.labels import escape


class MatchType(Enum):
    """The four operators of a matcher."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


class Matcher(NamedTuple):
    """One test on one label. Regular expressions are RE2 and anchored at both ends."""

    name: str
    type: MatchType
    value: str

    def __str__(self) -> str:
        """As PromQL writes it."""
        return f'{self.name}{self.type.value}"{escape(self.value)}"'
