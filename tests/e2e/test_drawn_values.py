"""What panels draw is what the query API answers, value for value; what is not there is named.

The dashboard of `data/host.json` is looked at over a real node_exporter and over our own host metrics. With
WATCHGLASS_DASHBOARDS=FOLDER, so is every public dashboard there whose name begins with `node-exporter`.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from drawn_values import Looker, check_dashboard, report, says
from e2e_server import ask, wait_until
from expected_values import Asked, Series, agrees, answers, drawn_at, table_of

HERE = Path(__file__).parent / "data/host.json"
GIVEN = os.environ.get("WATCHGLASS_DASHBOARDS")
BOARDS = [HERE, *(sorted(Path(GIVEN).glob("node-exporter*.json")) if GIVEN else [])]
SPAN_S = 30


def look(page, url: str, path: Path) -> list:
    """Looks at the last seconds, once there are as many with data."""
    oldest = lambda: ask(f"{url}api/v1/query?query=count_over_time(node_load1[{SPAN_S}s])")["data"]["result"]  # noqa: E731
    wait_until(lambda: any(float(one["value"][1]) >= SPAN_S * 0.8 for one in oldest()), "enough samples", 90)
    to_s = int(time.time()) - 2
    verdicts = check_dashboard(page, url, json.loads(path.read_text()), to_s - SPAN_S, to_s)
    print(report(verdicts))
    return verdicts


def assert_right(verdicts: list) -> None:
    """Every panel is right, and each way of saying something occurs."""
    assert {one.title: one.faults for one in verdicts if one.faults} == {}
    assert sum(one.words.startswith("draws") for one in verdicts) >= 10
    words = {one.words for one in verdicts}
    assert words == {"draws", "draws, says what is missing", "says what is missing", "empty, as answered"}


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_what_is_drawn_of_a_node_exporter_is_what_the_api_answers(open_page, server, path):
    assert_right(look(open_page(), server.url, path))


@pytest.mark.slow
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_what_is_drawn_of_our_own_host_metrics_is_what_the_api_answers(open_host, host_server, path):
    assert_right(look(open_host(), host_server.url, path))


@pytest.mark.parametrize(
    ("text", "value", "field", "right"),
    [
        ("1.50\xa0GiB", 1.5 * 2**30, {"unit": "bytes"}, True),
        ("1.50\xa0GiB", 1.6 * 2**30, {"unit": "bytes"}, False),
        ("1.5\xa0GB", 1.5 * 2**30, {"unit": "bytes"}, False),
        ("0%", 0.4, {"unit": "percent"}, False),
        ("\u22122.5\xa0kb/s", -2500, {"unit": "bps"}, True),
        ("Yes", 1, {"unit": "bool_yes_no"}, True),
        ("12", 12.2, {}, False),
    ],
)
def test_a_wrong_number_is_found(text, value, field, right):
    assert agrees(text, value, field) is right


def test_a_gap_is_expected_where_the_page_looked_no_further_back(monkeypatch):
    given = []
    monkeypatch.setattr("expected_values.ask", lambda _url, _path, **params: given.append(params) or {"result": []})
    answers("", Asked("up", 0, 100, 10, "12500ms"))

    assert given[0]["lookback_delta"] == "12500ms"


def test_a_table_is_expected_with_merged_and_renamed_columns():
    named = {"excludeByName": {"Time": True}, "renameByName": {"Value #B": "Free"}}
    panel = {
        "targets": [{"expr": "a", "refId": "A"}, {"expr": "b", "refId": "B"}],
        "transformations": [{"id": "merge"}, {"id": "organize", "options": named}],
        "fieldConfig": {"defaults": {"unit": "bytes"}, "overrides": []},
    }
    series = [Series(None, {}, {60: value}, ref, {"disk": "x"}) for ref, value in (("A", 1.0), ("B", 2048.0))]
    (row,) = table_of(panel, series)

    assert says({"disk": "x", "Value #A": "1 B", "Free": "2 KiB"}, row)
    assert not says({"disk": "x", "Value #A": "1 B", "Free": "3 KiB"}, row)
    assert not says({"disk": "y", "Value #A": "1 B", "Free": "2 KiB"}, row)


def test_a_step_that_does_not_give_the_points_that_are_wanted_is_found():
    look = Looker.__new__(Looker)
    look.from_s, look.to_s, look.faults = 0, 100, []
    look.check_step({"maxDataPoints": 10}, [Asked("up", 0, 100, 10), Asked("up", 0, 100, 20)])
    assert look.faults == []
    look.check_step({"maxDataPoints": 10}, [Asked("up", 0, 100, 1)])
    look.check_step({"maxDataPoints": 10, "interval": "30s"}, [Asked("up", 0, 100, 10)])

    assert len(look.faults) == 2


def test_lines_are_expected_where_they_are_stacked():
    stacked = {"custom": {"stacking": {"mode": "normal", "group": "A"}}}
    down = {"custom": {**stacked["custom"], "transform": "negative-Y"}}
    series = [
        Series("a", stacked, {0: 1}),
        Series("b", down, {0: 2}),
        Series("c", stacked, {0: 3}),
        Series("d", {}, {0: 9}),
    ]

    assert drawn_at(series, 0) == [1, -2, 4, 9]
