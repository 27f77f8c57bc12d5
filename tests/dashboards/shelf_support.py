"""What is saved of dashboards, in a folder of a test's own; also a process that saves until it is killed."""

import json

from watchglass.clock import ManualClock
from watchglass.dashboards.annotations import AnnotationLimits, Annotations
from watchglass.dashboards.collection import Shelf
from watchglass.dashboards.envelope import read_one
from watchglass.dashboards.folders import Folders
from watchglass.dashboards.provisioning import Provisioner
from watchglass.dashboards.records import SaveLimits
from watchglass.dashboards.saved import SavedDashboards
from watchglass.dashboards.stars import Stars
from watchglass.dashboards.trash import Trash
from watchglass.store.meta import MetaStore

NOW_MS = 1_700_000_000_000


class NoLibrary:
    """A library of one built-in dashboard."""

    def search(self):
        return [
            {"uid": "machine", "title": "This machine", "tags": ["host"], "type": "dash-db", "url": "/d/machine/this"}
        ]

    def get(self, uid):
        return (
            {"dashboard": {"uid": uid, "title": "This machine"}, "meta": {"canSave": False}}
            if uid == "machine"
            else None
        )


def make_shelf(folder, *, clock=None, limits=None, trash=None, kept=100_000, providers=list, registry=None):
    meta, clock = MetaStore(folder), clock or ManualClock(NOW_MS)
    folders = Folders(meta, clock, Trash(meta, clock, trash))
    boards = SavedDashboards(meta, folders, clock, limits or SaveLimits(), registry)
    annotations = Annotations(meta, clock, AnnotationLimits(kept=kept), registry)
    return Shelf(boards, folders, Stars(meta), Provisioner(boards, providers, registry), annotations)


def draft(title="T", **more):
    """A draft as a request to save brings it; `envelope` is what stands beside the dashboard."""
    envelope = more.pop("envelope", {})
    return read_one(json.dumps({"dashboard": {"title": title, **more}, **envelope}))


if __name__ == "__main__":
    import sys
    from dataclasses import replace
    from pathlib import Path

    boards = make_shelf(Path(sys.argv[1])).boards
    there = boards.find("d")
    version = there.version if there else 0
    while True:
        version += 1
        saved = boards.save(replace(draft(f"Number {version}", uid="d", pad="x" * 5000), overwrite=True), "me")
        assert saved.version == version
        print(version, flush=True)
