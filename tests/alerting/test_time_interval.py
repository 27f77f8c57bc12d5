"""Time intervals: what they hold, and which are refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watchglass.alerting.time_interval import NamedIntervals, named_intervals
from watchglass.errors import ConfigError
from watchglass.wire.schema import Context
from watchglass.wire.yaml import parse_yaml


def intervals(text: str):
    node = parse_yaml(f"[{{name: it, time_intervals: [{text}]}}]")
    return dict(named_intervals("time interval")(node, "time_intervals", Context()))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


HOLDS = [
    ("{times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-01-01T09:00", "2026-01-01T17:00"),
    ("{times: [{start_time: '23:00', end_time: '24:00'}]}", "2026-01-01T23:59", "2026-01-01T00:00"),
    ("{weekdays: ['monday:friday']}", "2026-01-02T10:00", "2026-01-03T10:00"),
    ("{weekdays: ['Sunday']}", "2026-01-04T10:00", "2026-01-05T10:00"),
    ("{days_of_month: ['1:5', '-3:-1']}", "2026-02-26T00:00", "2026-02-25T23:59"),
    ("{days_of_month: ['31']}", "2026-01-31T00:00", "2026-02-28T00:00"),
    ("{days_of_month: ['28:31']}", "2026-02-28T00:00", "2026-02-27T00:00"),
    ("{months: ['january:march', '12']}", "2026-12-31T23:59", "2026-04-01T00:00"),
    ("{years: ['2026:2027']}", "2026-01-01T00:00", "2025-12-31T23:59"),
    (
        "{times: [{start_time: '09:00', end_time: '10:00'}], location: 'Europe/Berlin'}",
        "2026-07-01T07:30",
        "2026-07-01T09:30",
    ),
    (
        "{weekdays: ['friday'], location: 'Pacific/Auckland'}",
        "2026-01-01T12:00",
        "2026-01-02T12:00",
    ),
    (
        "{times: [{start_time: '09:00', end_time: '10:00'}], weekdays: [thursday]}",
        "2026-01-01T09:30",
        "2026-01-02T09:30",
    ),
]


@pytest.mark.parametrize(("text", "inside", "outside"), HOLDS)
def test_holds(text, inside, outside):
    (interval,) = intervals(text)["it"]

    assert interval.contains(ms(inside))
    assert not interval.contains(ms(outside))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{weekdays: ['monday:friday', 'sunday'], times: [{start_time: '09:00', end_time: '17:30'}]}",
         "Monday to Friday and Sunday, 09:00 to 17:30, UTC"),
        ("{days_of_month: ['1:5', '-1'], months: ['january:march', '12'], location: 'Europe/Berlin'}",
         "day 1 to day 5 and day -1, January to March and December, Europe/Berlin"),
        ("{years: ['2026:2027']}", "2026 to 2027, UTC"),
        ("{}", "always"),
        ("{times: []}", "never"),
    ],
)  # fmt: skip
def test_it_is_told_in_words(text, words):
    assert [str(each) for each in intervals(text)["it"]] == [words]


def test_an_empty_list_holds_nothing_and_an_empty_interval_everything():
    assert not intervals("{times: []}")["it"][0].contains(ms("2026-01-01T00:00"))
    assert intervals("{}, {years: ['2026']}")["it"][-1].contains(ms("2026-01-01T00:00"))


def test_names_are_told_for_each_part_that_holds():
    named = NamedIntervals(intervals("{years: ['2026']}, {months: ['january']}, {months: ['may']}"))

    assert named.holding(["it", "other"], ms("2026-01-01T00:00")) == ["it", "it"]


REFUSED = {
    "{times: [{start_time: '17:00', end_time: '09:00'}]}": "start time cannot be equal or greater than end time",
    "{times: [{start_time: '9:00', end_time: '10:00'}]}": "couldn't parse timestamp 9:00, invalid format",
    "{times: [{start_time: '09:00'}]}": "both start and end times must be provided",
    "{weekdays: ['friday:monday']}": "start day cannot be before end day",
    "{weekdays: ['fryday']}": "fryday is not a valid weekday",
    "{days_of_month: ['0']}": "0 is not a valid day of the month: out of range",
    "{days_of_month: ['-1:5']}": "end day must be negative if start day is negative",
    "{days_of_month: ['5:1']}": "end day 1 is always before start day 5",
    "{days_of_month: ['1:2:3']}": "couldn't parse range 1:2:3, invalid format",
    "{months: ['march:january']}": "end month january is before start month march",
    "{months: ['smarch']}": "smarch is not a valid month",
    "{years: ['2027:2026']}": "end year 2026 is before start year 2027",
    "{location: 'Mars/Olympus'}": "unknown time zone Mars/Olympus",
    "{weekday: ['monday']}": 'unknown key "weekday"; did you mean "weekdays"?',
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_is_refused(text, message):
    with pytest.raises(ConfigError) as error:
        intervals(text)

    assert error.value.message == message
    assert error.value.line == 1
