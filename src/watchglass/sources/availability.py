"""Whether a source answers, since when it does or does not, and who may find out whether it does again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

PAUSE_S = 1.0
"""While a source is gone, one query in so long tries it; the others are told at once."""


class Fault(StrEnum):
    """What is wrong with a source, as messages say it: nobody is there, or somebody who answers otherwise."""

    NONE = ""
    SILENT = "has not answered"
    WRONG = "has given no usable answer"
    UNASKED = "has not been asked"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source now.

    Attributes:
        up: whether it answers; None before it was first asked.
        since_ms: since when that is so.
        error: why it does not answer; empty where it does.
        fault: in which way it does not.
    """

    up: bool | None
    since_ms: int
    error: str = ""
    fault: Fault = Fault.NONE

    @property
    def word(self) -> str:
        """`up`, `down` or `unknown`."""
        return {True: "up", False: "down", None: "unknown"}[self.up]


class Availability:
    """The state of one source, kept by whoever asks it. Safe to use from several threads."""

    def __init__(
        self,
        now_ms: Callable[[], int],
        on_change: Callable[[SourceState], None] = lambda _state: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now_ms, self._on_change, self._monotonic = now_ms, on_change, monotonic
        self._lock = threading.Lock()
        self._state = SourceState(None, now_ms())
        self._heard_s = self._next_try_s = -float("inf")
        self._pause_s = PAUSE_S

    @property
    def state(self) -> SourceState:
        """What is known now."""
        return self._state

    @property
    def silent_s(self) -> float:
        """How long ago it last answered."""
        return self._monotonic() - self._heard_s

    def may_try(self) -> bool:
        """Whether a query should ask it, which one that is known to be gone is only once in a while."""
        with self._lock:
            now_s = self._monotonic()
            if self._state.up is False and now_s < self._next_try_s:
                return False
            self._next_try_s = now_s + self._pause_s
            return True

    def answered(self) -> None:
        """It has answered."""
        self._heard_s = self._monotonic()
        self._set(up=True)

    def failed(self, error: str, fault: Fault = Fault.SILENT, pause_s: float = PAUSE_S) -> None:
        """It has not answered, or not as it should; the text says how, and no query tries it for so long."""
        with self._lock:
            self._pause_s, self._next_try_s = pause_s, self._monotonic() + pause_s
        self._set(up=False, error=error, fault=fault)

    def _set(self, *, up: bool, error: str = "", fault: Fault = Fault.NONE) -> None:
        with self._lock:
            before = self._state
            since_ms = before.since_ms if before.up is up else self._now_ms()
            self._state = state = SourceState(up, since_ms, error, fault)
        if before.up is not up:
            self._on_change(state)


def gone_text(title: str, state: SourceState) -> str:
    """What is said of a source that is gone."""
    since = datetime.fromtimestamp(state.since_ms / 1000, UTC)
    return f"{title} {state.fault} since {since:%H:%M} UTC: {state.error}"
