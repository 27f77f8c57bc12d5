"""What this process's control group may use, and uses: a container's limits beside the host's figures.

Both generations of control groups are read. A limit holds for a group and everything below it, so the lowest one
on the way up counts. Without a limit there is no series, because "all of the host" is no number of its own.

Source: Linux, Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst and scheduler/sched-bwc.rst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import HostOptions, Reader, counter, gauge, read_text, single

_UNLIMITED_BYTES = 1 << 60  # the first generation says "no limit" with a number near the greatest there is

LIMITS = {
    "memory_limit_bytes": "Memory that this container may use.",
    "cpu_limit_cores": "CPUs that this container may use.",
}
USAGE = {
    "memory_usage_bytes": "Memory that this container uses, with the page cache.",
    "memory_working_set_bytes": "Memory that this container uses, without the page cache that could be freed at once.",
}
COUNTERS = {
    "cpu_usage_seconds_total": "CPU time that this container has used.",
    "cpu_throttled_seconds_total": "Time that this container's tasks waited because its CPU limit was reached.",
}


class Container(Reader):
    """`watchglass_container_*`."""

    def collect(self) -> Iterator[Family]:
        """One reading."""
        figures = self._figures()
        for table, family in ((LIMITS, gauge), (USAGE, gauge), (COUNTERS, counter)):
            for key, text in table.items():
                if (value := figures.get(key)) is not None:
                    yield single(family(f"watchglass_container_{key}", text), value)

    def _figures(self) -> dict[str, float | None]:
        groups = find_groups(self.proc("self/cgroup"), self.proc("self/mountinfo"), self.options)
        figures: dict[str, float | None] = {}
        for controller in sorted(groups, reverse=True):  # where both generations run, the first has the controllers
            path, top = groups[controller]
            for key, read in READERS[controller].items():
                if figures.get(key) is None:
                    figures[key] = _lowest(read, path, top) if key in LIMITS else attempt(read, path)
        return figures


Figure = Callable[[Path], float | None]


def attempt(read: Figure, path: Path) -> float | None:
    """The figure, or None where the group does not keep it."""
    try:
        return read(path)
    except (OSError, KeyError, ValueError):
        return None


def _lowest(read: Figure, path: Path, top: Path) -> float | None:
    depth = len(path.relative_to(top).parts)
    limits = (attempt(read, group) for group in (path, *list(path.parents)[:depth]))
    return min((limit for limit in limits if limit is not None), default=None)


def find_groups(cgroup: str, mountinfo: str, options: HostOptions) -> dict[str, tuple[Path, Path]]:
    """Controller (empty for the second generation) to our group's folder, and the topmost folder that we can see.

    Args:
        cgroup: the text of /proc/self/cgroup.
        mountinfo: the text of /proc/self/mountinfo.
        options: where sysfs is.
    """
    lines = (line.split(":", 2) for line in cgroup.splitlines())
    paths = {controller: path for _, controllers, path in lines for controller in controllers.split(",")}
    groups: dict[str, tuple[Path, Path]] = {}
    for root, mountpoint, mounted in _cgroup_mounts(mountinfo):
        top = options.sysfs / mountpoint.removeprefix("/sys/")
        for controller in mounted & paths.keys() & READERS.keys():
            groups.setdefault(controller, (top / _below(paths[controller], root), top))
    return groups


def _cgroup_mounts(mountinfo: str) -> Iterator[tuple[str, str, set[str]]]:
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        root, mountpoint = left.split(" ")[3:5]
        fstype, _, options = right.split(" ")[:3]
        if fstype in ("cgroup", "cgroup2"):
            yield root, mountpoint, {""} if fstype == "cgroup2" else set(options.split(","))


def _below(path: str, root: str) -> str:
    """Our group's path seen from the mount; the mount itself where it shows only a part that we are not below."""
    if root == "/":
        return path.lstrip("/")
    return path.removeprefix(root).lstrip("/") if path.startswith(root) else ""


def _number(path: Path) -> float | None:
    value = float(read_text(path))
    return None if value < 0 or value >= _UNLIMITED_BYTES else value


def _pairs(path: Path) -> dict[str, float]:
    words = read_text(path).split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2], strict=False)}


def _quota_v2(group: Path) -> float | None:
    quota, period = read_text(group / "cpu.max").split()
    return None if quota == "max" else float(quota) / float(period)


def _quota_v1(group: Path) -> float | None:
    quota = _number(group / "cpu.cfs_quota_us")
    period = _number(group / "cpu.cfs_period_us")
    return quota / period if quota and period else None


def _memory_max_v2(group: Path) -> float | None:
    text = read_text(group / "memory.max").strip()
    return None if text == "max" else float(text)


def _working_set_v2(group: Path) -> float:
    return max(0.0, float(read_text(group / "memory.current")) - _pairs(group / "memory.stat")["inactive_file"])


def _working_set_v1(group: Path) -> float:
    cache = _pairs(group / "memory.stat")["total_inactive_file"]
    return max(0.0, float(read_text(group / "memory.usage_in_bytes")) - cache)


READERS: Mapping[str, Mapping[str, Figure]] = {
    "": {
        "memory_limit_bytes": _memory_max_v2,
        "memory_usage_bytes": lambda group: _number(group / "memory.current"),
        "memory_working_set_bytes": _working_set_v2,
        "cpu_limit_cores": _quota_v2,
        "cpu_usage_seconds_total": lambda group: _pairs(group / "cpu.stat")["usage_usec"] / 1e6,
        "cpu_throttled_seconds_total": lambda group: _pairs(group / "cpu.stat")["throttled_usec"] / 1e6,
    },
    "memory": {
        "memory_limit_bytes": lambda group: _number(group / "memory.limit_in_bytes"),
        "memory_usage_bytes": lambda group: _number(group / "memory.usage_in_bytes"),
        "memory_working_set_bytes": _working_set_v1,
    },
    "cpu": {
        "cpu_limit_cores": _quota_v1,
        "cpu_throttled_seconds_total": lambda group: _pairs(group / "cpu.stat")["throttled_time"] / 1e9,
    },
    "cpuacct": {
        "cpu_usage_seconds_total": lambda group: float(read_text(group / "cpuacct.usage")) / 1e9,
    },
}
