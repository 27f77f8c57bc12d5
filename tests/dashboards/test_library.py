"""The library's answers, in Grafana's shape."""

import json

import pytest
from dashboard_support import check, load

from watchglass.clock import ManualClock
from watchglass.dashboards.auto import auto_uid
from watchglass.dashboards.library import (
    BUILTIN,
    LOOKBACK_MS,
    MAX_JOBS_ELSEWHERE,
    SIZE_AGE_MS,
    AwayError,
    DashboardLibrary,
    Elsewhere,
    load_builtin,
)
from watchglass.model.matcher import Matcher, MatchType
from watchglass.sources.errors import SourceError, SourceGoneError, SourceTimeoutError

EXPOSITION = """\
# TYPE x_total counter
x_total 1
# TYPE y_seconds histogram
y_seconds_bucket{le="+Inf"} 1
y_seconds_count 1
y_seconds_sum 1
"""
NOW_MS = 1_800_000_000_000


class Series:
    """A queryable that knows one job's labels."""

    def __init__(self, text):
        self.table, self.about = load(text, "web", instances=("a:1", "b:1"))
        self.asked, self.counted = [], 0

    def series(self, selectors, start_ms, end_ms):
        self.asked.append((selectors, start_ms, end_ms))
        return self.table

    def label_values(self, name, selectors, start_ms, end_ms):
        self.counted += 1
        jobs = self.table.columns["job"]
        (((matcher,),), column) = selectors, self.table.columns[name]
        rows = [row for row in range(self.table.size) if jobs.values[jobs.codes[row]] == matcher.value]
        return sorted({column.values[column.codes[row]] for row in rows})

    def metadata(self):
        return self.about


@pytest.fixture
def builtin(tmp_path):
    (tmp_path / "machine.json").write_text(
        json.dumps({"uid": "machine", "title": "This machine", "description": "Of this machine.", "tags": ["host"]})
    )
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[1]")
    return tmp_path


@pytest.fixture
def library(builtin):
    return DashboardLibrary(
        Series(EXPOSITION), lambda: ["web", "chat app", "web"], clock=ManualClock(NOW_MS), builtin=builtin
    )


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


def test_hits_tell_how_much_a_job_exposes(library):
    assert {hit["title"]: hit["description"] for hit in library.search()} == {
        "This machine": "Of this machine.",
        "chat app": "no series in the last hour",
        "web": "2 targets, 2 metrics",
    }


def test_metrics_are_counted_once_a_minute_where_there_are_any(library):
    for _ in range(3):
        library.search()
    assert library._catalogue.counted == 3 * 2 + 2  # the job without series is looked up each time

    library._clock.advance(SIZE_AGE_MS)
    library.search()
    assert library._catalogue.counted == 4 * 2 + 2 * 2


def test_every_hit_can_be_had(library):
    for hit in library.search():
        answer = library.get(hit["uid"])
        check(answer["dashboard"])
        assert (answer["dashboard"]["uid"], answer["dashboard"]["title"]) == (hit["uid"], hit["title"])
        assert answer["meta"]["url"] == hit["url"]


def test_an_automatic_one_asks_once_for_the_labels_of_the_job(library):
    library.get("auto-web")

    matcher = Matcher("job", MatchType.EQUAL, "web")
    assert library._catalogue.asked == [([[matcher]], NOW_MS - LOOKBACK_MS, NOW_MS)]


def test_what_is_not_there_is_none(library):
    assert library.get("auto-nobody") is None
    assert library.get("machine2") is None


def test_the_built_in_ones_can_be_read(caplog):
    boards = load_builtin(BUILTIN)

    assert caplog.records == []
    assert len(boards) == len(list(BUILTIN.glob("*.json")))


class TestElsewhere:
    """Jobs of a server that dashboards ask by default."""

    @pytest.fixture
    def there(self):
        return Series(EXPOSITION)

    @pytest.fixture
    def library(self, builtin, there):
        board = {
            "uid": "about",
            "title": "A",
            "panels": [{"type": "stat", "targets": [{"expr": 'up{job="chat app"}'}]}],
        }
        (builtin / "about.json").write_text(json.dumps(board))
        there.label_values = lambda name, selectors, start_ms, end_ms: ["web"] if name == "job" else []
        return DashboardLibrary(
            Series(EXPOSITION),
            lambda: ["web", "chat app"],
            clock=ManualClock(NOW_MS),
            builtin=builtin,
            elsewhere=lambda: Elsewhere("prometheus", "Prometheus", there),
        )

    def test_they_stand_beside_those_that_are_scraped_here(self, library):
        hits = {hit["uid"]: hit["tags"] for hit in library.search() if "automatic" in hit["tags"]}

        assert hits == {
            "auto-web": ["automatic", "from Prometheus"],
            "auto-embedded-web": ["automatic", "collected here"],
            auto_uid("embedded-chat app"): ["automatic", "collected here"],
        }

    @pytest.mark.parametrize(("uid", "source"), [("auto-web", "prometheus"), ("auto-embedded-web", "embedded")])
    def test_every_panel_and_query_names_its_source(self, library, uid, source):
        board = library.get(uid)["dashboard"]

        assert board["uid"] == uid
        parts = [part for panel in board["panels"] for part in (panel, *panel.get("targets", ()))]
        assert {part["datasource"]["uid"] for part in parts} == {source}

    def test_what_is_about_a_job_that_is_only_here_asks_here(self, library):
        asks = lambda uid: library.get(uid)["dashboard"]["panels"][0].get("datasource")  # noqa: E731

        assert asks("about") == {"type": "prometheus", "uid": "embedded"}
        assert "datasource" not in library.get("machine")["dashboard"]
        assert "datasource" not in load_builtin(library._builtin)["about"]["panels"][0], "the kept one stays as it is"

    @pytest.mark.parametrize(
        ("error", "text"),
        [
            (SourceGoneError("gone since noon"), "^gone since noon$"),
            (SourceTimeoutError("late"), "^Prometheus .*: late$"),
        ],
    )
    def test_while_it_is_gone_what_only_it_knows_is_not_missing(self, library, there, error, text):
        def gone(*_):
            raise error

        there.label_values = gone
        assert "auto-web" not in {hit["uid"] for hit in library.search()}
        assert library.get("auto-embedded-web") is not None
        assert library.get("web") is None
        for uid in ("auto-web", "auto-elsewhere"):
            with pytest.raises(AwayError, match=text) as raised:
                library.get(uid)
            assert (raised.value.kind, raised.value.status) == ("unavailable", 502)

    def test_what_it_refuses_is_its_own_word(self, library, there):
        def refuse(*_):
            raise SourceError("too many series")

        there.series = refuse
        with pytest.raises(SourceError, match="too many series"):
            library.get("auto-web")

    def test_a_job_that_is_only_here_has_its_plain_uid_too(self, library):
        for uid in (auto_uid("chat app"), auto_uid("embedded-chat app")):
            board = library.get(uid)["dashboard"]
            assert (board["uid"], board["title"]) == (uid, "chat app")
            assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"embedded"}
        assert library.get("auto-nobody") is None

    def test_jobs_beyond_those_listed_have_dashboards(self, library, there):
        there.label_values = lambda *_: [*(f"job{n}" for n in range(MAX_JOBS_ELSEWHERE)), "web"]

        assert "auto-web" not in {hit["uid"] for hit in library.search()}
        assert library.get("auto-web") is not None


@pytest.mark.parametrize("uid", ["auto-web", "auto-embedded-web"])
def test_without_a_server_elsewhere_both_uids_are_ours(library, uid):
    assert library.get(uid)["dashboard"]["uid"] == uid


def test_without_a_server_elsewhere_panels_name_this_process(library):
    panel = library.get("auto-web")["dashboard"]["panels"][0]
    assert panel["datasource"] == {"type": "prometheus", "uid": "embedded"}
