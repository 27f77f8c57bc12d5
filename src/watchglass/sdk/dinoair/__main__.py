"""Writes stored readings in one of the four formats: `python -m watchglass.sdk.dinoair --format csv ./metrics > now.csv`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from watchglass.errors import StoreError
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.sdk.dinoair.metrics_exporter import default_exporters
from watchglass.sdk.dinoair.metrics_storage import FileMetricsStorage, MetricPoint, SQLiteMetricsStorage
from watchglass.sdk.dinoair.reading import Reading, family_name
from watchglass.sdk.dinoair.segmented import SegmentedStorage
from watchglass.sdk.dinoair.state import declared_metrics

HISTORY = ("csv", "influxdb")
"""Formats that tell of several times."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    asked = _parsed(arguments)
    path = Path(asked.storage)
    if not path.exists():
        return _refused(f"{path}: there is no such folder or file")
    storage = SQLiteMetricsStorage(path) if path.is_file() else FileMetricsStorage(path)
    try:
        written = _write(storage, asked.format, asked.hours)
    except StoreError as error:
        return _refused(str(error))
    return 0 if written else _refused(f"{path}: nothing is stored there{' of that time' if asked.hours else ''}")


def _refused(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m watchglass.sdk.dinoair", description="Write stored readings.")
    parser.add_argument("storage", nargs="?", default="./metrics", help="folder of the files, or a SQLite file")
    parser.add_argument("--format", choices=list(default_exporters()), default="prometheus")
    parser.add_argument(
        "--hours", type=float, help="every reading of the last hours (csv, influxdb); else the newest one"
    )
    asked = parser.parse_args(arguments)
    if asked.hours is not None and asked.format not in HISTORY:
        parser.error(f"--hours: {asked.format} tells of one time; {' and '.join(HISTORY)} tell of several")
    return asked


def _write(storage: SegmentedStorage, form: str, hours: float | None) -> int:
    """Write to standard output; how many readings."""
    exporter, written = default_exporters()[form], 0
    start_ms = storage.newest_ms() if hours is None else round((time.time() - hours * 3600) * 1000)
    for points in storage.readings(start_ms):
        text = exporter.export(reading_of(points))
        sys.stdout.write(text.partition("\n")[2] if form == "csv" and written else text)  # one header is enough
        written += 1
    return written


def reading_of(points: Sequence[MetricPoint]) -> Reading:
    """The reading that points of one time are of."""
    declared = {one.name: one for one in declared_metrics()}
    families: dict[str, Family] = {}
    for point in points:
        name = family_name(point)
        one = declared.get(name)
        family = Family(name, MetricType(point.type), one.help if one else "", one.unit if one else "")
        families.setdefault(name, family).samples.append(Sample(point.name, point.labels, point.value))
    return Reading(points[0].timestamp_ms, tuple(families.values()))


if __name__ == "__main__":
    sys.exit(main())
