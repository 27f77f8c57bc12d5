"""What tests of the dashboards and import pages share: a server's library, and the dashboards of the guides."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

DELETED = "api/v1/watchglass/deleted_dashboards"


class Library(NamedTuple):
    """The dashboards of a running server."""

    url: str
    disk: Path

    def send(self, method: str, path: str, content: Any = None) -> Any:
        """Ask for something at an address of the API; None where the answer is no JSON."""
        body = None if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def save(self, title: str, *, folder: str = "", **more: Any) -> str:
        """Save a dashboard; the uid that it got."""
        panel = {"id": 1, "type": "stat", "title": "Up", "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}}
        board = {"title": title, "panels": [{**panel, "targets": [{"expr": "up", "refId": "A"}]}], **more}
        return self.send("POST", "api/dashboards/db", {"dashboard": board, "folderUid": folder})["uid"]

    def folder(self, title: str) -> str:
        """Make a folder; its uid."""
        return self.send("POST", "api/folders", {"title": title})["uid"]

    def original(self, uid: str) -> str:
        """The document as it was saved."""
        with urllib.request.urlopen(f"{self.url}api/v1/watchglass/dashboards/{uid}/original", timeout=10) as answer:
            return answer.read().decode()

    def hits(self) -> dict[str, dict[str, Any]]:
        """What people saved, and what comes from files, by uid."""
        found = self.send("GET", "api/search?type=dash-db&limit=5000")
        return {hit["uid"]: hit for hit in found if hit.get("saved")}

    def look_at_disk(self) -> None:
        """Take over now what is on disk."""
        self.send("POST", "api/admin/provisioning/dashboards/reload", {})

    def clear(self) -> None:
        """Leave nothing of what a test has saved."""
        for path in self.disk.rglob("*.json"):
            path.unlink()
        self.look_at_disk()
        for uid in self.hits():
            self.send("DELETE", f"api/dashboards/uid/{uid}")
        for folder in self.send("GET", "api/folders"):
            self.send("DELETE", f"api/folders/{folder['uid']}")
        for uid in self.send("GET", "api/user/stars"):
            self.send("DELETE", f"api/user/stars/dashboard/uid/{uid}")
        for deleted in self.send("GET", DELETED)["dashboards"]:
            self.send("DELETE", f"{DELETED}/{deleted['id']}")


def guide_dashboards() -> dict[str, str]:
    """The dashboards that stand in the guides, by title, as they stand there; none where the guides are not at hand."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared/seeds").is_dir():
            texts = [path.read_text() for path in sorted((parent / "shared/seeds").glob("*.txt"))]
            blocks = [block for text in texts for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
            found = [block for block in blocks if '"dashboard":' in block and '"panels"' in block]
            return {json.loads(block)["dashboard"]["title"]: block for block in found}
    return {}
