"""Sessions of users that are open: when each began, and which of them are forgotten because nobody ended them."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Session:
    """One session that is open.

    Attributes:
        began_ms: when it began.
        user_agent: what the client says it is, cut to 200 characters; None where it does not say.
    """

    began_ms: int
    user_agent: str | None = None


class OpenSessions:
    """The sessions that are open, the oldest first.

    Args:
        longest_ms: a session that nobody ended is forgotten after so long.
        most: so many are open at most; a further one takes the oldest one's place.
    """

    def __init__(self, longest_ms: int = 12 * 3_600_000, most: int = 10_000) -> None:
        self.longest_ms, self._most = longest_ms, most
        self.forgotten = 0
        """How many were never ended."""
        self._open: dict[str, Session] = {}
        self._lock = Lock()

    def start(self, identity: str, now_ms: int, user_agent: str | None = None) -> bool:
        """Open a session; one that is open already goes on as it was, and the answer is False."""
        with self._lock:
            if identity in self._open:
                return False
            if len(self._open) >= self._most:
                self._forget(next(iter(self._open)))
            self._open[identity] = Session(now_ms, user_agent[:200] if user_agent else None)
            return True

    def end(self, identity: str, now_ms: int) -> float | None:
        """Close a session; its length in seconds, or None where it is not open."""
        with self._lock:
            session = self._open.pop(identity, None)
        return None if session is None else max(0, now_ms - session.began_ms) / 1000

    def count(self, now_ms: int) -> int:
        """How many are open, once those that nobody ended are forgotten."""
        with self._lock:
            while self._open:
                oldest, session = next(iter(self._open.items()))
                if now_ms - session.began_ms <= self.longest_ms:
                    break
                self._forget(oldest)
            return len(self._open)

    def _forget(self, identity: str) -> None:
        del self._open[identity]
        self.forgotten += 1
