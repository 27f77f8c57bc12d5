"""Judge Prometheus's own PromQL tests: `run_promqltest.py DIR [--list]`.

Prints a line for each evaluation that is on the not-yet list and passes, or is not and fails, and one closing line.
`--list` prints the not-yet list as it should be instead.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import promqltest

NOT_YET = Path(__file__).parent / "cases/not_yet.txt"


def main() -> int:
    """Exit status: 1 when an evaluation fails that is not on the list, or passes and is on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--list", action="store_true", help="print the not-yet list as it should be")
    options = parser.parse_args()
    paths = sorted(options.directory.glob("*.test"))
    if not paths:
        print(f"{options.directory} holds no *.test files", file=sys.stderr)
        return 2
    cases = [case for path in paths for case in promqltest.read(path)]
    verdicts = {f"{case.file}:{case.line}": promqltest.verdict(case) for case in cases}
    if options.list:
        print(*(f"{place} | {why}" for place, why in verdicts.items() if why), sep="\n")
        return 0
    return report(verdicts, {line.partition(" | ")[0] for line in NOT_YET.read_text().splitlines()})


def report(verdicts: dict[str, str | None], listed: set[str]) -> int:
    """Print what is not as the list says, and the figures."""
    unlisted = {place: why for place, why in verdicts.items() if why is not None and place not in listed}
    stale = [place for place, why in verdicts.items() if why is None and place in listed]
    print(*(f"{place} fails: {why}" for place, why in unlisted.items()), sep="\n", end="\n" if unlisted else "")
    print(*(f"{place} passes: take it off the list" for place in stale), sep="\n", end="\n" if stale else "")
    failing = sum(why is not None for why in verdicts.values())
    print(f"{len(verdicts) - failing} passed, {len(unlisted)} failed, {failing - len(unlisted)} not yet")
    return 1 if unlisted or stale else 0


if __name__ == "__main__":
    sys.exit(main())
