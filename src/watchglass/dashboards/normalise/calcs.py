"""Calculations over a series: the names that old panels gave them, and those that are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchglass.dashboards.normalise.loose import words

KNOWN = frozenset(
    words(
        "last lastNotNull first firstNotNull min max mean median sum count range diff delta step logmin allIsZero "
        "allIsNull changeCount distinctCount diffperc variance stdDev allValues uniqueValues countAll"
    )
) | frozenset(f"p{share}" for share in range(1, 100))

_OLD: Mapping[str, str] = {
    "avg": "mean",
    "average": "mean",
    "current": "lastNotNull",
    "total": "sum",
    "last_time": "lastNotNull",
    "name": "lastNotNull",
}


def calc(name: str) -> str:
    """The current name of a calculation that may have an old one."""
    return _OLD.get(name, name)


def calcs(names: Iterable[object]) -> list[str]:
    """Current names, each once."""
    return list(dict.fromkeys(calc(name) for name in names if isinstance(name, str) and name))
