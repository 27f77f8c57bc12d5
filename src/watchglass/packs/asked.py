"""What settings ask of packs, and what has come of it: nothing here loads a pack, since most servers have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchglass.collect.job import ScrapeJob
    from watchglass.packs.pack import Pack

_TARGET = re.compile(
    r"(?P<job>[^=\s]+)=(?:(?P<instance>[^=\s]+)=)?(?:(?P<scheme>https?)://)?"
    r"(?P<address>(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5})(?P<path>/\S*)?"
)

_RATE = re.compile(r"(?P<unit>[A-Za-z]+)=(?P<dollars>\d{1,9}(\.\d{1,12})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class PackTarget:
    """A target of a pack's job.

    Attributes:
        job: the name of the job.
        address: `host:port` that is asked.
        instance: what its label `instance` says; empty for the address.
        scheme: http or https; empty for http.
        path: what is asked for there; empty for the job's own.
    """

    job: str
    address: str
    instance: str = ""
    scheme: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A pack that cannot be used.

    Attributes:
        pack: its name or folder, as somebody gave it.
        message: what is wrong with it, with file, line and key.
    """

    pack: str
    message: str

    def __str__(self) -> str:
        return f"pack {self.pack}: {self.message.removeprefix(f'{self.pack}: ')}"


@dataclass(frozen=True, slots=True)
class Enabled:
    """The packs that are switched on.

    Attributes:
        packs: those that can be used, in the order in which they were named.
        as_written: names of those whose guide's own text is shown.
        faults: those that cannot.
        rates: what one of a unit is worth in dollars, where the operator has said so.
    """

    packs: tuple[Pack, ...] = ()
    as_written: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joined:
    """What has become of the jobs of packs.

    Attributes:
        jobs: those that are scraped, in the order of the packs.
        left_out: why a job of a pack is not among them, by the name of the job.
        notices: what the operator should know of it.
    """

    jobs: tuple[ScrapeJob, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def is_folder(pack: str) -> bool:
    """Whether a pack is named by its folder; names have no slash."""
    return "/" in pack


def parse_rate(text: str) -> tuple[str, float]:
    """What one of a unit is worth in dollars, as settings write it: `UNIT=DOLLARS`.

    Raises:
        ValueError: it is none; the message is for who wrote it.
    """
    found = _RATE.fullmatch(text.strip())
    if found is None or not (dollars := float(found["dollars"])):
        raise ValueError(f'expected UNIT=DOLLARS such as diem=0.05, not "{text}"')
    return found["unit"].lower(), dollars


def parse_target(text: str) -> PackTarget:
    """A target as settings write it: `JOB=HOST:PORT`, or with the label `instance`, a scheme and a path of its own.

    Raises:
        ValueError: it is none; the message is for who wrote it.
    """
    found = _TARGET.fullmatch(text.strip())
    if found is None or int(found["address"].rpartition(":")[2]) > 65535:
        raise ValueError(
            f'expected JOB=HOST:PORT such as sidepanel=localhost:3001, or JOB=INSTANCE=HOST:PORT/PATH, not "{text}"'
        )
    return PackTarget(
        found["job"], found["address"], found["instance"] or "", found["scheme"] or "", found["path"] or ""
    )
