"""What tests of the editor share: dashboards to edit, what was saved of them, and saving."""

from __future__ import annotations

import json
import urllib.request

import pytest
from e2e_server import ask


def panel(number: int, title: str, place: tuple[int, int, int, int], expr: str = "node_load1", **more) -> dict:
    x, y, w, h = place
    grid = {"x": x, "y": y, "w": w, "h": h}
    targets = [{"refId": "A", "expr": expr}]
    return {"id": number, "type": "timeseries", "title": title, "gridPos": grid, "targets": targets, **more}


def board(uid: str, **more) -> dict:
    return {
        "uid": uid,
        "title": f"Board {uid}",
        "time": {"from": "now-5m", "to": "now"},
        "own": {"kept": [1, 2]},
        "panels": [
            panel(1, "Left", (0, 0, 12, 8), own="kept"),
            panel(2, "Right", (12, 0, 12, 8)),
            panel(3, "Below", (0, 8, 24, 6)),
        ],
        **more,
    }


def post(url: str, body: dict) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def document_of(server, uid: str) -> dict:
    return ask(f"{server.url}api/dashboards/uid/{uid}")["dashboard"]


def focus_by_tab(page, name: str) -> None:
    """Goes on with the Tab key until something of that name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        if focused == name:
            return
    pytest.fail(f"the Tab key does not reach {name}")


def save_all(page, why: str = "") -> None:
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    if why:
        dialog.get_by_label("Why").fill(why)
    dialog.get_by_role("button", name="Save", exact=True).click()
