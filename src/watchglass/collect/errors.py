"""Why a scrape failed, in a form that can be counted, and in the words that users of Prometheus search for."""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Iterator

from watchglass.errors import WatchglassError
from watchglass.wire.exposition import Reading

_NO_HOST = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})
_OF_NETWORK = frozenset(
    {
        errno.ECONNABORTED, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPIPE,
        errno.ETIMEDOUT,
    }
)  # fmt: skip
_CONNECTED_TO = re.compile(r"Connect call failed \('([^']+)', (\d+)")  # asyncio's text has the address in Python's form


class ScrapeError(WatchglassError):
    """A scrape failed; the target stays, and is tried again at its next turn.

    Attributes:
        result: one word for the counter `watchglass_scrapes_total`.
        reading: what is stored of the target all the same, beside `up`, which is 0; None where nothing is.
    """

    def __init__(self, message: str, *, result: str) -> None:
        self.result = result
        self.reading: Reading | None = None
        super().__init__(message)


def in_plain_words(error: ScrapeError, peer: str) -> ScrapeError:
    """The same error, the network's part of it as Go's net package says it: `10.0.0.7:9100: connection refused`.

    Args:
        error: what a client raised, its causes behind it.
        peer: HOST:PORT that was asked; the address that a name stood for is said instead where it is known.
    """
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            reason = "no such host" if cause.errno in _NO_HOST else str(cause.strerror).lower()
            return ScrapeError(f"lookup {peer.rpartition(':')[0]}: {reason}", result=error.result)
        if cause.errno in _OF_NETWORK and not cause.filename:
            return ScrapeError(f"{_address(cause, peer)}: {os.strerror(cause.errno).lower()}", result=error.result)
    return error


def timed_out(peer: str, timeout_ms: int) -> ScrapeError:
    """A target that did not answer in time, with the words of Go's context beside ours."""
    message = f"{peer}: no full answer within {timeout_ms / 1000:g} s (i/o timeout, context deadline exceeded)"
    return ScrapeError(message, result="timeout")


def _causes(error: BaseException) -> Iterator[OSError]:
    """The faults of the system behind an error, the outermost first; of several at once the first."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        if isinstance(cause, OSError):
            yield cause
        within = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else None
        cause = within or cause.__cause__ or cause.__context__


def _address(error: OSError, peer: str) -> str:
    found = _CONNECTED_TO.match(error.strerror or "")
    if not found:
        return peer
    host, port = found.groups()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
