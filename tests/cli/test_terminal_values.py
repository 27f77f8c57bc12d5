"""Numbers in their units, and relative times in their zones, as the terminal shows them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from watchglass.cli.terminal.charts import area, bar, resample, round_extent, sparkline
from watchglass.cli.terminal.times import Range, parse_span, resolve, window_words, zone_of
from watchglass.cli.terminal.values import duration_words, format_value


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0, "none", None, "0"),
        (1234.5, "short", None, "1.23K"),
        (0.1234, "percentunit", 1, "12.3%"),
        (99.954, "percent", 2, "99.95%"),
        (0.35, "s", None, "350 ms"),
        (350, "ms", None, "350 ms"),
        (2048, "bytes", None, "2 KiB"),
        (1.5, "gbytes", None, "1.50 GiB"),
        (2e6, "decbytes", None, "2 MB"),
        (0.0451, "currencyUSD", 3, "$0.045"),
        (-1.5, "currencyUSD", None, "-$1.50"),
        (0.00224, "currencyUSD", None, "$0.0022"),
        (42.5, "suffix: Diem", 1, "42.5 Diem"),
        (68687, "locale", 0, "68,687"),
        (1234.5, "locale", None, "1,234.5"),
        (8.5, "reqps", None, "8.50 req/s"),
        (3, "apples", None, "3 apples"),
        (15780, "dtdurations", None, "4h 23m"),
        (1, "bool_yes_no", None, "Yes"),
        (float("nan"), "s", None, "NaN"),
        (float("inf"), "s", None, "∞"),
        (-0.001, "none", 1, "0.0"),
    ],
)
def test_a_value_is_written_in_its_unit(value, unit, decimals, text):
    assert format_value(value, unit, decimals) == text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (59, "59s"), (86340, "23h 59m"), (-90, "-1m 30s"), (90061, "1d 1h"), (31557600, "1y 0d")],
)
def test_a_duration_is_its_two_largest_parts(seconds, words):
    assert duration_words(seconds) == words


def at(zone, *when):
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("now-24h", (2026, 3, 29, 12), (2026, 3, 28, 11)),  # the clock was put forward in between
        ("now-1d", (2026, 3, 29, 12), (2026, 3, 28, 12)),
        ("now/d", (2026, 3, 29, 12), (2026, 3, 29)),
        ("now-6d/d", (2026, 10, 27, 9), (2026, 10, 21)),
        ("now/w", (2026, 11, 22, 9), (2026, 11, 16)),
        ("now/M", (2026, 11, 22, 9), (2026, 11, 1)),
        ("now-1M", (2026, 3, 31, 9), (2026, 2, 28, 9)),
        ("now/y", (2026, 11, 22, 9), (2026, 1, 1)),
        ("now/h", (2026, 11, 22, 9, 30), (2026, 11, 22, 9)),
        ("now-90m", (2026, 11, 22, 9, 30), (2026, 11, 22, 8)),
    ],
)
def test_relative_times_go_by_the_clock_of_the_zone(text, now, then):
    zone = "Europe/Berlin"
    assert resolve(text, at(zone, *now), ZoneInfo(zone)) == at(zone, *then)


def test_an_end_is_the_last_moment_of_what_it_is_rounded_to():
    zone = "Europe/Berlin"
    assert resolve("now/d", at(zone, 2026, 3, 29, 12), ZoneInfo(zone), end=True) == at(zone, 2026, 3, 30) - 1


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [("1700000000000", 1_700_000_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000), ("soon", 5)],
)
def test_other_times_are_read_or_mean_now(text, time_ms):
    assert resolve(text, 5) == time_ms


def test_a_window_is_called_by_its_length_or_its_ends():
    span = Range(1_700_000_000_000, 1_700_003_600_000)
    assert window_words("now-24h", "now", span) == "Last 24 hours"
    assert window_words("now-1h", "now", span) == "Last hour"
    assert window_words("now-7d", "now", span) == "Last 7 days"
    assert window_words("x", "now", span, zone_of("utc")) == "2023-11-14 22:13 – 2023-11-14 23:13"


def test_zones_that_nobody_knows_are_the_machines():
    assert zone_of("browser") is None
    assert zone_of("Nowhere/At_All") is None
    assert zone_of("Asia/Kolkata") == ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("text", "span_ms"), [("30s", 30_000), ("1d", 86_400_000), ("500ms", 500), ("", 0), ("soon", 0)]
)
def test_a_span_is_read(text, span_ms):
    assert parse_span(text) == span_ms


def test_a_sparkline_goes_from_the_least_to_the_greatest():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5], 4) == "▁▁▁▁"
    assert sparkline([1, float("nan"), 2], 3) == "▁ █"
    assert sparkline([], 5) == ""


def test_many_values_are_means_of_their_share_of_time():
    assert resample([1, 3, 5, 7], 2) == [2, 6]
    assert resample([1, 2], 4) == [1, 1, 2, 2]


def test_an_area_is_filled_in_eighths():
    assert area([0, 1, 2], 3, 2, 0, 2) == ["  █", " ██"]
    assert area([0.25], 1, 2, 0, 2) == [" ", "▂"]


def test_a_bar_is_as_long_as_its_share():
    assert bar(0.5, 4) == "██░░"
    assert bar(7, 4) == "████"
    assert bar(float("nan"), 4) == "░░░░"


@pytest.mark.parametrize(
    ("values", "limits", "base", "wanted"),
    [
        ([0, 97], (None, None), 1000, (0, 100)),
        ([0, 1.05], (None, None), 1000, (0, 1.25)),
        ([300, 340], (None, None), 1000, (300, 350)),
        ([3, 50], (0, 100), 1000, (0, 100)),
        ([0, 3e8], (0, None), 1024, (0, 5 * 2.0**26)),
        ([0, 0], (None, None), 1000, (0, 1)),
    ],
)
def test_an_axis_has_round_marks(values, limits, base, wanted):
    assert round_extent(values, *limits, 5, base) == pytest.approx(wanted)
