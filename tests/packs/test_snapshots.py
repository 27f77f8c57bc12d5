"""Typed snapshots: exact names, null where nothing is known, days by the time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pack_support import write_pack

from watchglass.errors import ConfigError, QueryError
from watchglass.packs.pack import read_pack
from watchglass.packs.snapshots import SnapshotField, read_snapshots, since_midnight_s, take_snapshot

NOW_MS = 1_800_000_000_000
SNAPSHOTS = read_snapshots(read_pack("sidepanel"))


def taken(each, rows):
    def ask(expression):
        if isinstance(rows, Exception):
            raise rows
        return rows

    return take_snapshot({"x": each}, ask, NOW_MS)["x"]


def test_names_are_those_of_the_contract(seeds):
    for schema in seeds["sidepanel"]["schemas"]:
        extra = [each["name"] for each in schema.get("proposed_extra_fields", [])]
        names = {each["name"] for each in schema["fields"]} | set(extra)
        assert names - {"timestamp"} == SNAPSHOTS[schema["id"]].keys()
        for each in schema["fields"]:
            if "proposed_expr" in each:
                assert SNAPSHOTS[schema["id"]][each["name"]].expr == each["proposed_expr"]


def test_without_data_every_field_is_null():
    for snapshot in SNAPSHOTS.values():
        values = take_snapshot(snapshot, lambda _: [], NOW_MS)
        assert values.pop("timestamp") == "2027-01-15T08:00:00.000Z"
        assert set(values.values()) == {None}


@pytest.mark.parametrize(
    ("each", "rows", "value"),
    [
        (SnapshotField("x"), [({}, 3.0)], 3),
        (SnapshotField("x"), [({}, 0.25)], 0.25),
        (SnapshotField("x"), [({}, float("nan"))], None),
        (SnapshotField("x"), [({"a": "1"}, 1.0), ({"a": "2"}, 2.0)], None),
        (SnapshotField("x"), QueryError("no"), None),
        (SnapshotField("x", words={"2": "healthy"}), [({}, 2.0)], "healthy"),
        (SnapshotField("x", words={"2": "healthy"}), [({}, 3.0)], None),
        (SnapshotField("x", by="m"), [({"m": "a"}, 1.0), ({"m": "b"}, float("nan"))], {"a": 1}),
        (SnapshotField("x", by="m"), [], None),
    ],
)
def test_a_value_is_what_was_answered_or_null(each, rows, value):
    assert taken(each, rows) == value


def at(zone, *when):
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "when", "hours"),
    [
        ("UTC", (2026, 3, 29, 12), 12),
        ("Europe/Berlin", (2026, 3, 29, 12), 11),  # the hour from 2 to 3 is not there
        ("Europe/Berlin", (2026, 10, 25, 12), 13),  # it is there twice
        ("Europe/Berlin", (2026, 10, 24, 12), 12),
        ("Asia/Kolkata", (2026, 3, 29, 0, 30), 0.5),
    ],
)
def test_a_day_begins_at_midnight_also_when_the_clocks_change(zone, when, hours):
    assert since_midnight_s(at(zone, *when), zone) == hours * 3600


def test_a_day_that_begins_now_has_a_window():
    assert since_midnight_s(at("Europe/Berlin", 2026, 3, 29), "Europe/Berlin") == 1


def test_today_is_put_into_expressions():
    asked = []
    time_ms = at("Asia/Kolkata", 2026, 3, 29, 1)
    take_snapshot({"x": SnapshotField("x[$__today]")}, lambda e: asked.append(e) or [], time_ms, "Asia/Kolkata")
    assert asked == ["x[3600s]"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("A: {b: {}}\n", "A.b: expr is missing"), ("A: {b: {exp: x}}\n", 'A.b: unknown key "exp"; did you mean "expr"?')],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    folder = write_pack(tmp_path / "x")
    (folder / "snapshots.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"snapshots\.yaml:1") as refused:
        read_snapshots(read_pack(folder))
    assert said in str(refused.value)


def test_a_pack_may_have_none(tmp_path):
    assert read_snapshots(read_pack(write_pack(tmp_path / "x"))) == {}
