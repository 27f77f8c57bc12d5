"""`watchglass pack check|diff|new|export`: the files of packs, one's own and those that ship."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from watchglass.errors import ConfigError
from watchglass.packs.differences import ABSENT, IMPACTS, Difference, read_differences
from watchglass.packs.pack import Pack, read_pack
from watchglass.packs.template import copied_pack, new_pack

_INDENT = " " * 4


def run(options: argparse.Namespace) -> int:
    """Do what is wanted with the files of packs; 1 when one is wrong or not there."""
    try:
        return _DOING[options.what](options)
    except ConfigError as error:
        sys.stderr.write(f"watchglass pack {options.what}: {error}\n")
        return 1


def pack_named(name: str) -> Pack:
    """A pack by the folder that it is in, or else by its name.

    Raises:
        ConfigError: there is none, or it is wrong.
    """
    path = Path(name)
    return read_pack(path if path.is_dir() else name)


def _check(options: argparse.Namespace) -> int:
    return max([_check_one(Path(folder)) for folder in options.folders])


def _check_one(folder: Path) -> int:
    """Say what is wrong with one folder; first what is so without any rule or dashboard."""
    sys.stdout.write(f"Checking {folder}\n")
    try:
        read_pack(folder)
    except ConfigError as error:
        sys.stdout.write(f"  FAILED: {error}\n")
        return 1
    from watchglass.packs.check import check_pack  # noqa: PLC0415 - rules and dashboards need the server's parts

    found = check_pack(folder)
    sys.stdout.writelines(f"  FAILED: {fault}\n" for fault in found.faults)
    if found.faults or found.pack is None:
        return 1
    counts = [
        _count(len(found.pack.metrics), "metric"),
        _count(len(found.pack.jobs), "job"),
        _count(found.dashboards, "dashboard"),
        _count(found.alerts, "alert"),
    ]
    sys.stdout.write(f" SUCCESS: {found.pack.title}: {', '.join(counts)}\n")
    return 0


def _diff(options: argparse.Namespace) -> int:
    pack = pack_named(options.pack)
    differences = read_differences(pack)
    for each in differences:
        sys.stdout.writelines(f"{line}\n" for line in _lines(each))
    sys.stdout.write(_closing(differences))
    return 0


def _lines(each: Difference) -> list[str]:
    sides = [("-", each.as_written), ("+", each.corrected)]
    return [
        f"{each.where} ({each.impact})",
        *(f"{_INDENT[2:]}{sign} {line}" for sign, text in sides if text != ABSENT for line in text.splitlines()),
        f"{_INDENT}{each.why}",
        "",
    ]


def _closing(differences: tuple[Difference, ...]) -> str:
    if not differences:
        return "Nothing differs from the guide.\n"
    tally = Counter(each.impact for each in differences)
    parts = [f"{tally[impact]} {impact}" for impact in IMPACTS if tally[impact]]
    return f"{_count(len(differences), 'difference')}: {', '.join(parts)}\n"


def _new(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    made = copied_pack(folder, pack_named(options.source).folder) if options.source else new_pack(folder)
    sys.stdout.writelines(f"{path}\n" for path in made)
    sys.stdout.write(f"Now: watchglass pack check {options.folder}\n")
    return 0


def _export(options: argparse.Namespace) -> int:
    from watchglass.packs.export import export_pack  # noqa: PLC0415 - reading rules needs the server's parts

    made = export_pack(pack_named(options.pack), Path(options.folder), as_written=options.as_written)
    sys.stdout.writelines(f"{path}\n" for path in made)
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


_DOING: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "diff": _diff,
    "new": _new,
    "export": _export,
}
