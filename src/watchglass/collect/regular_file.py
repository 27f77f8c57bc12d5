"""Reading files that a configuration names: only regular ones, and only so much of them."""

from __future__ import annotations

import errno
import os
import stat


def read_regular(path: str, limit_bytes: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its status; a pipe or a device is refused before it can hang or never end.

    Raises:
        OSError: it cannot be read, is no regular file or larger than `limit_bytes`; with the file's name.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
            status = os.fstat(descriptor)
            _refuse_irregular(path, status, limit_bytes)
            data = file.read(limit_bytes + 1)
    except OSError as error:
        error.filename = path  # a read from a descriptor knows no name
        raise
    if len(data) > limit_bytes:  # files of /proc have no size
        raise _too_large(path, limit_bytes)
    return data, status


def check_regular(path: str, limit_bytes: int) -> os.stat_result:
    """The status of a file that somebody else is going to read.

    Raises:
        OSError: as `read_regular` does, as far as its status tells.
    """
    status = os.stat(path)  # noqa: PTH116 - no Path objects with each scrape
    _refuse_irregular(path, status, limit_bytes)
    return status


def _refuse_irregular(path: str, status: os.stat_result, limit_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", path)
    if status.st_size > limit_bytes:
        raise _too_large(path, limit_bytes)


def _too_large(path: str, limit_bytes: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {limit_bytes} bytes", path)
