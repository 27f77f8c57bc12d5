"""The memory that all running queries may hold together, and one query's share of it.

A share is a high-water mark: it grows before memory is taken and is given back when the query is done, so what the pool has
given out is never less than what queries hold. A query waits for memory that another will give back, and is refused what
would not be there even if it were alone. The thread that runs a query names its share with `using`, so that everything
which works for the query on that thread (engine, caches, rendering) draws on the same one.

An answer on its way out holds its share until its client has taken it. A client that takes nothing may hold it only for as
long as nobody waits: then the answer that has been stalled longest is given up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from watchglass.errors import QueryError, QueryLimitError

SAMPLE_BYTES = 16
"""A raw sample at rest: an int64 time and a float64 value."""
CELL_BYTES = 27
"""A step of a series being computed: a float64 and its presence, once for the operand, the result and what is between."""

STALLED_S = 5.0
"""After so long without a piece taken, an answer gives way to a query that waits for memory."""

_QUANTUM_BYTES = 1 << 20  # a share grows by so much at a time: small queries ask the pool once
_SMALL_BYTES = 4 << 20  # given to a running query always: large ones do not keep small ones out
_LIGHT_BYTES = 64 << 10  # an answer of this size on its way out is not counted
_LOOK_S = 0.05  # how often a query that waits for memory looks whether it may go on


class MemoryBusyError(QueryError):
    """Other queries hold the memory that this one needs."""

    kind = "unavailable"


class _Account:
    """What all queries hold, or those of one client."""

    def __init__(self, max_bytes: int, whose: str) -> None:
        self.max_bytes, self.whose = max_bytes, whose
        self.held_bytes = self.holders = self.waiting = 0

    def has_room(self, more_bytes: int) -> bool:
        return self.held_bytes + more_bytes <= self.max_bytes

    def others(self, share: MemoryShare) -> int:
        """How many hold something beside `share`."""
        return self.holders - (share.held_bytes > 0)


class MemoryPool:
    """Bytes shared by queries; safe to use from several threads.

    Args:
        max_bytes: what all of them may hold; 0 means without bound.
        client_bytes: what those of one client may hold, so that there is room for others; all, if not given.
        stalled_s: how long an answer may stand still on its way out while others wait for memory.
    """

    def __init__(self, max_bytes: int, stalled_s: float = STALLED_S, *, client_bytes: int | None = None) -> None:
        self.max_bytes = max_bytes
        self._client_bytes = max(max_bytes if client_bytes is None else client_bytes, _SMALL_BYTES)
        self._all = _Account(max_bytes, "all")
        self._clients: dict[str, _Account] = {}
        self._stalled_s = stalled_s
        self._leaving: dict[MemoryShare, Callable[[], None]] = {}
        self._given_up: MemoryShare | None = None
        self._freed = threading.Condition(threading.RLock())  # a share may be released by its end within

    @property
    def held_bytes(self) -> int:
        """What all queries hold."""
        return self._all.held_bytes

    def share(self, client: str = "") -> MemoryShare:
        """An empty share for one query of a client."""
        return MemoryShare(self, client)

    def grow(self, share: MemoryShare, size_bytes: int, check: Callable[[], None]) -> None:
        """Let a share become `size_bytes`, waiting while others may give memory back.

        Raises:
            QueryLimitError: it is more than one client may hold.
            MemoryBusyError: only queries that wait themselves could give it back.
            QueryError: what `check` raises while it waits.
        """
        if self.max_bytes and size_bytes > self._client_bytes:
            raise QueryLimitError(
                f"query processing would take {_mebibytes(size_bytes)} of memory or more, and one client may hold"
                f" {_mebibytes(self._client_bytes)} of the {_mebibytes(self.max_bytes)} for all (query.memory). Ask for"
                " less time, fewer series or fewer steps"
            )
        with self._freed:
            try:
                self._wait_for(share, size_bytes, check)
                self._set(share, size_bytes)
            finally:
                self._forget_idle(share.client)

    def _wait_for(self, share: MemoryShare, size_bytes: int, check: Callable[[], None]) -> None:
        while (full := self._without_room(share, size_bytes)) is not None:
            if full.waiting >= full.others(share):
                raise MemoryBusyError(
                    f"the query needs {_mebibytes(size_bytes)} of memory, and others hold {_mebibytes(full.held_bytes)}"
                    f" of the {_mebibytes(full.max_bytes)} for {full.whose} (query.memory). Try again soon"
                )
            self._give_up_stalled()
            holds = share.held_bytes > 0
            self._count_waiting(share, holds)
            try:
                self._freed.wait(_LOOK_S)
            finally:
                self._count_waiting(share, -holds)
            check()

    def _without_room(self, share: MemoryShare, size_bytes: int) -> _Account | None:
        """Where there is no room for a share of that size; None where there is."""
        if not self.max_bytes or size_bytes <= _SMALL_BYTES:
            return None
        more_bytes = size_bytes - share.held_bytes
        return next((each for each in self._accounts(share) if not each.has_room(more_bytes)), None)

    def _accounts(self, share: MemoryShare) -> tuple[_Account, _Account]:
        """That of its client, and that of all."""
        own = self._clients.get(share.client)
        if own is None:
            own = self._clients[share.client] = _Account(self._client_bytes, "one client")
        return own, self._all

    def _count_waiting(self, share: MemoryShare, more: int) -> None:
        for account in self._accounts(share):
            account.waiting += more

    def _give_up_stalled(self) -> None:
        """Give up the answer that has been stalled longest; the next one only when its memory is back."""
        if self._given_up is not None or not self._leaving:
            return
        longest = min(self._leaving, key=lambda share: share.moved_s)
        if time.monotonic() - longest.moved_s > self._stalled_s:
            self._given_up = longest
            self._leaving[longest]()

    def leaves(self, share: MemoryShare, give_up: Callable[[], None]) -> None:
        """The share's answer is on its way out from now on; see MemoryShare.leaves."""
        with self._freed:
            self._leaving[share] = give_up

    def settle(self, share: MemoryShare, size_bytes: int) -> None:
        """Set a share to what its query is known to hold."""
        with self._freed:
            if not size_bytes:
                self._leaving.pop(share, None)
                self._given_up = None if self._given_up is share else self._given_up
            self._set(share, size_bytes)
            self._forget_idle(share.client)
            self._freed.notify_all()

    def _set(self, share: MemoryShare, size_bytes: int) -> None:
        for account in self._accounts(share):
            account.holders += (size_bytes > 0) - (share.held_bytes > 0)
            account.held_bytes += size_bytes - share.held_bytes
        share.held_bytes = size_bytes

    def _forget_idle(self, client: str) -> None:
        account = self._clients.get(client)
        if account is not None and not account.holders:
            del self._clients[client]


class MemoryShare:
    """What one query holds of a pool; given back by `release`, or when nothing refers to it any more."""

    __slots__ = ("_pool", "client", "held_bytes", "moved_s", "peak_bytes")

    def __init__(self, pool: MemoryPool, client: str) -> None:
        self._pool, self.client = pool, client
        self.held_bytes = 0
        self.peak_bytes = 0
        self.moved_s = 0.0

    def need(self, size_bytes: int, check: Callable[[], None]) -> None:
        """Have at least so much; `check` is called while it waits, and may raise.

        Raises:
            QueryError: there is not as much; see MemoryPool.grow.
        """
        if size_bytes > self.held_bytes:
            self._pool.grow(self, -(-size_bytes // _QUANTUM_BYTES) * _QUANTUM_BYTES, check)
            self.peak_bytes = max(self.peak_bytes, self.held_bytes)

    def keep_only(self, size_bytes: int) -> None:
        """Give back all but what the finished answer takes."""
        self._pool.settle(self, size_bytes if size_bytes > _LIGHT_BYTES else 0)

    def leaves(self, give_up: Callable[[], None]) -> None:
        """The answer is on its way to a client; say `moved` whenever a piece was taken, and `release` in the end.

        Args:
            give_up: called once, by the thread of a query that waits, when the answer has been stalled for too long.
        """
        if self.held_bytes:
            self.moved()
            self._pool.leaves(self, give_up)

    def moved(self) -> None:
        """A piece of the answer was taken."""
        self.moved_s = time.monotonic()

    def release(self) -> None:
        """Give everything back."""
        if self.held_bytes:
            self._pool.settle(self, 0)

    def __del__(self) -> None:
        self.release()


_UNBOUNDED = MemoryPool(0)
_CURRENT: ContextVar[MemoryShare | None] = ContextVar("share", default=None)


def current_share() -> MemoryShare:
    """The share of the query that this thread works for; one without bound outside of any."""
    return _CURRENT.get() or _UNBOUNDED.share()


@contextmanager
def using(share: MemoryShare) -> Iterator[None]:
    """Let everything that this thread does within draw on `share`."""
    token = _CURRENT.set(share)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def _mebibytes(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):,.0f} MiB"
