"""Times in both directions, zones, and values as JSON, by the documentation of Go's time and encoding/json."""

from __future__ import annotations

import pytest

from watchglass.gotemplate.json_text import to_json
from watchglass.gotemplate.limits import Budget, Limits
from watchglass.gotemplate.times import Duration, Time, load_zone
from watchglass.gotemplate.values import StringMap

RFC3339 = "2006-01-02T15:04:05Z07:00"


@pytest.mark.parametrize(
    ("layout", "text", "wanted"),
    [
        (RFC3339, "2024-05-06T07:08:09Z", "2024-05-06 07:08:09 +0000 UTC"),
        (RFC3339, "2024-05-06T07:08:09.123456789+02:00", "2024-05-06 07:08:09.123456789 +0200 +0200"),
        ("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC"),
        ("02.01.06 15:04", "06.05.24 23:59", "2024-05-06 23:59:00 +0000 UTC"),
        ("Jan _2 2006 3:04PM", "May  6 2024 12:15AM", "2024-05-06 00:15:00 +0000 UTC"),
        ("Monday, 2 January 2006", "monday, 6 MAY 2024", "2024-05-06 00:00:00 +0000 UTC"),
        ("2006 002", "2024 060", "2024-02-29 00:00:00 +0000 UTC"),
        ("05.000", "09.250", None),
        ("2006-01-02 15:04:05.999", "2024-05-06 07:08:09.5", "2024-05-06 07:08:09.5 +0000 UTC"),
        ("2006-01-02 -0700", "2024-05-06 -0330", "2024-05-06 00:00:00 -0330 -0330"),
    ],
)
def test_reading(layout, text, wanted):
    if wanted is None:
        with pytest.raises(ValueError, match="year out of range"):  # Go's year 0 has no date here
            Time.parse(layout, text)
    else:
        assert Time.parse(layout, text).go_string() == wanted


@pytest.mark.parametrize(
    ("layout", "text", "reason"),
    [
        ("2006-01-02", "2024-01", 'parsing time "2024-01" as "2006-01-02": cannot parse "" as "-"'),
        ("2006-01-02", "2024-01-02x", 'parsing time "2024-01-02x": extra text: "x"'),
        ("2006-01-02", "2024-13-02", 'parsing time "2024-13-02": month out of range'),
        ("2006-01-02", "2023-02-29", 'parsing time "2023-02-29": day out of range'),
        ("15:04", "24:00", 'parsing time "24:00": hour out of range'),
        ("Jan 2006", "Foo 2024", 'parsing time "Foo 2024" as "Jan 2006": cannot parse "Foo 2024" as "Jan"'),
        ("2006 MST", "2024 x", 'parsing time "2024 x" as "2006 MST": cannot parse "x" as "MST"'),
    ],
)
def test_what_has_not_the_layouts_form(layout, text, reason):
    with pytest.raises(ValueError, match=r"\A.*\Z") as raised:
        Time.parse(layout, text)
    assert str(raised.value) == reason


def test_the_machines_zone(monkeypatch):
    load_zone("Local")  # whatever it is, it is one
    from watchglass.gotemplate import times

    for name, shown in (
        ("Europe/Berlin", "02:00 CEST"),
        (":Asia/Tokyo", "09:00 JST"),
        ("", "00:00 UTC"),
        ("x/y", "00:00 UTC"),
    ):
        monkeypatch.setenv("TZ", name)
        times._local_zone.cache_clear()
        assert Time.parse("2006-01-02", "2024-07-01").in_zone("Local").format("15:04 MST") == shown
    times._local_zone.cache_clear()


def test_times_that_no_calendar_has():
    with pytest.raises(ValueError, match="before the year 1"):
        Time(-(10**20))
    far = Time.parse("2006-01-02", "9999-12-31")
    assert far.in_zone("Pacific/Kiritimati").format("2006") == "9999"
    assert Time.zero().in_zone("America/New_York").format("2006-01-02") == "0001-01-01"


def test_durations():
    shown = [Duration(size).go_string() for size in (0, 1, -1500, 1_500_000, 61_000_000_000, -(2**63))]

    assert shown == ["0s", "1ns", "-1.5µs", "1.5ms", "1m1s", "-2562047h47m16.854775808s"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (
            [1, -0.0, 0.1, 100.0, 1e20, 1e21, 1e-6, 1.5e-7, 123456789.125],
            "[1,-0,0.1,100,100000000000000000000,1e+21,0.000001,1.5e-7,123456789.125]",
        ),
        ("<a href='x'>&\u2028\x7f\x01\t\udcff", "\"\\u003ca href='x'\\u003e\\u0026\\u2028\x7f\\u0001\\t\ufffd\""),
        (StringMap(b="2", a="1"), '{"a":"1","b":"2"}'),
        (Time.parse(RFC3339, "2024-05-06T07:08:09.5+02:00"), '"2024-05-06T07:08:09.5+02:00"'),
        (Duration(5), "5"),
        ([], "[]"),
    ],
)
def test_json(value, wanted):
    assert to_json(Budget(Limits()), value) == wanted


def test_what_json_has_nothing_for():
    with pytest.raises(ValueError, match="json: unsupported value: NaN"):
        to_json(Budget(Limits()), float("nan"))
