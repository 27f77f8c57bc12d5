"""Reading a file that somebody named, whatever it turns out to be: a pipe that nobody writes to must not hang us."""

from __future__ import annotations

import errno
import os
import select
import stat
from pathlib import Path

PIPE_S = 3.0
"""So long may the writer of a pipe be silent; a shell's `<(command)` is one."""


def read_some(path: Path, limit_bytes: int, pipe_s: float = PIPE_S) -> bytes:
    """The content of a file, cut off one byte behind the limit.

    Raises:
        OSError: it cannot be read, or is a pipe that is silent or was read before.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode):
            return file.read(limit_bytes + 1)
        data = _read_stream(file.fileno(), limit_bytes + 1, pipe_s)
    if stat.S_ISFIFO(mode) and not data:
        raise OSError(errno.EPIPE, "it is a pipe, and nobody writes to it; one can be read only once")
    return data


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _read_stream(descriptor: int, size: int, silence_s: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not select.select([descriptor], [], [], silence_s)[0]:
            raise OSError(errno.ETIMEDOUT, f"nothing came for {silence_s:g} s")
        part = os.read(descriptor, min(size - len(data), 1 << 16))
        if not part:
            break
        data += part
    return bytes(data)
