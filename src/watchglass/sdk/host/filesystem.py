"""Filesystems: space and files left, by mount point. Source: node_exporter, collector/filesystem_linux.go.

Asking a dead network mount for its space never returns, so mounts are asked on a thread that may be left behind.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import HostOptions, Reader, gauge


class Mount(NamedTuple):
    """One line of /proc/1/mounts; `mountpoint` is as the host sees it."""

    device: str
    mountpoint: str
    fstype: str
    readonly: bool


FIGURES = (
    ("node_filesystem_size_bytes", "Size of the filesystem.", "f_blocks"),
    ("node_filesystem_free_bytes", "Free space, with what is kept for root.", "f_bfree"),
    ("node_filesystem_avail_bytes", "Free space that users may take.", "f_bavail"),
    ("node_filesystem_files", "Files that the filesystem could hold.", "f_files"),
    ("node_filesystem_files_free", "Files that it could hold more.", "f_ffree"),
)

Answer = os.statvfs_result | None  # None: the mount gave an error, or no answer in time


class Filesystem(Reader):
    """`node_filesystem_*`."""

    def __init__(self, options: HostOptions) -> None:
        super().__init__(options)
        self._stuck: set[str] = set()  # mount points that a walk still waits for

    def collect(self) -> Iterator[Family]:
        """One reading; a mount that gives no answer is shown by `node_filesystem_device_error` alone."""
        mounts = [mount for mount in parse_mounts(self._table(), self.options.rootfs) if self._wanted(mount)]
        return families(list(dict.fromkeys(mounts)), self._ask({mount.mountpoint for mount in mounts}))

    def _table(self) -> str:
        try:
            return self.proc("1/mounts")
        except OSError:
            return self.proc("mounts")  # other processes are hidden from us

    def _wanted(self, mount: Mount) -> bool:
        return self.options.mounts.accepts(mount.mountpoint) and self.options.fstypes.accepts(mount.fstype)

    def _ask(self, mountpoints: set[str]) -> dict[str, Answer]:
        answers: dict[str, Answer] = dict.fromkeys(mountpoints & self._stuck)
        while pending := sorted(mountpoints - answers.keys()):
            walk = _Walk(self.options.rootfs, pending, self._stuck)
            stuck = walk.go(self.options.mount_timeout_s)
            answers |= dict(walk.answers)
            if stuck:
                answers[stuck] = None
        return answers


class _Walk(threading.Thread):
    """Asks mounts one after the other; left behind where one hangs, and ends when that one answers after all."""

    def __init__(self, rootfs: Path, mountpoints: Sequence[str], stuck: set[str]) -> None:
        super().__init__(name="watchglass-statvfs", daemon=True)
        self.answers: dict[str, Answer] = {}
        self._rootfs, self._mountpoints, self._stuck = rootfs, mountpoints, stuck
        self._current = ""
        self._answered = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._left_behind = False

    def go(self, timeout_s: float) -> str:
        """Walk until done, or until one mount takes longer than `timeout_s`; that one's path, or nothing."""
        self.start()
        for _ in self._mountpoints:
            if not self._answered.acquire(timeout=timeout_s):
                return self._leave_behind()
        return ""

    def _leave_behind(self) -> str:
        with self._lock:
            self._left_behind = True
            stuck = "" if self._current in self.answers else self._current
            if stuck:
                self._stuck.add(stuck)
            return stuck

    def run(self) -> None:
        """The thread's work."""
        for mountpoint in self._mountpoints:
            self._current = mountpoint
            answer = ask(self._rootfs, mountpoint)
            with self._lock:
                if self._left_behind:
                    self._stuck.discard(mountpoint)
                    return
                self.answers[mountpoint] = answer
            self._answered.release()


def ask(rootfs: Path, mountpoint: str) -> Answer:
    """The space at a mount point; None where it cannot be told."""
    try:
        return os.statvfs(rootfs / mountpoint.lstrip("/"))
    except OSError:
        return None


def parse_mounts(text: str, rootfs: Path) -> Iterator[Mount]:
    """The lines of a mount table; `rootfs` is taken off the mount points, blanks and tabs in them are decoded."""
    prefix = str(rootfs).rstrip("/")
    for line in text.splitlines():
        device, path, fstype, options, *_ = line.split(" ")
        mountpoint = path.replace(r"\040", " ").replace(r"\011", "\t").removeprefix(prefix) or "/"
        yield Mount(device, mountpoint, fstype, "ro" in options.split(","))


def families(mounts: Sequence[Mount], answers: dict[str, Answer]) -> Iterator[Family]:
    """Families of the mounts; one without answer has a device error and nothing else."""
    answered = [(mount, answer) for mount in mounts if (answer := answers.get(mount.mountpoint))]
    for name, text, field in FIGURES:
        family = gauge(name, text)
        for mount, answer in answered:
            _add(family, mount, _figure(answer, field))
        yield family
    readonly = gauge("node_filesystem_readonly", "Whether the filesystem is mounted read-only.")
    for mount, _ in answered:
        _add(readonly, mount, float(mount.readonly))
    yield readonly
    errors = gauge("node_filesystem_device_error", "Whether the filesystem gave no figures.")
    for mount in mounts:
        _add(errors, mount, float(answers.get(mount.mountpoint) is None))
    yield errors


def _figure(answer: os.statvfs_result, field: str) -> float:
    value: int = getattr(answer, field)
    return value if field in ("f_files", "f_ffree") else value * answer.f_frsize


def _add(family: Family, mount: Mount, value: float) -> None:
    family.add(value, device=mount.device, fstype=mount.fstype, mountpoint=mount.mountpoint)
