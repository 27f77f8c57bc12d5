"""The packs that are switched on: one that cannot be read is named, and keeps no other from working."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from watchglass.errors import ConfigError
from watchglass.packs.asked import Enabled, Fault, is_folder
from watchglass.packs.pack import Pack, read_pack
from watchglass.sdk.declared import pack_names


def enable(packs: Sequence[str], as_written: Sequence[str] = (), rates: Mapping[str, float] | None = None) -> Enabled:
    """Read the packs that are named.

    Args:
        packs: names of packs that ship, and folders of one's own.
        as_written: names of those to show as their guides have them.
        rates: what one of a unit is worth in dollars.
    """
    read: dict[str, Pack] = {}
    faults: list[Fault] = []
    for named in dict.fromkeys(packs):
        try:
            pack = read_pack(Path(named) if is_folder(named) else named)
        except ConfigError as error:
            faults.append(Fault(named, str(error)))
            continue
        if pack.name in read and read[pack.name].folder.resolve() != pack.folder.resolve():
            faults.append(Fault(named, f"there is a pack called {pack.name} already: {read[pack.name].folder}"))
            continue
        read[pack.name] = pack
    faults += _unwritten(as_written, read)
    return Enabled(tuple(read.values()), frozenset(as_written) & read.keys(), tuple(faults), rates or {})


def _unwritten(as_written: Iterable[str], packs: Iterable[str]) -> Iterator[Fault]:
    known = set(packs)
    for name in as_written:
        if name not in known:
            where = "is not switched on" if name in pack_names() else "does not exist"
            yield Fault(name, f"pack.as_written names it, and it {where}")
