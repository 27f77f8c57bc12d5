"""docs/sdk.md: every example runs, and every name that an application uses has one."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from peer_servers import Redis

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/sdk.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
MODULES = (
    "asgi", "database_metrics", "declared", "endpoint", "metrics", "pack_metrics", "process_metrics", "redis_metrics",
    "timing", "web_metrics", "worker_processes", "wsgi",
)  # fmt: skip
INNER = {
    "Bounded", "Connection", "DeclaredMetric", "Statement", "Usage", "WorkersCollector",
    "families", "made", "pack_folder", "read_statement", "read_usage", "route_of", "template", "word_of",
}  # fmt: skip
"""What applications do not need by name."""


def names(module: Path) -> set[str]:
    tree = ast.parse(module.read_text())
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}


def test_every_name_has_an_example():
    code = "\n".join(EXAMPLES)
    known = set().union(*(names(ROOT / f"src/watchglass/sdk/{module}.py") for module in MODULES)) - INNER

    assert sorted(name for name in known if not re.search(rf"\b{name}\b", code)) == []
    assert len(known) > 15


@pytest.mark.real
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_runs(number, tmp_path):
    for library in ("flask", "redis", "sqlalchemy"):
        if f"import {library}" in EXAMPLES[number] or f"from {library}" in EXAMPLES[number]:
            pytest.importorskip(library, reason=f"could not import {library}")
    with Redis(tmp_path) if "REDIS_URL" in EXAMPLES[number] else nullcontext() as server:
        environ = os.environ | {"PROMETHEUS_ENABLED": "true", "REDIS_URL": server.url if server else ""}
        ran = subprocess.run(
            [sys.executable, "-c", EXAMPLES[number]],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ran.stderr == ""
    assert ran.returncode == 0
    for said in re.findall(r"print\(\w+\)  # (.+)", EXAMPLES[number]):
        assert ran.stdout == f"{said}\n"
