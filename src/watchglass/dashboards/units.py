"""Units by name: what a metric's suffix says, in the words of Grafana's unit table.

Source: Prometheus, docs/practices/naming.md (base units and suffixes); Grafana, unit identifiers of field options.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

GAUGES: Mapping[str, str] = {
    "bytes": "bytes",
    "seconds": "s",
    "milliseconds": "ms",
    "ms": "ms",
    "microseconds": "µs",
    "nanoseconds": "ns",
    "ratio": "percentunit",
    "percent": "percent",
    "percentage": "percent",
    "celsius": "celsius",
    "watts": "watt",
    "volts": "volt",
    "amperes": "amp",
    "joules": "joule",
    "hertz": "hertz",
    "rpm": "rotrpm",
    "usd": "currencyUSD",
    "dollars": "currencyUSD",
    "eur": "currencyEUR",
    "bits": "bits",
}

# What a counter of such things becomes as a rate.
RATES: Mapping[str, str] = {
    "bytes": "Bps",
    "bits": "bps",
    "joules": "watt",
    "requests": "reqps",
    "packets": "pps",
    "errors": "eps",
    "tokens": "count:tokens/s",
    "usd": "suffix: $/s",
    "dollars": "suffix: $/s",
    "eur": "suffix: €/s",
}

# Seconds in a second of something that is either doing it or not: a share of time.
_SHARES_OF_TIME = re.compile(r"(^|_)(cpu|pressure|busy|idle|stalled|waiting|throttled|io_time)(_|$)")
_SEPARATORS = re.compile(r"[_:.\-]+")


def words(name: str) -> list[str]:
    """The words of a metric name, in lower case."""
    return [word for word in _SEPARATORS.split(name.lower()) if word]


def gauge_unit(name: str, declared: str = "") -> str:
    """The unit of a value; `declared` is the family's own word, which wins."""
    parts = [*words(name), *words(declared)]
    if parts[-2:] == ["per", "second"]:
        return _rate_of(parts[:-2])
    return GAUGES.get(parts[-1] if parts else "", "short")


def rate_unit(name: str, declared: str = "") -> str:
    """The unit of a counter's growth in a second."""
    parts = [*words(name.removesuffix("_total")), *words(declared)]
    if parts and parts[-1] == "seconds":
        return "percentunit" if _SHARES_OF_TIME.search(name) else "suffix: s/s"
    return _rate_of(parts)


def _rate_of(parts: Sequence[str]) -> str:
    return next((RATES[word] for word in reversed(parts) if word in RATES), "ops")


def without_unit(name: str) -> str:
    """The name less `_total`, `_info` and a unit that an axis shows anyway."""
    name = re.sub(r"_(total|info)$", "", name)
    head, _, last = name.rpartition("_")
    return head if head and last.lower() in GAUGES else name
