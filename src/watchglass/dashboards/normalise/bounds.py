"""How large a dashboard may be, and the copy that is made of one within these bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchglass.errors import DashboardError


@dataclass(frozen=True)
class Limits:
    """What a document may hold at most.

    Attributes:
        depth: of objects and lists inside each other.
        values: objects, lists, texts, numbers and truth values.
        characters: of all texts and keys together.
        panels: rows too; and dashboards in one file.
        notes: that are kept about one document.
    """

    depth: int = 100
    values: int = 2_000_000
    characters: int = 64_000_000
    panels: int = 2_000
    notes: int = 5_000


class _Copier:
    """Counts while it copies."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._values, self._characters = limits, 0, 0

    def copy(self, value: Any, depth: int = 0) -> Any:
        """A copy in plain dictionaries and lists; NaN and infinities become null, as they have no JSON."""
        self._values += 1
        if self._values > self._limits.values:
            raise DashboardError(f"the document holds more than {self._limits.values:,} values")
        if isinstance(value, str):
            return self._count(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if value is None or isinstance(value, (bool, int)):
            return value
        if depth >= self._limits.depth:
            raise DashboardError(f"the document is nested more than {self._limits.depth} levels deep")
        if isinstance(value, Mapping):
            return {self._count(str(key)): self.copy(entry, depth + 1) for key, entry in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.copy(entry, depth + 1) for entry in value]
        return self._count(str(value))

    def _count(self, text: str) -> str:
        """The text as it can be written: halves of a pair that stand alone become question marks."""
        self._characters += len(text)
        if self._characters > self._limits.characters:
            raise DashboardError(f"the document holds more than {self._limits.characters:,} characters of text")
        return text if text.isascii() else text.encode("utf-8", "replace").decode()


def copy_within(value: object, limits: Limits) -> Any:
    """A deep copy of decoded JSON.

    Raises:
        DashboardError: it is larger or deeper than a limit allows.
    """
    return _Copier(limits).copy(value)
