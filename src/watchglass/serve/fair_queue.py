"""A queue that is fair to clients: who has used less of the threads' time is next, and cheap work goes before heavy.

Start-time fair queueing: each lane (a client's dashboard) has a tag, the time it has used; a lane that comes anew starts at
the tag of what was taken last, so that neither past idleness nor a late start is an advantage. Lanes of one client share
what one client gets. Source: Goyal, Vin, Cheng, Start-time Fair Queueing (SIGCOMM 1996).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

MAX_LANES = 1000
"""Idle lanes whose use is remembered."""
EXPRESS_DEBT_S = 1.0
"""A lane that is ahead of the others by more than this has no claim to the place kept for cheap work."""


class Key(NamedTuple):
    """Whose work it is."""

    client: str  # address
    dashboard: str = ""


@dataclass(slots=True)
class _Lane(Generic[T]):
    tag: float
    cheap: deque[tuple[int, T]] = field(default_factory=deque)
    heavy: deque[tuple[int, T]] = field(default_factory=deque)
    running: int = 0

    @property
    def waiting(self) -> int:
        return len(self.cheap) + len(self.heavy)

    def queue(self, *, cheap: bool) -> deque[tuple[int, T]]:
        return self.cheap if cheap else self.heavy

    def head(self, *, cheap_only: bool) -> tuple[int, T] | None:
        """What is next in this lane, with its number."""
        for queue in (self.cheap,) if cheap_only else (self.cheap, self.heavy):
            if queue:
                return queue[0]
        return None


class FairQueue(Generic[T]):
    """Work that waits, by lane. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._lanes: dict[Key, _Lane[T]] = {}
        self._now = 0.0
        self._numbers = count()
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def __iter__(self) -> Iterator[T]:
        waiting = (each for lane in self._lanes.values() for queue in (lane.cheap, lane.heavy) for each in queue)
        return (item for _, item in sorted(waiting, key=lambda each: each[0]))

    def push(self, key: Key, item: T, *, cheap: bool) -> None:
        """Let an item wait."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(self._now)
        elif not (lane.waiting or lane.running):
            lane.tag = max(lane.tag, self._now)
        lane.queue(cheap=cheap).append((next(self._numbers), item))
        self._waiting += 1

    def pop(self, *, cheap_only: bool = False, only_cheap_of: Collection[Key] = ()) -> T | None:
        """Take the item that is next, which then counts as running until `done`; None where there is none.

        Args:
            cheap_only: nothing heavy.
            only_cheap_of: lanes of which nothing heavy.
        """
        best: tuple[float, int] | None = None
        chosen: _Lane[T] | None = None
        for key, lane in self._lanes.items():
            head = lane.head(cheap_only=cheap_only or key in only_cheap_of)
            if head is None or (cheap_only and lane.tag > self._now + EXPRESS_DEBT_S):
                continue
            if best is None or (lane.tag, head[0]) < best:
                best, chosen = (lane.tag, head[0]), lane
        if chosen is None:
            return None
        self._now = max(self._now, chosen.tag)
        chosen.running += 1
        self._waiting -= 1
        _, item = chosen.queue(cheap=bool(chosen.cheap)).popleft()
        return item

    def remove(self, key: Key, item: T) -> bool:
        """Take out an item that is not wanted any more; False where it does not wait."""
        lane = self._lanes.get(key)
        for queue in (lane.cheap, lane.heavy) if lane else ():
            for each in queue:
                if each[1] is item:
                    queue.remove(each)
                    self._waiting -= 1
                    self._forget()
                    return True
        return False

    def charge(self, key: Key, seconds: float) -> None:
        """Count time that a lane has used, or, negative, has not used after all."""
        busy = (other for other, lane in self._lanes.items() if lane.waiting or lane.running)
        sharers = sum(other.client == key.client for other in busy)
        if key in self._lanes:
            self._lanes[key].tag += seconds * max(1, sharers)

    def done(self, key: Key) -> None:
        """An item of this lane runs no longer."""
        self._lanes[key].running -= 1
        self._forget()

    def newest_of_longest(self, key: Key) -> T | None:
        """The newest item of the client that has most waiting, if those are more than `key`'s client would have."""
        waiting: Counter[str] = Counter()
        for other, lane in self._lanes.items():
            waiting[other.client] += lane.waiting
        client, most = max(waiting.items(), key=lambda each: each[1], default=("", 0))
        if client == key.client or most <= waiting[key.client] + 1:
            return None
        lanes = [lane for other, lane in self._lanes.items() if other.client == client]
        return max((queue[-1] for lane in lanes for queue in (lane.cheap, lane.heavy) if queue), key=lambda e: e[0])[1]

    def _forget(self) -> None:
        """Drop lanes that say nothing: all when nothing waits or runs, otherwise idle ones without debt."""
        if not self._waiting and not any(lane.running for lane in self._lanes.values()):
            self._lanes.clear()
            self._now = 0.0
            return
        idle = [key for key, lane in self._lanes.items() if not (lane.waiting or lane.running)]
        for key in idle:
            if self._lanes[key].tag <= self._now:
                del self._lanes[key]
        if len(self._lanes) > MAX_LANES:
            idle = [key for key in idle if key in self._lanes]
            del self._lanes[min(idle, key=lambda key: self._lanes[key].tag)]
