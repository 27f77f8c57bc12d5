"""Keeps the process small: few malloc arenas, no collector runs over what lives for ever, pages given back."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import resource
import sys
from collections.abc import Callable
from pathlib import Path

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
_ARENAS = 2
_OWN_MAPPING_BYTES = 32 * 1024 * 1024  # the most that glibc takes
_KEPT_TOP_BYTES = 16 * 1024 * 1024
GROWTH_BYTES = 4 * 1024 * 1024
STATM = Path("/proc/self/statm")


def limit_arenas() -> None:
    """Let all threads share two arenas, in which one target's body follows another at the same place.

    By default each thread gets an arena of its own, and keeps what it freed. And glibc moves its threshold for mappings of
    their own with every block that is freed, so that a body of some megabytes is now in the heap and now a mapping, whose
    every page costs a fault again with each scrape. `keep_small` gives back what is not used again.
    """
    mallopt = _libc_function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
        mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_TOP_BYTES)


def freeze_startup() -> None:
    """Take everything that start-up made out of the sight of the garbage collector, and collect less eagerly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def give_back() -> None:
    """Give the free pages of the heap back to the system; it takes milliseconds."""
    trim = _libc_function("malloc_trim")
    if trim is not None:
        trim(0)


async def keep_small(interval_s: float = 30.0) -> None:
    """Give free heap pages back from time to time, for ever: a heavy query leaves many behind.

    It takes a few milliseconds in a thread, and only happens when the process has grown since.
    """
    smallest = resident_bytes()
    while _libc_function("malloc_trim") is not None:
        await asyncio.sleep(interval_s)
        if resident_bytes() > smallest + GROWTH_BYTES:
            await asyncio.to_thread(give_back)
            smallest = resident_bytes()
        smallest = min(smallest, resident_bytes())


def resident_bytes() -> int:
    """Memory that the process holds now; 0 where the system does not tell."""
    try:
        pages = int(STATM.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _libc_function(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # musl has neither
        return None
    return function
