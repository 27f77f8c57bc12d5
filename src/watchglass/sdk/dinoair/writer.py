"""Files that a crash leaves whole, and the lock by which a folder has one writer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from watchglass.errors import StoreError, StoreLockedError


class WriterLock:
    """Held by the one process, and the one storage in it, that may write.

    Args:
        path: a file beside what is locked; made where it is missing, with its folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take it; it goes back by itself when the process ends.

        Raises:
            StoreLockedError: somebody else has it.
            StoreError: the folder cannot be written to.
        """
        if self._file is not None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{self._path.parent}: metrics cannot be stored there: {error}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise StoreLockedError(
                f"{self._path.parent}: another process or storage writes there; give each its own storage_path"
            ) from None
        self._file = file

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def write_durably(path: Path, body: bytes) -> None:
    """Write a file such that after a crash it is the old one or the new one, whole."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names that were written, changed or removed in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
