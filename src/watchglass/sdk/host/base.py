"""What every host reader shares: where the kernel's files are, which devices count, and how to read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from watchglass.model.metadata import Family, MetricType

MOUNTS_EXCLUDED = r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"
FSTYPES_EXCLUDED = (
    r"^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay"
    r"|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$"
)
DISKS_EXCLUDED = r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$"
VMSTAT_INCLUDED = r"^(oom_kill|pgpg|pswp|pg.*fault).*"


@dataclass(frozen=True, slots=True)
class Filter:
    """Chooses devices by name, as node_exporter does: patterns match anywhere, an empty one does not apply."""

    exclude: str = ""
    include: str = ""

    def accepts(self, name: str) -> bool:
        """Tell whether `name` is wanted."""
        if self.exclude and re.search(self.exclude, name):
            return False
        return not self.include or re.search(self.include, name) is not None


@dataclass(frozen=True, slots=True)
class HostOptions:
    """Where to read the host, and what of it; the defaults are node_exporter's.

    In a container the host's trees are mounted elsewhere: `HostOptions(procfs=Path("/host/proc"), ...)`.
    """

    procfs: Path = Path("/proc")
    sysfs: Path = Path("/sys")
    rootfs: Path = Path("/")  # put before each mount point when its space is asked for
    udev: Path = Path("/run/udev/data")
    mounts: Filter = Filter(exclude=MOUNTS_EXCLUDED)
    fstypes: Filter = Filter(exclude=FSTYPES_EXCLUDED)
    disks: Filter = Filter(exclude=DISKS_EXCLUDED)
    networks: Filter = Filter()
    vmstat: Filter = Filter(include=VMSTAT_INCLUDED)
    mount_timeout_s: float = 1.0  # a mount that takes longer is left alone until it answers


class Reader:
    """Reads one part of the host; a subclass says which. It raises OSError or ValueError where it cannot."""

    def __init__(self, options: HostOptions) -> None:
        self.options = options

    def collect(self) -> Iterable[Family]:
        """One reading."""
        raise NotImplementedError

    def proc(self, name: str) -> str:
        """The text of a file under procfs."""
        return read_text(self.options.procfs / name)

    def sys(self, name: str) -> str:
        """The text of a file under sysfs, without white space at its ends."""
        return read_text(self.options.sysfs / name).strip()


def read_text(path: Path) -> str:
    """The text of a kernel file; bytes that are not UTF-8 become U+FFFD, as labels must be UTF-8."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - Path.open takes three times as long
        return file.read().decode("utf-8", "replace")


def counter(name: str, text: str) -> Family:
    """A new family that only grows."""
    return Family(name, MetricType.COUNTER, text)


def gauge(name: str, text: str) -> Family:
    """A new family that goes up and down."""
    return Family(name, MetricType.GAUGE, text)


def single(family: Family, value: float) -> Family:
    """The family with one sample that has no labels."""
    family.add(value)
    return family
