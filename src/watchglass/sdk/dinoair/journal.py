"""The readings of the hour that is still running, as lines of JSON: what a crash must not take.

A line is complete when it ends with a newline. What a killed process left half written is cut off by the next one.
A line may bring series that no line before it had; values stand in the order in which series came.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from watchglass.sdk.dinoair.segment import Segment, SeriesId, read_series, read_value, series_document, write_value

_log = logging.getLogger("watchglass.sdk.dinoair")


class Journal:
    """Writes readings as lines, and keeps them as a segment."""

    def __init__(self) -> None:
        self.segment = Segment()
        self._places: dict[SeriesId, int] = {}

    def line(self, at_ms: int, values: Mapping[SeriesId, float]) -> str:
        """The line of a reading, with its newline; `add` the reading once it is written."""
        new = [series for series in values if series not in self._places]
        for series in new:
            self._places[series] = len(self._places)
        document: dict[str, Any] = {"t": at_ms, "v": [write_value(values.get(series)) for series in self._places]}
        if new:
            document["s"] = [series_document(series) for series in new]
        return json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n"

    def add(self, at_ms: int, values: Mapping[SeriesId, float]) -> None:
        """A reading that is written."""
        self.segment.add(at_ms, values)

    @classmethod
    def read(cls, lines: Iterable[str]) -> Journal:
        """The journal that lines make; one that cannot be read is left out, and said."""
        journal = cls()
        for number, line in enumerate(lines, 1):
            try:
                journal._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                _log.warning("a stored reading cannot be read", extra={"line": number, "error": str(error)})
        return journal

    def _take(self, document: Mapping[str, Any]) -> None:
        for one in document.get("s", ()):
            self._places.setdefault(read_series(one), len(self._places))
        values = {
            series: value
            for series, written in zip(self._places, document["v"], strict=False)
            if (value := read_value(written)) is not None
        }
        self.segment.add(int(document["t"]), values)
