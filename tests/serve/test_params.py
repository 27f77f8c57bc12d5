"""Times, durations and limits, as Prometheus reads them."""

from urllib.parse import parse_qsl

import pytest
from starlette.requests import Request

from watchglass.serve.envelope import ApiError
from watchglass.serve.params import (
    duration_param,
    first,
    limit_param,
    parse_duration,
    parse_time,
    read_params,
    time_param,
)


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("0", 0),
        ("1700000000", 1_700_000_000_000),
        ("1700000000.123", 1_700_000_000_123),
        ("1700000000.1239", 1_700_000_000_124),
        ("-1.5", -1500),
        ("1e3", 1_000_000),
        ("2015-06-03T13:21:58.555Z", 1_433_337_718_555),
        ("2015-06-03T14:21:58.555+01:00", 1_433_337_718_555),
        ("2015-06-03T13:21:58.5556Z", 1_433_337_718_555),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("2015-06-03T13:21:58.555999999Z", 1_433_337_718_555),
        ("1700000000.0005", 1_700_000_000_000),  # a little less in binary
        ("1700000000.0015", 1_700_000_000_001),
        ("0.0005", 1),
        ("1_700_000_000", 1_700_000_000_000),
        ("1969-12-31T23:59:59Z", -1000),
    ],
)
def test_times(text, expected_ms):
    assert parse_time(text) == expected_ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        " 1",
        "1__000",
        "_1",
        "NaN",
        "Inf",
        "-inf",
        "1e300",
        "2015-06-03",
        "2015-06-03T13:21:58",
        "2015-13-03T13:21:58Z",
    ],
)
def test_wrong_times(text):
    with pytest.raises(ValueError, match="to a valid timestamp"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("15", 15_000),
        ("0.5", 500),
        ("1h30m", 5_400_000),
        ("1d", 86_400_000),
        ("100ms", 100),
        ("7.8549", 7_854),
        ("1.001", 1_000),  # a little less in binary
        ("-1.9999", -1_999),
        ("1y2w3d4h5m6s7ms", 33_019_506_007),
        ("0", 0),
    ],
)
def test_durations(text, expected_ms):
    assert parse_duration(text) == expected_ms


@pytest.mark.parametrize("text", ["", "1", "5x", "1m1h", "1.5h", "-1m", "m", "99999999y", "1e20", "NaN"][2:])
def test_wrong_durations(text):
    with pytest.raises(ValueError, match="to a valid duration"):
        parse_duration(text)


def test_parameters_that_are_missing_or_wrong_say_which():
    assert time_param({}, "time", 5) == 5
    assert duration_param({"step": [""]}, "step", 7) == 7
    assert limit_param({}) == 0
    assert limit_param({"limit": ["3"]}) == 3
    with pytest.raises(ApiError, match=r'^invalid parameter "start": cannot parse "" to a valid timestamp$'):
        time_param({}, "start")
    with pytest.raises(ApiError, match=r'^invalid parameter "limit": limit must be non-negative$'):
        limit_param({"limit": ["-1"]})


pytestmark = pytest.mark.anyio


async def read(query: bytes, body: bytes = b"", content_type: str = "application/x-www-form-urlencoded"):
    async def receive():
        return {"type": "http.request", "body": body}

    scope = {
        "type": "http",
        "method": "POST",
        "query_string": query,
        "headers": [(b"content-type", content_type.encode())],
    }
    return await read_params(Request(scope, receive))


async def test_a_form_comes_before_the_address():
    params = await read(b"query=b&match[]=y", b"query=a&match%5B%5D=x")
    assert first(params, "query") == "a"
    assert params["match[]"] == ["x", "y"]


async def test_a_body_that_is_no_form_is_not_read():
    assert await read(b"query=b", b"query=a", "application/json") == {"query": ["b"]}


async def test_parameters_are_bounded_and_utf8():
    with pytest.raises(ApiError, match="more than 1000 parameters"):
        await read(b"&".join(b"a=1" for _ in range(1001)))
    with pytest.raises(ApiError, match="UTF-8"):
        await read(b"", b"query=\xff")
    with pytest.raises(ApiError, match="UTF-8"):
        await read(b"query=%ff")


@pytest.mark.parametrize(
    "text",
    ["", "&&", "a", "a=", "=a", "a=b=c", "a+b=%2B+%zz%", "a=%C3%A9%e2%82%ac&a=2", "%61=\u00e9", "a;b=c&d", "%%41"],
)
async def test_forms_are_read_as_by_the_standard_library(text):
    expected: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        expected.setdefault(name, []).append(value)

    assert await read(b"", text.encode()) == expected
    assert await read(b"%" * 100_000, text.encode()) == {**expected, "%" * 100_000: [""]}
    assert await read(b"", text.encode() + b"&" + b"%" * 100_000) == {**expected, "%" * 100_000: [""]}
