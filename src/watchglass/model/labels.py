"""Labels: the sorted name-value pairs that identify a series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

METRIC_NAME = "__name__"


class Labels(tuple[tuple[str, str], ...]):
    """A label set: pairs sorted by name, names unique, no empty value (an empty value means absent).

    Equal sets are equal tuples, so a `Labels` is a dictionary key.
    """

    __slots__ = ()

    @classmethod
    def of(cls, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = (), /, **more: str) -> Labels:
        """Build from a mapping or pairs; the last of equal names wins, empty values are dropped."""
        merged = dict(pairs) | more
        return cls(sorted((name, value) for name, value in merged.items() if value))

    def get(self, name: str, default: str = "") -> str:
        """The value of `name`, or `default` where it is absent."""
        for key, value in self:
            if key == name:
                return value
        return default

    @property
    def name(self) -> str:
        """The metric's name; empty when there is none."""
        return self.get(METRIC_NAME)

    def without(self, *names: str) -> Labels:
        """The same set less `names`."""
        return Labels(pair for pair in self if pair[0] not in names)

    def __str__(self) -> str:
        """As PromQL writes it: `name{a="b"}`."""
        pairs = ", ".join(f'{key}="{escape(value)}"' for key, value in self if key != METRIC_NAME)
        return f"{self.name}{{{pairs}}}"


def escape(value: str) -> str:
    r"""Escape a label value for a double-quoted literal: backslash, quote and newline."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
