"""Disk: bytes per sample of a day of 1,000 series, written by each server's own import command.

Both figures are what `du` sees of the finished data directory, indexes included.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from data import write_openmetrics
from harness import folder, print_table


def size_bytes(path: Path) -> int:
    """What `du` sees."""
    return int(subprocess.run(["du", "-sB1", str(path)], capture_output=True, text=True, check=True).stdout.split()[0])


def importers(file: Path, path: Path) -> dict[str, list[str]]:
    """The import command of each server."""
    return {
        "prometheus": ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(file), str(path / "prometheus")],
        "watchglass": [sys.executable, "-m", "watchglass", "import", str(file), f"--data={path / 'watchglass'}"],
    }


def run(*, quick: bool) -> None:
    """Print the table."""
    series, hours = (200, 6) if quick else (1_000, 24)
    rows = []
    with folder() as path:
        file = path / "data.om"
        samples = write_openmetrics(file, series, hours)
        for name, command in importers(file, path).items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - started
            size = size_bytes(path / name)
            rows.append([name, samples, size, size / samples, samples / seconds])
    print_table(
        f"Disk after importing {series:,} series x {hours} h at 15 s",
        ["server", "samples", "bytes on disk", "bytes / sample", "samples / s imported"],
        rows,
    )
