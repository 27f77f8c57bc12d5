"""What a query will cost, guessed from its text, steps and windows, and then known from the last time it ran.

A guess decides only in which order queries run; what they may take is bounded elsewhere.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from watchglass.model.duration import parse_duration

CHEAP_S = 0.02
"""Up to so many seconds of a thread's time a query counts as cheap."""

_UNIT_S = 20e-6  # of a query that was never seen: seconds for one step, or for one minute of samples
_MINUTE_MS = 60_000
_LONGEST = 2000  # characters of a text that is remembered
_REMEMBERED = 1000
_WINDOW = re.compile(r"\[\s*((?:[0-9]+(?:ms|[smhdwy]))+)")


class CostBook:
    """Seconds of CPU that queries took, by their text, a weight of one; the least recently used are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, float] = OrderedDict()

    def estimate(self, text: str, weight: float) -> float:
        """Seconds that a query will probably take."""
        return weight * self._known.get(text, _UNIT_S)

    def learn(self, text: str, weight: float, seconds: float) -> None:
        """Remember what a query took."""
        if len(text) <= _LONGEST:
            self._known[text] = seconds / weight
            self._known.move_to_end(text)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def weight_of(text: str, span_ms: int, steps: int, lookback_ms: int) -> float:
    """How much there is to do: steps, and minutes of samples that are read for them."""
    windows_ms = sum(_window_ms(found) for found in _WINDOW.findall(text[:_LONGEST])) if "[" in text else 0
    return steps + (span_ms + windows_ms + lookback_ms) / _MINUTE_MS


def _window_ms(text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError:
        return 0
