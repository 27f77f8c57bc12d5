"""When a group is evaluated: at slots of its interval, at an offset that spreads groups evenly and is the same after a restart.

Source: prometheus/prometheus, rules/group.go (hash, EvalTimestamp, run).
"""

from __future__ import annotations

from dataclasses import dataclass

from watchglass.model.labels import Labels
from watchglass.promql.xxhash import hash_labels

_NS = 1_000_000  # in a millisecond


@dataclass(frozen=True, slots=True)
class Schedule:
    """The slots of one group: every `interval_ms`, `offset_ms` after whole multiples of it."""

    interval_ms: int
    offset_ms: int = 0

    @classmethod
    def of(cls, file: str, name: str, interval_ms: int) -> Schedule:
        """Those of the group `name` in `file`."""
        offset_ns = hash_labels(Labels.of(file=file, name=name)) % (interval_ms * _NS)
        return cls(interval_ms, offset_ns // _NS)

    def slot(self, now_ms: int) -> int:
        """The newest slot that is not in the future."""
        return now_ms - (now_ms - self.offset_ms) % self.interval_ms

    def missed(self, before_ms: int, slot_ms: int) -> int:
        """How many slots lie between two, of which nothing came; none where the clock went back."""
        return max(0, (slot_ms - before_ms) // self.interval_ms - 1)

    def wait_ms(self, before_ms: int, now_ms: int) -> int:
        """How long until the slot after `before_ms`; at most an interval, wherever the clock has jumped."""
        return min(max(0, before_ms + self.interval_ms - now_ms), self.interval_ms)
