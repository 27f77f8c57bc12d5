"""Style that no linter knows: twins, docstrings, left-overs, and the longest functions by name."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src/watchglass").rglob("*.py"))

LONG_ON_PURPOSE: dict[str, str] = {}
"""Functions over 70 lines, each with the reason why it reads better whole."""


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return listing.stdout.splitlines()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path):
    text = path.read_text()
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module starts with a docstring"


def test_no_left_overs_are_tracked():
    left_overs = (".old", ".orig", ".bak", ".rej", ".tgz", ".pyc", ".db", ".duckdb", ".zip")
    assert [name for name in tracked_files() if name.endswith(left_overs)] == []


def test_long_functions_are_listed_with_a_reason():
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and node.end_lineno - node.lineno + 1 > 70:
                found.add(f"{path.relative_to(ROOT / 'src')}:{node.name}")

    assert found == set(LONG_ON_PURPOSE)
