"""`watchglass pack`: the packs that ship, what one knows of its system; what is done with files is `pack_files`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from watchglass.cli import pack_files
from watchglass.errors import ConfigError
from watchglass.packs.pack import Pack, read_pack
from watchglass.sdk.declared import DeclaredMetric, pack_names


def run(options: argparse.Namespace) -> int:
    """List or show packs, or do something with their files; 1 when one is wrong or not there."""
    if options.what == "list":
        return _list()
    if options.what == "show":
        return _show(options.pack)
    return pack_files.run(options)


def _list() -> int:
    packs = [read_pack(name) for name in pack_names()]
    _table([("pack", "system", "metrics"), *((pack.name, pack.title, str(len(pack.metrics))) for pack in packs)])
    return 0


def _show(name: str) -> int:
    try:
        pack = pack_files.pack_named(name)
    except ConfigError as error:
        sys.stderr.write(f"watchglass pack show: {error}\n")
        return 1
    sys.stdout.write(f"{pack.title}: {pack.about}\n\n")
    _table(_jobs(pack))
    sys.stdout.write("\n")
    roles = {metric: role for role, metric in pack.roles.items()}
    _table([("metric", "type", "labels", "unit", "role", "what"), *(_row(one, roles) for one in pack.metrics)])
    return 0


def _jobs(pack: Pack) -> Iterable[Sequence[str]]:
    yield "job", "targets", "path", "interval"
    for job in pack.jobs:
        yield job.name, ", ".join(job.targets) or "-", job.metrics_path, job.scrape_interval or "-"


def _row(one: DeclaredMetric, roles: dict[str, str]) -> Sequence[str]:
    labels = ", ".join(one.labels) or "-"
    return one.name, one.type, labels, one.unit, roles.get(one.name, "-"), one.help


def _table(rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as what stands in them; the last one ends with its text."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        sys.stdout.write(f"{line.rstrip()}\n")
