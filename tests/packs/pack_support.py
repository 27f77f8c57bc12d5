"""Packs of one's own, as tests write them."""

from __future__ import annotations

import json
from pathlib import Path

METRICS = """\
metrics:
- {name: x_total, type: counter, unit: things, help: Things}
- {name: x_seconds, type: histogram, buckets: [1, 2], unit: seconds, help: How long}
"""


def write_pack(folder: Path, about: str = "", **boards: str) -> Path:
    """A pack in `folder`: `about` is added to its `pack.yaml`; keywords are dashboards by uid, with their expression."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.yaml").write_text(METRICS)
    (folder / "pack.yaml").write_text(f"title: System {folder.name}\nabout: It is {folder.name}.\n{about}")
    for name, expr in boards.items():
        write_board(folder / "dashboards", name.replace("_", "-"), expr)
    return folder


def write_board(folder: Path, uid: str, expr: str) -> None:
    """A dashboard of one panel."""
    folder.mkdir(parents=True, exist_ok=True)
    panel = {"type": "timeseries", "title": "P", "targets": [{"refId": "A", "expr": expr}]}
    (folder / f"{uid}.json").write_text(json.dumps({"uid": uid, "title": f"Board {uid}", "panels": [panel]}))
