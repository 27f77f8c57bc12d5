"""Alerts, as they go from rules, or from other servers, to the dispatcher.

Source: prometheus/alertmanager, types and prometheus/common, model/{alert,fingerprinting}.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from watchglass.model.labels import Labels

ALERT_NAME = "alertname"
TEST_MARK = "watchglass_test"
"""The label by which a test alert is known, and told apart from every other one."""

_OFFSET, _PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
_SEPARATOR = b"\xff"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert at one time.

    Attributes:
        labels: who it is; equal labels are the same alert.
        annotations: what is said of it.
        starts_ms: when it began.
        ends_ms: when it is resolved unless it is heard of again.
        updated_ms: when it was heard of last.
        generator_url: where what raised it is shown.
        timeout: its end was not given, but follows from the time after which silence means resolved.
    """

    labels: Labels
    annotations: Labels
    starts_ms: int
    ends_ms: int
    updated_ms: int
    generator_url: str = ""
    timeout: bool = False

    @property
    def name(self) -> str:
        """Its `alertname`."""
        return self.labels.get(ALERT_NAME)

    @property
    def fingerprint(self) -> int:
        """The number of its labels."""
        return fingerprint(self.labels)

    def is_resolved(self, now_ms: int) -> bool:
        """Tell whether it has ended."""
        return self.ends_ms <= now_ms


@lru_cache(maxsize=1 << 15)
def fingerprint(labels: Labels) -> int:
    """The 64-bit FNV-1a hash of a label set, by which Prometheus and Alertmanager know it; remembered, for it takes a while."""
    value = _OFFSET
    for pair in labels:
        for text in pair:
            for byte in text.encode() + _SEPARATOR:
                value = (value ^ byte) * _PRIME & _MASK
    return value
