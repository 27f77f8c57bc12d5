"""Worker processes of one application (gunicorn): their metrics as one, and what is left of those that have ended.

`prometheus_client` keeps the values of each process in files of a folder. Here counters of processes that have ended
are moved into one file, so that sums never fall and files do not pile up, and what they alone had in hand goes.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from watchglass.sdk.process_metrics import Usage

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the folder."""

_SHARED_BY = "PROMETHEUS_MULTIPROC_SHARED_BY"
_FILE = re.compile(r"(?P<kind>counter|histogram|summary|gauge_(?P<mode>[a-z]+))_(?P<pid>\d+)\.db")
_ENDED = 0
"""Stands for all processes that have ended, in names of files."""

_LEDGER = "process.json"
_JOIN: dict[str | None, Callable[[tuple[float, float], tuple[float, float]], tuple[float, float]]] = {
    None: lambda one, other: (one[0] + other[0], 0.0),
    "sum": lambda one, other: (one[0] + other[0], 0.0),
    "min": min,
    "max": max,
    "mostrecent": lambda one, other: max(one, other, key=lambda each: each[1]),
}
"""How (value, time) of a process that has ended joins others, by the mode of gauges; those of other modes end with it."""


def share_metrics(folder: str | Path) -> None:
    """Let processes that start from here share their metrics; call it first thing, as in `gunicorn.conf.py`.

        from watchglass.sdk.worker_processes import share_metrics
        share_metrics("/run/my-app")

    What an earlier run has left in the folder is removed, but for the files of processes that still run; called again by
    the same run it does nothing.

    Raises:
        RuntimeError: `prometheus_client` is imported already, and has decided to keep values in memory.
        OSError: the folder cannot be made or emptied.
    """
    folder = Path(folder).absolute()
    shared_by = os.environ.get(_SHARED_BY, "")
    if os.environ.get(FOLDER) == str(folder) and shared_by.isdecimal() and _lives(int(shared_by)):
        return
    if "prometheus_client" in sys.modules and os.environ.get(FOLDER) != str(folder):
        raise RuntimeError(f"prometheus_client is imported already: call share_metrics() before, or set {FOLDER}")
    folder.mkdir(parents=True, exist_ok=True)
    _empty(folder)
    os.environ[FOLDER], os.environ[_SHARED_BY] = str(folder), str(os.getpid())


def _empty(folder: Path) -> None:
    """Remove what ended processes have left; what all of them did together only where none of them runs on."""
    files = [(path, int(match["pid"])) for path in folder.iterdir() if (match := _FILE.fullmatch(path.name))]
    running = {pid for _, pid in files if pid not in {_ENDED, os.getpid()} and _lives(pid)}
    for path, pid in files:
        if pid not in running and not (pid == _ENDED and running):
            path.unlink()
    if not running:
        (folder / _LEDGER).unlink(missing_ok=True)


def served(registry: CollectorRegistry) -> CollectorRegistry:
    """What to expose: the registry, or in an application of several processes all of theirs."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - after `share_metrics`

    if not os.environ.get(FOLDER):
        return registry
    joined = CollectorRegistry()
    joined.register(WorkersCollector(Path(os.environ[FOLDER])))
    return joined


class WorkersCollector:
    """The metrics of all processes that share a folder.

    Args:
        folder: where their files are.
        procfs: where the proc filesystem is mounted.
    """

    def __init__(self, folder: Path, procfs: Path = Path("/proc")) -> None:
        self._folder, self._procfs = folder, procfs

    def describe(self) -> Iterable[Metric]:
        """Nothing is known beforehand."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """One reading; who scrapes at the same time waits."""
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - after `share_metrics`

        from watchglass.sdk.process_metrics import families  # noqa: PLC0415

        merge: Any = MultiProcessCollector.merge
        with _locked(self._folder):
            pids = self._tidy()
            files = [str(path) for path in self._folder.glob("*.db") if path.stat().st_size]  # empty: just being made
            found: list[Metric] = list(merge(files))
            usage = _Ledger(self._folder / _LEDGER).joined(self._procfs, pids)
        yield from found
        yield from families(usage, without={family.name for family in found})

    def _tidy(self) -> list[int]:
        """Join the files of processes that have ended; those that live are left."""
        pids = {int(match["pid"]) for path in self._folder.iterdir() if (match := _FILE.fullmatch(path.name))}
        living = [pid for pid in sorted(pids - {_ENDED}) if _lives(pid, self._procfs)]
        for pid in pids.difference(living, (_ENDED,)):
            for path in self._folder.glob(f"*_{pid}.db"):
                if match := _FILE.fullmatch(path.name):
                    _retire(path, match["kind"], match["mode"])
        return living


def _retire(path: Path, kind: str, mode: str | None) -> None:
    """Move the values of a process that has ended into the file of all that have; live gauges just go."""
    from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415 - after `share_metrics`

    if (join := _JOIN.get(mode)) and path.stat().st_size:
        mapped: Any = MmapedDict
        kept = mapped(str(path.with_name(f"{kind}_{_ENDED}.db")))
        known = {key: (value, time) for key, value, time in _values(kept.read_all_values())}
        for key, value, time in _values(mapped.read_all_values_from_file(str(path))):
            kept.write_value(key, *(join(known[key], (value, time)) if key in known else (value, time)))
        kept.close()
    path.unlink()


def _values(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, float, float]]:
    """Key, value and time of each row of the client library's files."""
    for key, value, time, *_ in rows:
        yield key, value, time


class _Ledger:
    """CPU time that processes had used when they were last looked at, those that have ended too: it never falls.

    Args:
        path: the file that remembers it from one reading to the next, whichever process reads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def joined(self, procfs: Path, pids: Iterable[int]) -> Usage:
        """What the processes use together, with the CPU time of those before them."""
        from watchglass.sdk.process_metrics import Usage, read_usage  # noqa: PLC0415 - after `share_metrics`

        known = {_identity(procfs, pid): usage for pid in pids if (usage := read_usage(procfs / str(pid)))}
        if not known:
            return Usage()
        used = self._load() | {key: (usage.user_s or 0.0, usage.system_s or 0.0) for key, usage in known.items()}
        total = _sum(used.values())
        ended = _sum(spent for key, spent in used.items() if key not in known)
        self._save({key: used[key] for key in known} | {"ended": ended})
        return Usage(
            *total,
            resident_bytes=sum(usage.resident_bytes or 0.0 for usage in known.values()),
            heap_bytes=sum(usage.heap_bytes or 0.0 for usage in known.values()) or None,
        )

    def _load(self) -> dict[str, tuple[float, float]]:
        try:
            return {
                key: (float(user), float(system)) for key, (user, system) in json.loads(self._path.read_text()).items()
            }
        except (OSError, ValueError, TypeError, AttributeError):  # there is none yet, or somebody else wrote it
            return {}

    def _save(self, used: dict[str, tuple[float, float]]) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(used))
        new.replace(self._path)


def _sum(spent: Iterable[tuple[float, float]]) -> tuple[float, float]:
    pairs = list(spent)
    return sum(user for user, _ in pairs), sum(system for _, system in pairs)


def _lives(pid: int, procfs: Path = Path("/proc")) -> bool:
    """Whether a process runs; one that has ended and that its parent has not asked for yet does not."""
    try:
        stat = (procfs / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return not (procfs / "self").exists() and _takes_signals(pid)
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _takes_signals(pid: int) -> bool:
    """Whether a process runs, on a system without a proc filesystem."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _identity(procfs: Path, pid: int) -> str:
    """A process, told by when it began from a later one of the same number."""
    with suppress(OSError):
        return f"{pid} {(procfs / str(pid) / 'stat').read_text(errors='replace').rpartition(')')[2].split()[19]}"
    return str(pid)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else reads or tidies the folder while the block runs."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
