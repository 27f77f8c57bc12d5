"""Keeps the process small: few malloc arenas, no collector runs over what lives for ever, pages given back."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2


def limit_arenas() -> None:
    """Let all threads share two arenas: by default each gets one of its own, and keeps what it freed."""
    mallopt = _libc_function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def freeze_startup() -> None:
    """Take everything that start-up made out of the sight of the garbage collector, and collect less eagerly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def give_back() -> None:
    """Return free heap pages to the system; a few milliseconds, during which other threads run."""
    trim = _libc_function("malloc_trim")
    if trim is not None:
        trim(0)


def _libc_function(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # musl has neither
        return None
    return function
