"""`watchglass check FILE...`: every file by the check that fits what it holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from watchglass.cli import check, check_dashboards
from watchglass.cli.file_kind import FileKind, kind_of
from watchglass.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    """Check every file, dashboards last; 1 when one is wrong, or is none that there is a check for."""
    boards: list[str] = []
    worst = 0
    for name in options.files:
        try:
            kind = kind_of(Path(name))
        except ConfigError as error:
            worst = _refused(name, str(error))
            continue
        if kind is not None and kind.check == "dashboards":
            boards.append(name)
        else:
            worst = max(_check(name, kind), worst)
    return max(check_dashboards.run(_options("dashboards", boards)), worst) if boards else worst


def _check(name: str, kind: FileKind | None) -> int:
    if kind is None:
        return _refused(name, f"{name}: what it is cannot be told from its keys; name a check: watchglass check --help")
    if kind.check == "tests":
        return _refused(name, f"{name}: this looks like {kind.name}: `{kind.command} {name}`")
    return check.run(_options(kind.check, [name]))


def _refused(name: str, why: str) -> int:
    sys.stdout.write(f"Checking {name}\n  FAILED: {why}\n")
    return 1


def _options(what: str, files: list[str]) -> argparse.Namespace:
    return argparse.Namespace(what=what, files=files, strict=False, lint_fatal=False, all=False)
