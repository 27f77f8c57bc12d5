"""One process owns a data directory: a lock on a file that names the holder."""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path

from watchglass.errors import StoreError, StoreLockedError

log = logging.getLogger("watchglass.store")

_PID_WIDTH = 16  # of the first line


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
            holder = os.pread(self._fd, _PID_WIDTH, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise StoreLockedError(f"data directory {directory} is in use by process {holder}") from error
        self._note_fails = False
        try:
            self.last_seq = self._read_seq()
            os.pwrite(self._fd, f"{os.getpid():<{_PID_WIDTH - 1}}\n".encode(), 0)
        except OSError as error:
            os.close(self._fd)
            raise StoreError(f"cannot use data directory {directory}: {error.strerror}") from error

    def _read_seq(self) -> int:
        """The last log record that the last holder acknowledged; 0 when unknown."""
        text = os.pread(self._fd, 32, _PID_WIDTH).strip()
        return int(text) if text.isdigit() else 0

    def note_seq(self, seq: int) -> None:
        """Write down that a log record was acknowledged, so that its loss would be noticed.

        It is not synced: the kernel keeps it when the process is killed, and after a power cut it may only be older.
        Where it cannot be written it stays older too, which is logged: the record itself is safe.
        """
        try:
            os.pwrite(self._fd, f"{seq:<24}\n".encode(), _PID_WIDTH)
        except OSError:
            if not self._note_fails:
                log.exception("cannot note the newest log record; it is tried again with every commit")
            self._note_fails = True
        else:
            self._note_fails = False

    def release(self) -> None:
        """Let go; the file stays, for removing it would race with the next holder."""
        if self._fd >= 0:
            with suppress(OSError):
                os.pwrite(self._fd, b" " * (_PID_WIDTH - 1), 0)
            os.close(self._fd)
            self._fd = -1
