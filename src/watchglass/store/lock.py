"""One process owns a data directory: an `fcntl` lock on a file that names the holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from watchglass.errors import StoreError, StoreLockedError


class DirectoryLock:
    """Held from construction to `release`; the kernel drops it when the process dies.

    Raises:
        StoreLockedError: another process holds it; the text names its pid.
        StoreError: the directory cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "lock"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"cannot use data directory {directory}: {error.strerror}") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._fd, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise StoreLockedError(f"data directory {directory} is in use by process {holder}") from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let go; the file stays, for removing it would race with the next holder."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1
