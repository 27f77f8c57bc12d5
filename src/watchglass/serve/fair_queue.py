"""A queue that is fair to clients: who has used less of the threads' time is next, and cheap work goes before heavy.

Start-time fair queueing, twice: clients take turns, and within one client's turn its dashboards do. Who takes turns has a
tag, the time it has used; who comes anew starts at the tag of who was next last, so that neither past idleness nor a late
start is an advantage. What a dashboard is called is the client's own word: it decides nothing between clients.
Source: Goyal, Vin, Cheng, Start-time Fair Queueing (SIGCOMM 1996).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

MAX_CLIENTS = 1000
"""Clients, those with work left out, whose use is remembered."""
MAX_LANES = 100
"""Dashboards of a client, those with work left out, whose use is remembered while the client has work."""
EXPRESS_DEBT_S = 1.0
"""Who is ahead of the others by more than this has no claim to the place kept for cheap work."""


class Key(NamedTuple):
    """Whose work it is."""

    client: str  # address
    dashboard: str = ""


class _Member(Protocol):
    tag: float

    @property
    def busy(self) -> bool: ...


M = TypeVar("M", bound=_Member)


class _Turns(Generic[M]):
    """Members that take turns, by tag.

    Args:
        make: a member from its tag.
        most: idle members that are remembered.
    """

    def __init__(self, make: Callable[[float], M], most: int) -> None:
        self.members: dict[str, M] = {}
        self._make, self._most, self._now = make, most, 0.0

    def join(self, name: str) -> M:
        """The member that gets work; one that was idle is owed nothing for it."""
        member = self.members.get(name)
        if member is None:
            member = self.members[name] = self._make(self._now)
        elif not member.busy:
            member.tag = max(member.tag, self._now)
        return member

    def indebted(self, member: M) -> bool:
        """Tell whether a member is far ahead of the others."""
        return member.tag > self._now + EXPRESS_DEBT_S

    def take(self, member: M) -> None:
        """It is this member's turn."""
        self._now = max(self._now, member.tag)

    def left(self, name: str) -> None:
        """Drop a member that says nothing any more, and of idle ones beyond `most` who has used least."""
        member = self.members.get(name)
        if member is not None and not member.busy and member.tag <= self._now:
            del self.members[name]
        if len(self.members) > self._most:
            idle = [each for each, member in self.members.items() if not member.busy]
            for each in sorted(idle, key=lambda each: self.members[each].tag)[: len(self.members) - self._most]:
                del self.members[each]


@dataclass(slots=True)
class _Lane(Generic[T]):
    """What a client asks for one dashboard."""

    tag: float
    cheap: deque[tuple[int, T]] = field(default_factory=deque)
    heavy: deque[tuple[int, T]] = field(default_factory=deque)
    running: int = 0

    @property
    def busy(self) -> bool:
        return bool(self.cheap or self.heavy or self.running)

    def queue(self, *, cheap: bool) -> deque[tuple[int, T]]:
        return self.cheap if cheap else self.heavy

    def head(self, *, cheap_only: bool) -> int | None:
        """The number of what is next in this lane."""
        if self.cheap:
            return self.cheap[0][0]
        return self.heavy[0][0] if self.heavy and not cheap_only else None


class _Client(Generic[T]):
    def __init__(self, tag: float) -> None:
        self.tag = tag
        self.waiting = self.running = 0
        self.lanes: _Turns[_Lane[T]] = _Turns(_Lane, MAX_LANES)

    @property
    def busy(self) -> bool:
        return bool(self.waiting or self.running)

    def next(self, *, cheap_only: bool, express: bool) -> tuple[int, _Lane[T]] | None:
        """The lane whose turn it is, behind the number of what is next in it."""
        best: tuple[float, int, _Lane[T]] | None = None
        for lane in self.lanes.members.values():
            number = lane.head(cheap_only=cheap_only)
            if number is None or (express and self.lanes.indebted(lane)):
                continue
            if best is None or (lane.tag, number) < best[:2]:
                best = (lane.tag, number, lane)
        return best and best[1:]


class FairQueue(Generic[T]):
    """Work that waits, by client and dashboard. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._clients: _Turns[_Client[T]] = _Turns(_Client, MAX_CLIENTS)
        self._numbers = count()
        self._waiting = self._running = 0

    def __len__(self) -> int:
        return self._waiting

    def __iter__(self) -> Iterator[T]:
        lanes = [lane for client in self._clients.members.values() for lane in client.lanes.members.values()]
        waiting = (each for lane in lanes for queue in (lane.cheap, lane.heavy) for each in queue)
        return (item for _, item in sorted(waiting, key=lambda each: each[0]))

    def push(self, key: Key, item: T, *, cheap: bool) -> None:
        """Let an item wait."""
        client = self._clients.join(key.client)
        client.lanes.join(key.dashboard).queue(cheap=cheap).append((next(self._numbers), item))
        client.waiting += 1
        self._waiting += 1

    def pop(self, *, cheap_only: bool = False, only_cheap_of: Collection[str] = ()) -> T | None:
        """Take the item that is next, which then counts as running until `done`; None where there is none.

        Args:
            cheap_only: nothing heavy, and nothing of a client, or a client's dashboard, that is far ahead of others.
            only_cheap_of: clients of which nothing heavy.
        """
        best: tuple[float, int] | None = None
        chosen: tuple[_Client[T], _Lane[T]] | None = None
        contested = cheap_only and sum(client.busy for client in self._clients.members.values()) > 1
        for name, client in self._clients.members.items():
            if not client.waiting or (contested and self._clients.indebted(client)):
                continue
            found = client.next(cheap_only=cheap_only or name in only_cheap_of, express=cheap_only)
            if found is not None and (best is None or (client.tag, found[0]) < best):
                best, chosen = (client.tag, found[0]), (client, found[1])
        return self._take(*chosen) if chosen is not None else None

    def _take(self, client: _Client[T], lane: _Lane[T]) -> T:
        self._clients.take(client)
        client.lanes.take(lane)
        for counted in (client, lane):
            counted.running += 1
        client.waiting -= 1
        self._waiting -= 1
        self._running += 1
        return lane.queue(cheap=bool(lane.cheap)).popleft()[1]

    def remove(self, key: Key, item: T) -> bool:
        """Take out an item that is not wanted any more; False where it does not wait."""
        client = self._clients.members.get(key.client)
        lane = client.lanes.members.get(key.dashboard) if client else None
        if client is None or lane is None:
            return False
        for queue in (lane.cheap, lane.heavy):
            for each in queue:
                if each[1] is item:
                    queue.remove(each)
                    client.waiting -= 1
                    self._waiting -= 1
                    self._left(key, client)
                    return True
        return False

    def charge(self, key: Key, seconds: float) -> None:
        """Count time that a client has used for a dashboard, or, negative, has not used after all."""
        client = self._clients.members.get(key.client)
        if client is None:
            return
        client.tag += seconds
        lane = client.lanes.members.get(key.dashboard)
        if lane is not None:
            lane.tag += seconds

    def done(self, key: Key) -> None:
        """An item of this client and dashboard runs no longer."""
        client = self._clients.members[key.client]
        client.lanes.members[key.dashboard].running -= 1
        client.running -= 1
        self._running -= 1
        self._left(key, client)

    def newest_of_longest(self, key: Key) -> T | None:
        """The newest item of the client that has most waiting, if those are more than `key`'s client would have."""
        clients = self._clients.members
        longest = max(clients, key=lambda name: clients[name].waiting, default=key.client)
        own = clients[key.client].waiting if key.client in clients else 0
        if longest == key.client or clients[longest].waiting <= own + 1:
            return None
        lanes = clients[longest].lanes.members.values()
        return max((queue[-1] for lane in lanes for queue in (lane.cheap, lane.heavy) if queue), key=lambda e: e[0])[1]

    def _left(self, key: Key, client: _Client[T]) -> None:
        """Forget what says nothing any more: everything, when nothing waits or runs at all."""
        if not (self._waiting or self._running):
            self._clients = _Turns(_Client, MAX_CLIENTS)
        elif client.busy:
            client.lanes.left(key.dashboard)
        else:
            client.lanes = _Turns(_Lane, MAX_LANES)
            self._clients.left(key.client)
