"""The library's answers, in Grafana's shape."""

import json

import pytest
from dashboard_support import check, load

from watchglass.clock import ManualClock
from watchglass.dashboards.library import BUILTIN, LOOKBACK_MS, DashboardLibrary, load_builtin
from watchglass.model.matcher import Matcher, MatchType

NOW_MS = 1_800_000_000_000


class Series:
    """A queryable that knows one job's labels."""

    def __init__(self, text):
        self.table, self.about = load(text)
        self.asked = []

    def series(self, selectors, start_ms, end_ms):
        self.asked.append((selectors, start_ms, end_ms))
        return self.table

    def metadata(self):
        return self.about


@pytest.fixture
def builtin(tmp_path):
    (tmp_path / "machine.json").write_text(json.dumps({"uid": "machine", "title": "This machine", "tags": ["host"]}))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[1]")
    return tmp_path


@pytest.fixture
def library(builtin):
    series = Series("# TYPE x_total counter\nx_total 1\n")
    return DashboardLibrary(series, lambda: ["web", "chat app", "web"], clock=ManualClock(NOW_MS), builtin=builtin)


def test_search_lists_built_in_ones_and_every_job_once(library, caplog):
    hits = library.search()

    assert [(hit["uid"], hit["title"], hit["tags"]) for hit in hits] == [
        ("machine", "This machine", ["host"]),
        (hits[1]["uid"], "chat app", ["automatic"]),
        ("auto-web", "web", ["automatic"]),
    ]
    assert hits[0]["url"] == "/d/machine/this-machine"
    assert {hit["type"] for hit in hits} == {"dash-db"}
    assert sorted(record.file for record in caplog.records) == ["broken.json", "list.json"]


def test_every_hit_can_be_had(library):
    for hit in library.search():
        answer = library.get(hit["uid"])
        check(answer["dashboard"])
        assert (answer["dashboard"]["uid"], answer["dashboard"]["title"]) == (hit["uid"], hit["title"])
        assert answer["meta"]["url"] == hit["url"]


def test_an_automatic_one_asks_once_for_the_labels_of_the_job(library):
    library.get("auto-web")

    matcher = Matcher("job", MatchType.EQUAL, "web")
    assert library._queryable.asked == [([[matcher]], NOW_MS - LOOKBACK_MS, NOW_MS)]


def test_what_is_not_there_is_none(library):
    assert library.get("auto-nobody") is None
    assert library.get("machine2") is None


def test_the_built_in_ones_can_be_read(caplog):
    boards = load_builtin(BUILTIN)

    assert caplog.records == []
    assert len(boards) == len(list(BUILTIN.glob("*.json")))
