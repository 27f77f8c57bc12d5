"""Where the tests find Prometheus's own test data, which is not part of the project."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

SHARED = Path(os.environ.get("WATCHGLASS_SHARED") or Path(__file__).parents[3] / "shared")

_EVAL = re.compile(
    r"eval(?:_(?P<kind>\w+))?\s+"
    r"(?:instant\s+(?:at\s+.+?)?|range\s+from\s+.+\s+to\s+.+\s+step\s+.+?)\s+(?P<expr>.+)$"
)


class Eval(NamedTuple):
    """One `eval` of a test file; `message` is what a failing one must say, if the file tells."""

    place: str
    expr: str
    fails: bool
    message: str


def shared(path: str) -> Path:
    """A file or folder of the shared data; the test is skipped where there is none."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"no {path} beside the project ({SHARED}); WATCHGLASS_SHARED names another folder")
    return found


def evals() -> list[Eval]:
    """Every eval of promqltest."""
    return [found for path in sorted(shared("promqltest").glob("*.test")) for found in _evals_of(path)]


def _evals_of(path: Path) -> list[Eval]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    found = []
    for number, line in enumerate(lines):
        if match := _EVAL.match(line):
            body = _body(lines, number + 1)
            fails = match["kind"] == "fail" or any(line.startswith("expect fail") for line in body)
            message = next(
                (line.partition("msg:")[2].strip() for line in body if line.startswith("expect fail msg:")), ""
            )
            found.append(Eval(f"{path.name}:{number + 1}", match["expr"], fails, message))
    return found


def _body(lines: list[str], start: int) -> list[str]:
    """The lines of a block, up to the next blank one or eval."""
    body = []
    for line in lines[start:]:
        if not line or line.startswith("eval"):
            break
        body.append(line)
    return body


def expressions_of_the_guides() -> list[tuple[str, bool]]:
    """Every expression of seeds.yaml that says whether it parses."""
    found: list[tuple[str, bool]] = []
    _collect(yaml.safe_load(shared("spec/seeds.yaml").read_text()), found)
    return found


def _collect(node: object, found: list[tuple[str, bool]]) -> None:
    if isinstance(node, dict):
        known = [prefix for prefix in ("", "corrected_", "proposed_") if f"{prefix}parses" in node]
        found += [(node[f"{prefix}expr"], node[f"{prefix}parses"]) for prefix in known]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _collect(child, found)
