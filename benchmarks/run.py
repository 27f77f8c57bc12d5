"""Run the benchmarks, each side by side with Debian's Prometheus: `python benchmarks/run.py [--quick] [NAME ...]`."""

from __future__ import annotations

import argparse
import importlib
import platform
import subprocess
from pathlib import Path

BENCHMARKS = ("endurance", "first_dashboard", "storage", "startup", "queries", "ingest", "rules", "sdk_import", "sdk")
ALONE = ("load", "ui", "demo")  # run only when named: one takes a quarter of an hour, the others the whole machine


def machine() -> str:
    """What this ran on."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "unknown CPU")
    version = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=False)
    peer = (version.stdout or version.stderr).partition(" (")[0]
    return f"{cpu.partition(':')[2].strip()}, Python {platform.python_version()}, {peer}"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*BENCHMARKS, *ALONE, []],
        help="which; all but load, ui and demo when none is named",
    )
    parser.add_argument("--quick", action="store_true", help="smaller, for a first impression")
    arguments = parser.parse_args()
    print(machine())
    for name in arguments.names or BENCHMARKS:
        importlib.import_module(f"bench_{name}").run(quick=arguments.quick)


if __name__ == "__main__":
    main()
